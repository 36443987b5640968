"""What still prevents a draft from being filed, each with the page where it is put right."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dossiers.catalogue.conditions import (
    evidence_for,
    meant,
    missing,
    prune,
    shown,
)
from dossiers.catalogue.fees import FeeLine
from dossiers.catalogue.windows import COUNTED_FROM, WindowAnswer, assess_frozen
from dossiers.models import Dossier
from dossiers.queries.answers import show_date
from dossiers.queries.arriving import what_was_begun
from dossiers.queries.channels import refusal
from dossiers.queries.finding import charge_of
from dossiers.queries.freezes import freezes_of
from portal.core.errors import Sentence
from portal.territory import api as territory

EVIDENCE_PAGE = "pieces"


@dataclass(frozen=True)
class Problem:
    """One sentence, and the step (or `EVIDENCE_PAGE`) to go to; none when nothing can be done."""

    sentence: Sentence
    step: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Review:
    """A draft read once, before filing: what is missing, where it would go, what lateness costs.

    `sent_elsewhere` says why it can no longer be filed here, and where to go; mostly empty.
    """

    problems: tuple[Problem, ...]
    competence: territory.Competence | None
    window: WindowAnswer
    late_charge: FeeLine | None = None
    sent_elsewhere: tuple[str, ...] = ()

    @property
    def is_complete(self):
        return not self.problems


def held_by_rule(dossier: Dossier) -> dict[str, list]:
    """The files now in each box, with their vault rows, in one query."""
    held: dict[str, list] = {}
    for evidence in dossier.evidence.given().select_related("file__machine_reading"):
        held.setdefault(evidence.rule_code, []).append(evidence)
    return held


def review(
    dossier: Dossier, held: dict[str, list], today: date, language: str, *, assisted: bool = False
) -> Review:
    """Everything that a filing would refuse today, in the order of the pages.

    `assisted`: an agent files with the person at the counter, where the counter is no refusal.
    """
    procedure, answers = dossier.procedure, dossier.answers
    competence = competence_of(dossier)
    department = competence.department_code if competence else ""
    elsewhere = refusal(dossier.procedure_code, today, department, language, assisted=assisted)
    freezes = [freeze.days for freeze in freezes_of(dossier.applicant_id, dossier.procedure_code)]
    window = assess_frozen(procedure, prune(procedure, answers), today, freezes)
    problems = [
        *_wrong_channel(elsewhere),
        *_unfinished_answers(dossier, language),
        *_wrong_place(procedure, competence),
        *_wrong_moment(procedure, window, language),
        *_missing_evidence(procedure, answers, held, language),
        *_refused_files(procedure, held, language),
        *_unfinished_evidence(dossier, language),
        *_nobody(procedure, answers),
    ]
    charge = charge_of(procedure, window, today)
    return Review(tuple(problems), competence, window, charge, elsewhere)


def problems_of(procedure, answers, raw_answers, held, language: str) -> list[Problem]:
    """What prevents answers and boxes that hold something from being filed again.

    The moment was judged at the first filing, and so was who asks.
    """
    return [
        *_unfinished(procedure, answers, set(raw_answers), language),
        *_wrong_place(procedure, _competence(procedure, answers)),
        *_missing_evidence(procedure, answers, dict.fromkeys(held, True), language),
    ]


def competence_of(dossier: Dossier) -> territory.Competence | None:
    """The office competent for the commune answered; None while there is no commune."""
    return _competence(dossier.procedure, dossier.answers)


def _competence(procedure, answers):
    insee = meant(procedure, answers, "commune")
    try:
        return territory.competent_prefecture(insee) if insee else None
    except territory.Commune.DoesNotExist:
        return None


def _unfinished_answers(dossier, language):
    raw = set(dossier.raw_answers)
    return _unfinished(dossier.procedure, dossier.answers, raw, language)


def _unfinished(procedure, answers, raw, language):
    for step, fields in shown(procedure, answers).pages:
        for field in fields:
            if field.name in raw:
                yield Problem(
                    _("À corriger : %(question)s") % {"question": field.label.get(language)},
                    step.code,
                )
    for step, field in missing(procedure, answers):
        if field.name not in raw:
            yield Problem(
                _("Il manque votre réponse : %(question)s")
                % {"question": field.label.get(language)},
                step.code,
            )


def _wrong_channel(elsewhere):
    if elsewhere:
        kept = _("Vos réponses et vos pièces sont gardées.")
        yield Problem(" ".join((*elsewhere, kept)))


def _wrong_place(procedure, competence):
    if reason := outside_the_law(procedure, competence):
        yield Problem(str(reason), step_of_meaning(procedure, "commune"))


def outside_the_law(procedure, competence) -> str | None:
    """Why no office answers for the commune; a national authority does not depend on it."""
    if competence is None or procedure.authority == "national":
        return None
    return competence.reason


def _wrong_moment(procedure, window, language):
    if not window.may_file:
        means = COUNTED_FROM[window.window.kind]
        yield Problem(window.sentence(language, show=show_date), step_of_meaning(procedure, means))


def _missing_evidence(procedure, answers, held, language):
    for rule in evidence_for(procedure, answers):
        if rule.required and not held.get(rule.code):
            yield Problem(
                _("Il manque la pièce : %(piece)s") % {"piece": rule.label.get(language)},
                EVIDENCE_PAGE,
                rule.code,
            )


def _unfinished_evidence(dossier, language):
    """What would be left out of a filing although its person has sent it."""
    checked, rule_code = what_was_begun(dossier)
    if checked:
        yield Problem(
            _("Un fichier est en cours de vérification. Attendez quelques secondes."),
            EVIDENCE_PAGE,
        )
    if rule_code:
        label = dossier.procedure.evidence_rule(rule_code).label.get(language)
        yield Problem(
            _("Des photos attendent : terminez ou abandonnez le document « %(piece)s ».")
            % {"piece": label},
            EVIDENCE_PAGE,
            rule_code,
        )


def _refused_files(procedure, held, language):
    """A virus, or a file that nothing can read, seen after it was received."""
    for code, given in held.items():
        if any(evidence.file.is_held_back for evidence in given):
            rule = procedure.evidence_rule(code)
            yield Problem(
                _("À remplacer : un fichier de la pièce « %(piece)s » ne peut pas être utilisé.")
                % {"piece": rule.label.get(language)},
                EVIDENCE_PAGE,
                code,
            )


def _nobody(procedure, answers):
    known = meant(procedure, answers, "foreigner_number") or (
        meant(procedure, answers, "passport_number")
    )
    if not known:
        yield Problem(
            _("Indiquez votre numéro étranger, ou à défaut le numéro de votre passeport."),
            step_of_meaning(procedure, "foreigner_number")
            or step_of_meaning(procedure, "passport_number"),
        )


def step_of_meaning(procedure, meaning):
    """The code of the step that asks for this, None when no step does."""
    field = procedure.meaning(meaning)
    if field is None:
        return None
    return next((step.code for step in procedure.steps if field in step.fields), None)
