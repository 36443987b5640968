"""The applicant's pages, under /mon-espace/; each says who may open it."""

from dossiers.views import (
    address,
    albums,
    amending,
    amending_files,
    arriving,
    assisted,
    assisted_draft,
    closing,
    completion,
    completion_item,
    corrections,
    couple,
    drafts,
    evidence,
    exporting,
    files,
    filing,
    finding,
    incidents,
    keeping,
    mandated,
    mandates,
    newer_text,
    proposals,
    register,
    reusing,
    stating,
    versions,
)
from dossiers.views.counter_door import counter
from dossiers.views.mandate_door import mandated as mandated_door
from portal.accounts.enums import Role
from portal.core.policy import ANYONE, Policy, route

app_name = "dossiers"

PUBLIC = Policy(door="public", roles=ANYONE)
APPLICANT = frozenset({Role.APPLICANT.value})
SELF = Policy(door="applicant", roles=APPLICANT)
OWN = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")
OWN_EVIDENCE = Policy(door="applicant", roles=APPLICANT, relation="own", object="evidence")
OWN_UPLOAD = Policy(door="applicant", roles=APPLICANT, relation="own", object="upload")
OWN_FILE = Policy(door="applicant", roles=APPLICANT, relation="own", object="file")
OWN_MANDATE = Policy(door="applicant", roles=APPLICANT, relation="own", object="mandate")
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
AMEND = "dossiers/<uuid:dossier_id>/modifier/"
COUPLE = "dossiers/<uuid:dossier_id>/couple/"
BOX = "dossiers/<uuid:dossier_id>/pieces/<slug:rule_code>/"
PAGE = "<uuid:file_id>/pages/<int:number>/<int:width>/"


def own(path, view, name, policy=OWN):
    """A page of the person's own dossier."""
    return route(path, view.as_view(), name=name, policy=policy)


public_urlpatterns = [
    route("orientation/", finding.FindProcedure.as_view(), name="orientation", policy=PUBLIC)
]
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
    own(f"{DRAFT}<slug:step>/garder/", keeping.KeepStep, "step_keep"),
    own(f"{DRAFT}registre/", register.AskRegister, "register"),
    own(f"{DRAFT}<slug:step>/", proposals.StepPage, "step"),
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
    own(
        "dossiers/<uuid:dossier_id>/pieces/<uuid:evidence_id>/lecture/",
        files.ContestReading,
        "evidence_contest",
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
    own("dossiers/<uuid:dossier_id>/versions/", versions.SentVersions, "versions"),
    own("dossiers/<uuid:dossier_id>/signaler/<slug:kind>/", stating.MakeStatement, "state"),
    own(AMEND, amending.Amend, "amend"),
    own(f"{AMEND}abandonner/", amending.DropAmendment, "amend_drop"),
    own(f"{AMEND}page/<slug:step>/", amending.AmendStep, "amend_step"),
    own(f"{AMEND}reponse/<slug:name>/", amending.AmendAnswer, "amend_answer"),
    own(f"{AMEND}pieces/<slug:rule_code>/", amending_files.AmendBox, "amend_box"),
    own(
        f"{AMEND}fichiers/<uuid:added_id>/retirer/", amending_files.RemoveAdded, "amend_file_remove"
    ),
    own("dossiers/<uuid:dossier_id>/abandonner/", closing.Withdraw, "withdraw"),
    own(COUPLE, couple.Couple, "couple"),
    own(f"{COUPLE}demander/", couple.AskLink, "couple_ask"),
    own(f"{COUPLE}code/", couple.TypeCode, "couple_type"),
    own(f"{COUPLE}accepter/", couple.AcceptLink, "couple_accept"),
    own(f"{COUPLE}arreter/", couple.EndLink, "couple_end"),
    own("mandats/", mandates.Given, "mandates", SELF),
    own("mandats/donner/", mandates.Give, "mandate_give", SELF),
    own("mandats/<uuid:mandate_id>/retirer/", mandates.Revoke, "mandate_revoke", OWN_MANDATE),
    own("courriers/<uuid:letter_id>/", files.OwnLetter, "letter", OWN_LETTER),
    own("pieces/<uuid:file_id>/", files.OwnFile, "file", OWN_FILE),
    own(f"pieces/{PAGE}", files.OwnPage, "file_page", OWN_FILE),
    own("pieces/<uuid:file_id>/copie/", files.OwnCopy, "file_copy", OWN_FILE),
    own("pieces/<uuid:file_id>/envoye/", files.OwnSent, "file_sent", OWN_FILE),
]

