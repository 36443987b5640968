"""Who may touch which table of this room: every role, every table, every verb."""

import pytest
from django.apps import apps
from django.db import connection

VERBS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE", "T": "TRUNCATE"}
# model: web, worker, issuer; editing has nothing, and nobody truncates
RIGHTS = {
    "appointment": ("SU", "SU", "SIU"),
    "appointmenttransition": ("S", "S", "S"),
    "changerequest": ("SI", "S", "S"),
    "checkin": ("SI", "S", ""),
    "clearance": ("SIU", "SIU", "SU"),
    "closure": ("SIU", "S", "S"),
    "counteroutage": ("SIU", "S", "S"),
    "counterskill": ("SI", "S", "S"),
    "dailytotal": ("S", "S", "SIU"),
    "drawnseed": ("", "", "SI"),
    "forecast": ("S", "S", "SIU"),
    "issuedecision": ("S", "S", "SI"),
    "issuerun": ("S", "S", "SI"),
    "keptrank": ("SI", "S", "S"),
    "noshowrate": ("S", "S", "SI"),
    "openday": ("SI", "S", "S"),
    "openingpattern": ("SIU", "S", "S"),
    "preference": ("SIU", "S", "S"),
    "preferredsite": ("SIUD", "S", "S"),
    "readmission": ("SI", "S", "S"),
    "runinputs": ("", "", "SI"),
    "seat": ("", "", "SIU"),
    "service": ("S", "S", "S"),
    "shortnoticeoffer": ("SU", "", "SIU"),
    "slot": ("", "", "SIU"),
    "studentsite": ("S", "S", "S"),
    "reminder": ("S", "SI", ""),
    "undeliverednotice": ("SU", "SIU", "S"),
    "urgency": ("SIU", "S", "S"),
    "visit": ("SIU", "S", "S"),
    "visitfigure": ("S", "SIU", "S"),
    "waitingscreen": ("SIU", "S", ""),
}
PERSONAL = (
    "appointment",
    "changerequest",
    "checkin",
    "clearance",
    "issuedecision",
    "keptrank",
    "preference",
    "preferredsite",
    "readmission",
    "reminder",
    "shortnoticeoffer",
    "undeliverednotice",
    "urgency",
    "visit",
)


def test_every_table_of_the_room_is_listed():
    models = apps.get_app_config("appointments").get_models()

    assert {model._meta.model_name for model in models} == set(RIGHTS)


@pytest.mark.parametrize("model", sorted(RIGHTS))
def test_each_role_has_these_verbs_and_no_other(db, model):
    found = []
    for role in ("web", "worker", "issuer", "editing"):
        verbs = ""
        for letter, verb in VERBS.items():
            with connection.cursor() as cursor:
                cursor.execute(
                    "select has_table_privilege(%s, %s, %s)",
                    [f"portal_{role}", f"appointments_{model}", verb],
                )
                verbs += letter if cursor.fetchone()[0] else ""
        found.append(verbs)

    assert found == [*RIGHTS[model], ""]


OF_THE_OFFICE = ("closure", "counteroutage", "dailytotal", "forecast", "openday", "studentsite")
OF_THE_RUN = ("drawnseed", "runinputs")


@pytest.mark.parametrize("model", [*PERSONAL, *OF_THE_OFFICE, *OF_THE_RUN])
def test_row_policies_bind_even_the_owner(db, model):
    with connection.cursor() as cursor:
        cursor.execute(
            "select relrowsecurity, relforcerowsecurity from pg_class where relname = %s",
            [f"appointments_{model}"],
        )
        assert cursor.fetchone() == (True, True)
