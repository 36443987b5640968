"""A filed dossier as an agent, a counter and a letter need it: from the last submission."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dossiers.catalogue.conditions import meant, prune, said_as, shown
from dossiers.catalogue.text import Text
from dossiers.enums import OTHER_DOCUMENT
from dossiers.models import Dossier, Evidence, Submission
from dossiers.queries.answers import entries_in_words, short_language, show
from dossiers.queries.countries import country_name
from dossiers.queries.differences import label_of_box
from dossiers.queries.proposals import Contested, contests_of
from portal.territory import api as territory


@dataclass(frozen=True)
class Section:
    """One step of the form, its questions and the answers in words."""

    code: str
    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EvidenceBox:
    """One piece of evidence that was filed, with its files in order."""

    label: str
    rule_code: str
    files: tuple
    required: bool
    essential: bool
    new_in: int | None


@dataclass(frozen=True)
class Identity:
    """Who asks, as the papers say.

    `birth_date` is None while the day is not known; `birth_text` then says what is.
    """

    birth_name: str
    usage_name: str
    given_names: str
    sex: str
    birth_date: date | None
    birth_text: str
    birth_city: str
    birth_country: str
    nationality: str
    nationality_code: str
    passport_number: str
    foreigner_number: str
    photo_code: str
    email: str
    phone: str

    @property
    def names(self):
        """Given names then the name of use, or of birth: as one calls someone."""
        return f"{self.given_names} {self.usage_name or self.birth_name}".strip()


@dataclass(frozen=True)
class Asker:
    """Who asks for somebody else, as the adult for a child, and what links them."""

    names: str
    link: str


@dataclass(frozen=True)
class DossierView:
    """Everything other rooms may show of a dossier."""

    id: UUID
    number: str | None
    applicant_id: int
    procedure_code: str
    authority: str
    title: Text
    identity: Identity
    commune: str
    commune_code: str
    institution: str
    address_lines: tuple[str, ...]
    sections: tuple[Section, ...]
    evidence: tuple[EvidenceBox, ...]
    submissions: tuple[Submission, ...]
    department_code: str
    prefecture_code: str | None
    filed_at: datetime | None
    withdrawn_at: datetime | None
    title_ends_on: date | None
    sworn_text: str
    contested: tuple[Contested, ...] = ()
    asker: Asker | None = None

    @property
    def names(self):
        return self.identity.names

    @property
    def addressed(self):
        """To whom a letter goes, where, and about whom when that is somebody else."""
        return addressed(self.identity, self.asker) | {
            "recipient_address": list(self.address_lines)
        }


def dossier_view(dossier: Dossier, language: str | None = None) -> DossierView:
    """Read the last submission (the working answers of a draft) into words."""
    language = language or short_language()
    submissions = tuple(dossier.submissions.order_by("number"))
    answers = submissions[-1].answers if submissions else dossier.answers
    procedure = dossier.procedure
    kept = prune(procedure, answers)
    commune_code = meant(procedure, kept, "commune") or ""
    commune = _commune_name(commune_code)
    return DossierView(
        id=dossier.pk,
        number=dossier.number,
        applicant_id=dossier.applicant_id,
        procedure_code=dossier.procedure_code,
        authority=procedure.authority,
        title=procedure.title,
        identity=identity_of(procedure, kept, language),
        commune=commune,
        commune_code=commune_code,
        institution=meant(procedure, kept, "institution") or "",
        address_lines=address_of(procedure, kept, commune),
        sections=sections_of(procedure, kept, language),
        evidence=_boxes(dossier, submissions, language),
        submissions=submissions,
        department_code=dossier.department_code,
        prefecture_code=dossier.prefecture_code,
        filed_at=dossier.filed_at,
        withdrawn_at=dossier.withdrawn_at,
        title_ends_on=meant(procedure, kept, "title_ends_on"),
        sworn_text=next((s.sworn_text for s in reversed(submissions) if s.sworn_text), ""),
        contested=contests_of(procedure, submissions, language),
        asker=asker_of(procedure, kept, language),
    )


def asker_of(procedure, answers, language) -> Asker | None:
    """Who asks for the person of the request; None when it is the person."""

    def said(meaning):
        return meant(procedure, answers, meaning) or ""

    names = f"{said('asker_given_names')} {said('asker_birth_name')}".strip()
    if not names:
        return None
    link = procedure.meaning("asker_link")
    return Asker(names, show(link, said("asker_link"), language) if link else "")


def addressed(identity: Identity, asker: Asker | None) -> dict:
    """The names on a letter: a child's goes to the adult who asks, and says for whom (`about`)."""
    if asker is None:
        return {"recipient_name": identity.names, "about": ""}
    return {"recipient_name": asker.names, "about": identity.names}


