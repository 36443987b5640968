"""The applicant's pages, under /mon-espace/; each says who may open it."""

from dossiers.views import (
    address,
    albums,
    arriving,
    assisted,
    assisted_draft,
    closing,
    completion,
    completion_item,
    corrections,
    drafts,
    evidence,
    exporting,
    files,
    filing,
    incidents,
    newer_text,
    reusing,
    steps,
)
from dossiers.views.counter_door import counter
from portal.accounts.enums import Role
from portal.core.policy import ANYONE, Policy, route

app_name = "dossiers"

APPLICANT = frozenset({Role.APPLICANT.value})
SELF = Policy(door="applicant", roles=APPLICANT)
PUBLIC = Policy(door="public", roles=ANYONE)
OWN = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")
OWN_EVIDENCE = Policy(door="applicant", roles=APPLICANT, relation="own", object="evidence")
OWN_UPLOAD = Policy(door="applicant", roles=APPLICANT, relation="own", object="upload")
OWN_FILE = Policy(door="applicant", roles=APPLICANT, relation="own", object="file")
OWN_LETTER = Policy(door="applicant", roles=APPLICANT, relation="own", object="letter")

AT_THE_COUNTER = frozenset({Role.COUNTER_AGENT.value})
HELPER = Policy(door="counter", roles=AT_THE_COUNTER)
RECOGNISED = Policy(
    door="counter", roles=AT_THE_COUNTER, relation="assigned", object="identification"
)
HELPED = Policy(door="counter", roles=AT_THE_COUNTER, relation="assigned", object="dossier")
HELPED_EVIDENCE = Policy(
    door="counter", roles=AT_THE_COUNTER, relation="assigned", object="evidence"
)
HELPED_UPLOAD = Policy(door="counter", roles=AT_THE_COUNTER, relation="assigned", object="upload")
HELPED_FILE = Policy(door="counter", roles=AT_THE_COUNTER, relation="assigned", object="file")

DRAFT = "dossiers/<uuid:dossier_id>/depot/"
BOX = "dossiers/<uuid:dossier_id>/pieces/<slug:rule_code>/"
PAGE = "<uuid:file_id>/pages/<int:number>/<int:width>/"


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
    own(f"{DRAFT}aide/fin/", closing.EndHelp, "end_help"),
    own(f"{DRAFT}nouvelle-version/", newer_text.FollowNewerText, "newer_text"),
    own(f"{DRAFT}<slug:step>/", steps.StepPage, "step"),
    own(
        "dossiers/<uuid:dossier_id>/pieces/<slug:rule_code>/", evidence.EvidenceBox, "evidence_box"
    ),
    own(f"{BOX}envois/", arriving.Uploads, "uploads"),
    own(f"{BOX}envois/<uuid:upload_id>/", arriving.OneUpload, "upload", OWN_UPLOAD),
    own(f"{BOX}reprendre/", reusing.ReuseEvidence, "evidence_reuse"),
    own(f"{BOX}photos/", albums.AlbumOfBox, "album"),
    own(f"{BOX}photos/changer/", albums.ChangeAlbum, "album_change"),
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
    own("incidents/", incidents.Incidents, "incidents", SELF),
    own("incidents/attester/", incidents.Certify, "certify", SELF),
    own("dossiers/<uuid:dossier_id>/copie/", exporting.ExportPage, "export"),
    own("dossiers/<uuid:dossier_id>/copie/demander/", exporting.AskExport, "export_ask"),
    own("dossiers/<uuid:dossier_id>/copie/fichier/", exporting.ExportFile, "export_file"),
    own("dossiers/<uuid:dossier_id>/abandonner/", closing.Withdraw, "withdraw"),
    own("courriers/<uuid:letter_id>/", files.OwnLetter, "letter", OWN_LETTER),
    own("pieces/<uuid:file_id>/", files.OwnFile, "file", OWN_FILE),
    own(f"pieces/{PAGE}", files.OwnPage, "file_page", OWN_FILE),
    own("pieces/<uuid:file_id>/copie/", files.OwnCopy, "file_copy", OWN_FILE),
    own("pieces/<uuid:file_id>/envoye/", files.OwnSent, "file_sent", OWN_FILE),
]

public_urlpatterns = [
    route("verifier/", incidents.CheckCertificate.as_view(), name="check", policy=PUBLIC),
]

HELP = "<uuid:dossier_id>/"
HELP_BOX = f"{HELP}pieces/<slug:rule_code>/"


def helped(path, view, name, policy=HELPED):
    """A page of a draft at the counter, for the agent whose help is open on it."""
    return route(path, counter(view.as_view()), name=name, policy=policy)


# Served under another name than the person's pages, so that each side links to its own.
counter_urlpatterns = [
    route("", counter(assisted.Home.as_view()), name="home", policy=HELPER),
    route("identifier/", counter(assisted.Identify.as_view()), name="identify", policy=HELPER),
    route("compte/", counter(assisted.Enrol.as_view()), name="enrol", policy=HELPER),
    route(
        "ouvrir/<uuid:identification_id>/",
        counter(assisted.Open.as_view()),
        name="open",
        policy=RECOGNISED,
    ),
    helped("fichiers/<uuid:file_id>/", assisted_draft.DraftFile, "file", HELPED_FILE),
    helped(f"fichiers/{PAGE}", assisted_draft.DraftPage, "file_page", HELPED_FILE),
    helped(HELP, assisted_draft.Tasks, "tasks"),
    helped(f"{HELP}pieces/", assisted_draft.EvidencePage, "evidence"),
    helped(f"{HELP}pieces/<slug:rule_code>/", assisted_draft.EvidenceBox, "evidence_box"),
    helped(f"{HELP_BOX}envois/", assisted_draft.Uploads, "uploads"),
    helped(
        f"{HELP_BOX}envois/<uuid:upload_id>/", assisted_draft.OneUpload, "upload", HELPED_UPLOAD
    ),
    helped(f"{HELP_BOX}photos/", assisted_draft.AlbumOfBox, "album"),
    helped(f"{HELP_BOX}photos/changer/", assisted_draft.ChangeAlbum, "album_change"),
    helped(
        f"{HELP}pieces/<uuid:evidence_id>/retirer/",
        assisted_draft.RemoveEvidence,
        "evidence_remove",
        HELPED_EVIDENCE,
    ),
    helped(f"{HELP}verifier/", assisted_draft.CheckAnswers, "check"),
    helped(f"{HELP}deposer/", assisted_draft.Declare, "declare"),
    helped(f"{HELP}fait/", assisted_draft.Filed, "filed"),
    helped(f"{HELP}fin/", assisted_draft.End, "end"),
    helped(f"{HELP}questions/<slug:step>/", assisted_draft.StepPage, "step"),
]
