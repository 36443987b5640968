"""Up to which filing of a case an agent says that they have read it."""

from django.conf import settings
from django.db import models

from workflows.models.base import PersonalRecord, portal_now


class CaseReading(PersonalRecord):
    """One agent, one case, one filing: what came before it is no news to them. Written once."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="readings")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submission_number = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField(db_default=portal_now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_agent_reads_a_filing_once",
                fields=["case", "agent", "submission_number"],
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.submission_number}"
