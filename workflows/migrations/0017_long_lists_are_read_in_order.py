"""The queue of an office is read in the order of its index, however many cases wait there."""

from django.db import migrations, models

from portal.core import rls


class Migration(migrations.Migration):
    dependencies = [("workflows", "0016_an_answer_from_elsewhere_is_recorded")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("prefecture_code"),
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(
                    ("reviewer", None),
                    (
                        "state__in",
                        (
                            "received",
                            "completion_requested",
                            "under_review",
                            "opinion_requested",
                            "decision_proposed",
                            "granted",
                        ),
                    ),
                ),
                name="case_that_nobody_has",
            ),
        ),
        rls.expect_own_offices("workflows_case"),
    ]
