"""What a well-formed procedure may still get wrong: names, references, conditions, bounds."""

import re
from collections.abc import Container, Iterable, Iterator

from dossiers.catalogue.checking_fields import (
    Asked,
    conditions_of,
    problems_of_entries,
    problems_of_field,
    repeated,
)
from dossiers.catalogue.schema import MEANINGS, REQUIRED_MEANINGS, Field, Procedure
from dossiers.catalogue.windows import COUNTED_FROM, Window

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TERRITORY = re.compile(r"0[1-9]|(?!20)[1-8][0-9]|9[0-5]|2[AB]|9[78][0-9]")
WINDOW_NUMBERS = {
    "before-expiry": ("opens_days_before", "closes_days_before", "late_months_after"),
    "after-entry": ("months_after_entry",),
    "after-move": ("months_after",),
    "after-majority": ("months_after",),
    "while-valid": ("months_left",),
    "anytime": (),
}
WINDOW_STATUSES = {
    "before-expiry": ("early", "late", "too_late", "unknown"),
    "after-entry": ("early", "late", "unknown"),
    "after-move": ("early", "late", "unknown"),
    "after-majority": ("early", "late", "unknown"),
    "while-valid": ("too_late", "unknown"),
    "anytime": (),
}


def problems_of(procedure: Procedure) -> Iterator[str]:
    """Every problem of the procedure, each beginning with its place in the file."""
    asked = {field.name: field for field in procedure.all_fields()}
    yield from _names(procedure)
    yield from _steps(procedure, asked)
    for i, rule in enumerate(procedure.evidence):
        yield from conditions_of(rule.when, asked, f"evidence[{i}].when")
        if not rule.accept:
            yield f"evidence[{i}].accept: au moins un format est attendu"
        if rule.ends_on and MEANINGS.get(rule.ends_on) != ("date",):
            yield f"evidence[{i}].ends_on: « {rule.ends_on} » n'est pas le sens d'une date"
    for i, use in enumerate(procedure.fees):
        yield from conditions_of(use.when, asked, f"fees[{i}].when")
    yield from _windows(procedure, asked)
    yield from conditions_of(procedure.card_when, asked, "card_when")
    if procedure.card_when is not None and not procedure.makes_card:
        yield "card_when: sans objet pour une démarche qui ne fait pas de carte"
    yield from _durations(procedure)
    yield from _deadlines(procedure, asked)
    yield from _dated(procedure)
    yield from _channels(procedure)
    yield from _checks(procedure, asked)


def _names(procedure: Procedure) -> Iterator[str]:
    if not SLUG.fullmatch(procedure.code):
        yield f"code: « {procedure.code} » devrait s'écrire en minuscules avec des tirets"
    yield from repeated("steps", "code", [step.code for step in procedure.steps])
    yield from repeated("evidence", "code", [rule.code for rule in procedure.evidence])
    yield from repeated("deadlines", "code", [item.code for item in procedure.deadlines])
    fields = procedure.all_fields()
    yield from repeated("steps", "fields", [field.name for field in fields])
    yield from repeated("steps", "means", [field.means for field in fields if field.means])
    given = {field.means for field in fields}
    for means in REQUIRED_MEANINGS:
        if means == "photo_code" and not procedure.makes_card:
            continue
        if means not in given:
            yield f"steps: aucun champ n'a le sens « {means} »"


def _steps(procedure: Procedure, asked: Asked) -> Iterator[str]:
    if not procedure.steps:
        yield "steps: au moins une étape est attendue"
    before: dict[str, Field] = {}
    for i, step in enumerate(procedure.steps):
        if not step.fields:
            yield f"steps[{i}].fields: au moins un champ est attendu"
        yield from conditions_of(step.when, before, f"steps[{i}].when", later=asked)
        for j, field in enumerate(step.fields):
            place = f"steps[{i}].fields[{j}]"
            yield from conditions_of(field.when, before, f"{place}.when", later=asked)
            yield from problems_of_field(field, place)
            yield from problems_of_entries(field, place, before, asked)
            before[field.name] = field


def _windows(procedure: Procedure, asked: Asked) -> Iterator[str]:
    yield from _window(procedure, procedure.window, "window")
    for i, choice in enumerate(procedure.other_windows):
        yield from conditions_of(choice.when, asked, f"other_windows[{i}].when")
        yield from _window(procedure, choice.window, f"other_windows[{i}].window")