incidents_urlpatterns = [
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
    helped(f"{HELP}questions/<slug:step>/garder/", assisted_draft.KeepStep, "step_keep"),
]

HELD = Policy(door="applicant", roles=APPLICANT, relation="own", object="mandate")
LENT = Policy(door="applicant", roles=APPLICANT, relation="own", object="dossier")
LENT_EVIDENCE = Policy(door="applicant", roles=APPLICANT, relation="own", object="evidence")
LENT_UPLOAD = Policy(door="applicant", roles=APPLICANT, relation="own", object="upload")
LENT_LETTER = Policy(door="applicant", roles=APPLICANT, relation="own", object="letter")
LENT_FILE = Policy(door="applicant", roles=APPLICANT, relation="own", object="file")


def lent(path, view, name, policy=LENT):
    """A page of a dossier for the helper whose mandate covers it."""
    return route(path, mandated_door(view.as_view()), name=name, policy=policy)


# What a helper does with a mandate itself, next to the list of all of theirs.
helper_urlpatterns = [
    route("invitations/<uuid:mandate_id>/", mandates.Accept.as_view(), name="accept", policy=HELD),
    route(
        "mandats/<uuid:mandate_id>/rendre/",
        mandates.GiveBack.as_view(),
        name="give_back",
        policy=HELD,
    ),
]

# The person's pages once more, under a third name, for whoever acts for them by mandate.
mandate_urlpatterns = [
    lent("mandats/<uuid:mandate_id>/<slug:code>/commencer/", mandated.Start, "start", HELD),
    lent(DRAFT, mandated.Tasks, "tasks"),
    lent(f"{DRAFT}pieces/", mandated.EvidencePage, "evidence"),
    lent(f"{DRAFT}verifier/", mandated.CheckAnswers, "check"),
    lent(f"{DRAFT}deposer/", mandated.Declare, "declare"),
    lent(f"{DRAFT}fait/", mandated.Filed, "filed"),
    lent(f"{DRAFT}<slug:step>/", mandated.StepPage, "step"),
    lent(f"{DRAFT}<slug:step>/garder/", mandated.KeepStep, "step_keep"),
    lent(BOX, mandated.EvidenceBox, "evidence_box"),
    lent(f"{BOX}envois/", mandated.Uploads, "uploads"),
    lent(f"{BOX}envois/<uuid:upload_id>/", mandated.OneUpload, "upload", LENT_UPLOAD),
    lent(f"{BOX}photos/", mandated.AlbumOfBox, "album"),
    lent(f"{BOX}photos/changer/", mandated.ChangeAlbum, "album_change"),
    lent(
        "dossiers/<uuid:dossier_id>/pieces/<uuid:evidence_id>/retirer/",
        mandated.RemoveEvidence,
        "evidence_remove",
        LENT_EVIDENCE,
    ),
    lent("dossiers/<uuid:dossier_id>/complement/", mandated.Completion, "completion"),
    lent("dossiers/<uuid:dossier_id>/complement/plus-de-temps/", mandated.Extend, "extend"),
    lent(
        "dossiers/<uuid:dossier_id>/complement/<uuid:item_id>/",
        mandated.AnswerItem,
        "completion_item",
    ),
    lent("courriers/<uuid:letter_id>/", mandated.Letter, "letter", LENT_LETTER),
    lent("fichiers/<uuid:file_id>/", mandated.File, "file", LENT_FILE),
    lent(f"fichiers/{PAGE}", mandated.FilePage, "file_page", LENT_FILE),
    lent("fichiers/<uuid:file_id>/copie/", mandated.FileCopy, "file_copy", LENT_FILE),
]
