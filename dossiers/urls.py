"""The applicant's pages, under /mon-espace/; each says who may open it."""

from dossiers.views import (
    address,
    closing,
    completion,
    completion_item,
    corrections,
    drafts,
    evidence,
    files,
    filing,
    steps,
)
from portal.accounts.enums import Role
from portal.core.policy import Policy, route

app_name = "dossiers"

APPLICANT = frozenset({Role.APPLICANT.value})
SELF = Policy(door="applicant", roles=APPLICANT)
OWN = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")
OWN_EVIDENCE = Policy(door="applicant", roles=APPLICANT, relation="own", object="evidence")
OWN_FILE = Policy(door="applicant", roles=APPLICANT, relation="own", object="file")
OWN_LETTER = Policy(door="applicant", roles=APPLICANT, relation="own", object="letter")

DRAFT = "dossiers/<uuid:dossier_id>/depot/"


def own(path, view, name, policy=OWN):
    """A page of the person's own dossier."""
    return route(path, view.as_view(), name=name, policy=policy)


urlpatterns = [
    own("demarches/<slug:code>/commencer/", drafts.StartDraft, "start", SELF),
    own(DRAFT, drafts.Tasks, "tasks"),
    own(f"{DRAFT}pieces/", evidence.EvidencePage, "evidence"),
    own(f"{DRAFT}verifier/", filing.CheckAnswers, "check"),
    own(f"{DRAFT}deposer/", filing.Declare, "declare"),
    own(f"{DRAFT}fait/", filing.Filed, "filed"),
    own(f"{DRAFT}supprimer/", closing.Discard, "discard"),
    own(f"{DRAFT}<slug:step>/", steps.StepPage, "step"),
    own(
        "dossiers/<uuid:dossier_id>/pieces/<slug:rule_code>/", evidence.EvidenceBox, "evidence_box"
    ),
    own(
        "dossiers/<uuid:dossier_id>/pieces/<uuid:evidence_id>/retirer/",
        files.RemoveEvidence,
        "evidence_remove",
        OWN_EVIDENCE,
    ),
    own("dossiers/<uuid:dossier_id>/complement/", completion.Completion, "completion"),
    own("dossiers/<uuid:dossier_id>/adresse/", address.ChangeAddress, "address"),
    own("dossiers/<uuid:dossier_id>/complement/plus-de-temps/", completion.Extend, "extend"),
    own(
        "dossiers/<uuid:dossier_id>/complement/<uuid:item_id>/",
        completion_item.AnswerItem,
        "completion_item",
    ),
    own("dossiers/<uuid:dossier_id>/corrections/", corrections.Corrections, "corrections"),
    own(
        "dossiers/<uuid:dossier_id>/corrections/<uuid:correction_id>/",
        corrections.Contest,
        "contest",
    ),
    own("dossiers/<uuid:dossier_id>/abandonner/", closing.Withdraw, "withdraw"),
    own("courriers/<uuid:letter_id>/", files.OwnLetter, "letter", OWN_LETTER),
    own("pieces/<uuid:file_id>/", files.OwnFile, "file", OWN_FILE),
]