def identity_of(procedure, answers, language) -> Identity:
    """The civil status these answers give; an unanswered part is an empty text."""

    def said(meaning):
        return meant(procedure, answers, meaning) or ""

    nationality = said("nationality")
    sex = procedure.meaning("sex")
    return Identity(
        birth_name=said("birth_name"),
        usage_name=said("usage_name"),
        given_names=said("given_names"),
        sex=show(sex, said("sex"), language) if sex else "",
        birth_date=meant(procedure, answers, "birth_date"),
        birth_text=birth_in_words(procedure, answers, language),
        birth_city=said("birth_city"),
        birth_country=country_name(said("birth_country"), language),
        nationality=country_name(nationality, language),
        nationality_code=nationality,
        passport_number=said("passport_number"),
        foreigner_number=said("foreigner_number"),
        photo_code=said("photo_code"),
        email=said("email"),
        phone=said("phone"),
    )


def birth_in_words(procedure, answers, language) -> str:
    """The date of birth, whole or known in part; an empty text without one."""
    value = said_as(procedure, answers, "birth_date")
    return show(procedure.meaning("birth_date"), value, language) if value else ""


def sections_of(procedure, answers, language) -> tuple[Section, ...]:
    """Questions and answers of each page shown for these answers."""
    found = shown(procedure, answers)
    return tuple(
        Section(
            code=step.code,
            title=step.title.get(language),
            rows=tuple(
                row
                for field in fields
                for row in _rows(field, found.answers.get(field.name), language)
            ),
        )
        for step, fields in found.pages
    )


def _rows(field, value, language) -> list[tuple[str, str]]:
    """One line for an answer; for a list, its name and how many, then one line for each entry."""
    if field.kind != "list" or not value:
        return [(field.label.get(language), show(field, value, language))]
    return [(field.label.get(language), str(len(value))), *entries_in_words(field, value, language)]


def _boxes(dossier, submissions, language):
    """The boxes of the last filing, in the order of the procedure; a draft shows what it holds."""
    rows = Evidence.objects.filter(dossier=dossier).select_related("file__machine_reading")
    if submissions:
        listed = [entry["evidence"] for entry in submissions[-1].evidence]
        rows = rows.filter(pk__in=listed)
    else:
        rows = rows.filter(removed_at=None)
    by_rule: dict[str, list] = {}
    for evidence in rows.order_by("rule_code", "position", "pk"):
        by_rule.setdefault(evidence.rule_code, []).append(evidence)
    return tuple(
        EvidenceBox(
            label=rule.label.get(language),
            rule_code=rule.code,
            files=tuple(evidence.file for evidence in by_rule[rule.code]),
            required=rule.required,
            essential=rule.essential,
            new_in=max(evidence.first_submission or 0 for evidence in by_rule[rule.code]) or None,
        )
        for rule in dossier.procedure.evidence
        if rule.code in by_rule
    ) + tuple(
        EvidenceBox(
            label=label_of_box(dossier.procedure, OTHER_DOCUMENT, language, evidence.note),
            rule_code=OTHER_DOCUMENT,
            files=(evidence.file,),
            required=False,
            essential=False,
            new_in=evidence.first_submission,
        )
        for evidence in by_rule.get(OTHER_DOCUMENT, ())
    )


def address_of(procedure, answers, commune: str | None = None) -> tuple[str, ...]:
    """The postal address as written on an envelope; `commune` is its name, when already read.

    Who has no fixed address is written to in care of (`care_of`) who receives their mail.
    """
    if commune is None:
        commune = _commune_name(meant(procedure, answers, "commune"))
    city = " ".join(part for part in (meant(procedure, answers, "postcode"), commune) if part)
    lines = (
        meant(procedure, answers, "care_of"),
        meant(procedure, answers, "address_line"),
        meant(procedure, answers, "address_extra"),
        city,
    )
    return tuple(str(line) for line in lines if line)


def _commune_name(insee):
    try:
        return territory.commune(insee).name if insee else ""
    except territory.Commune.DoesNotExist:
        return insee


def place_filed(dossier_id: UUID, number: int) -> tuple[str, str]:
    """The commune and the school as they stood at this filing: what says the competent office."""
    filings = Submission.objects.select_related("dossier").filter(dossier=dossier_id)
    filing = filings.filter(number__lte=number).order_by("-number")[0]
    procedure = filing.dossier.procedure
    kept = prune(procedure, filing.answers)
    said = (meant(procedure, kept, name) for name in ("commune", "institution"))
    commune, institution = (str(value or "") for value in said)
    return commune, institution
