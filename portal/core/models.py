"""The journal: one line for each act and each read, chained, never changed."""

from django.db import models


class JournalLine(models.Model):
    """Who did what to which record, when. Ids and codes only, no personal value.

    Lines of one dossier form a chain: each holds the digest of the line before it, so that a
    line taken out or changed is seen. Lines without a dossier are chained by actor.
    """

    at = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True)
    prefecture_code = models.CharField(max_length=3, blank=True)
    act = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    dossier_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    chain = models.CharField(max_length=64, default="")
    position = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_journal_chain_has_one_line_at_each_position", fields=["chain", "position"]
            ),
        ]
        indexes = [
            models.Index(fields=["dossier_id", "id"], name="journal_by_dossier"),
            models.Index(fields=["actor_id", "id"], name="journal_by_actor"),
        ]

    def __str__(self):
        return f"{self.act} {self.subject_type}:{self.subject_id}"