def _window(procedure: Procedure, window: Window, place: str) -> Iterator[str]:
    for name in WINDOW_NUMBERS[window.kind]:
        if getattr(window, name) is None:
            yield f"{place}.{name}: attendu pour « {window.kind} »"
    for status in WINDOW_STATUSES[window.kind]:
        if getattr(window.messages, status) is None:
            yield f"{place}.messages.{status}: attendu pour « {window.kind} »"
    needed = COUNTED_FROM.get(window.kind)
    if needed and procedure.meaning(needed) is None:
        yield f"{place}: aucun champ n'a le sens « {needed} », dont ce délai dépend"
    if window.late_charge and procedure.late_fee is None:
        yield f"{place}.late_charge: la procédure ne dit pas sa taxe de retard (late_fee)"
    yield from _rights(window, place)


def _rights(window: Window, place: str) -> Iterator[str]:
    """No right and no charge comes from a window that is to be confirmed."""
    for right in ("late_charge", "extension_by_right"):
        if getattr(window, right) and window.confidence != "sourced":
            yield f"{place}.{right}: ne se déduit pas d'un délai à confirmer"


def _durations(procedure: Procedure) -> Iterator[str]:
    months = procedure.title_months
    if months.same_end_date is bool(months.offered):
        yield "title_months: des durées ou « same_end_date », l'un des deux"
    if months.offered and (months.maximum is None or max(months.offered) > months.maximum):
        yield "title_months.maximum: absent ou dépassé par une durée proposée"
    yield from _followed(procedure)
    for i, use in enumerate(procedure.fees):
        if not any(amount.since for amount in use.fee.amounts):
            yield f"fees[{i}].fee: aucun montant n'a de date d'effet"
        for amount in use.fee.amounts:
            if amount.since and amount.confidence != "sourced":
                yield f"fees[{i}].fee: {amount.schedule}: une date d'effet ne peut être à confirmer"


def _deadlines(procedure: Procedure, asked: Asked) -> Iterator[str]:
    for i, deadline in enumerate(procedure.deadlines):
        place = f"deadlines[{i}]"
        yield from conditions_of(deadline.when, asked, f"{place}.when")
        if (deadline.days is None) is (deadline.months is None):
            yield f"{place}: « days » ou « months », l'un des deux"
        if deadline.effect == "implicit-refusal" and deadline.confidence != "sourced":
            yield f"{place}.confidence: un refus ne naît pas d'un délai à confirmer"


def _dated(procedure: Procedure) -> Iterator[str]:
    """Rows in force from a day to a day: the days in order."""
    for name in ("evidence", "deadlines", "other_windows", "channels"):
        for i, row in enumerate(getattr(procedure, name)):
            if row.since and row.until and row.until < row.since:
                yield f"{name}[{i}].until: précède since"


def _channels(procedure: Procedure) -> Iterator[str]:
    """Territories known by their code; who is refused is told on which text, and where to go."""
    for i, row in enumerate(procedure.channels):
        for code in row.territories:
            if not TERRITORY.fullmatch(code):
                yield f"channels[{i}].territories: « {code} » n'est pas un code de département"
        if row.confidence == "sourced" and not row.legal:
            yield f"channels[{i}].legal: une source est attendue, ou confidence à « recalled »"
        if row.refuses and row.where is None:
            yield f"channels[{i}].where: à qui l'on refuse de commencer ici, on dit où aller"


def _followed(procedure: Procedure) -> Iterator[str]:
    """The date that the title follows exists, and its lengths are bounded by a list."""
    months = procedure.title_months
    if months.rest_of is None:
        return
    followed = procedure.meaning(months.rest_of)
    if followed is None or followed.kind != "date":
        yield f"title_months.rest_of: aucune date n'a le sens « {months.rest_of} »"
    if not months.offered:
        yield "title_months.rest_of: « offered » est attendu"


def _checks(procedure: Procedure, asked: Asked) -> Iterator[str]:
    grounds = {ground.code: ground for ground in procedure.grounds}
    papers = {rule.code for rule in procedure.evidence}
    yield from repeated("checks", "code", [check.code for check in procedure.checks])
    yield from repeated("grounds", "code", [ground.code for ground in procedure.grounds])
    for i, check in enumerate(procedure.checks):
        place = f"checks[{i}]"
        yield from conditions_of(check.when, asked, f"{place}.when")
        if not SLUG.fullmatch(check.code):
            yield f"{place}.code: « {check.code} » devrait s'écrire en minuscules avec des tirets"
        yield from _unknown(check.evidence, papers, f"{place}.evidence", "pièce inconnue")
        yield from _unknown(check.fields, asked, f"{place}.fields", "champ inconnu")
        if not check.outcomes:
            yield f"{place}.outcomes: au moins une décision est attendue"
        if check.ground and getattr(grounds.get(check.ground), "outcome", "") != "refuse":
            yield f"{place}.ground: « {check.ground} » n'est pas un motif de refus de la procédure"


def _unknown(codes: Iterable[str], known: Container[str], place: str, words: str) -> Iterator[str]:
    for code in codes:
        if code not in known:
            yield f"{place}: {words} « {code} »"
