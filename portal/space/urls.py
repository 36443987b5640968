"""The person's space, under /mon-espace/."""

from portal.accounts.api import Role
from portal.core.policy import Policy, route
from portal.space import applicant, helper

APPLICANT = frozenset({Role.APPLICANT.value})
SELF = Policy(door="applicant", roles=APPLICANT, relation="own")
OWN = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")

LENT = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")

DOSSIER = "dossiers/<uuid:dossier_id>/"

urlpatterns = [
    route("", applicant.Home.as_view(), name="home", policy=SELF),
    route(DOSSIER, applicant.Follow.as_view(), name="dossier", policy=OWN),
    route(f"{DOSSIER}reponses/", applicant.Answers.as_view(), name="answers", policy=OWN),
    route(f"{DOSSIER}documents/", applicant.Documents.as_view(), name="documents", policy=OWN),
]

# What a helper sees of those who gave them a mandate, under /mandataire/.
helper_urlpatterns = [
    route("", helper.Home.as_view(), name="home", policy=SELF),
    route(DOSSIER, helper.follow, name="dossier", policy=LENT),
]
