"""The tables of what an applicant says and gives."""

from dossiers.models.album import Album, AlbumPage
from dossiers.models.amendment import AmendedFile, Amendment
from dossiers.models.assistance import AssistedIdentification, AssistedSession
from dossiers.models.code_use import CodeUse
from dossiers.models.completion import CompletionItem, CompletionReminder, CompletionRequest
from dossiers.models.correction import Correction, CorrectionContest
from dossiers.models.dossier import Dossier
from dossiers.models.evidence import Evidence
from dossiers.models.export import Export
from dossiers.models.incident import Downtime, Failure, IncidentCertificate
from dossiers.models.linking import DossierLink, LinkTry
from dossiers.models.mandate import Mandate
from dossiers.models.person import Person, PersonAccount
from dossiers.models.procedure import ProcedureVersion
from dossiers.models.register import RegisterLookup
from dossiers.models.statement import Statement
from dossiers.models.submission import Submission

__all__ = [
    "Album",
    "AlbumPage",
    "AmendedFile",
    "Amendment",
    "AssistedIdentification",
    "AssistedSession",
    "CodeUse",
    "CompletionItem",
    "CompletionReminder",
    "CompletionRequest",
    "Correction",
    "CorrectionContest",
    "Dossier",
    "DossierLink",
    "Downtime",
    "Evidence",
    "Export",
    "LinkTry",
    "Mandate",
    "Failure",
    "IncidentCertificate",
    "Person",
    "PersonAccount",
    "ProcedureVersion",
    "RegisterLookup",
    "Statement",
    "Submission",
]
