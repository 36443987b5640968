"""What a well-formed procedure may still get wrong: names, references, conditions, bounds."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date

from dossiers.catalogue.conditions import Comparison, Condition
from dossiers.catalogue.schema import MEANINGS, REQUIRED_MEANINGS, Field, Procedure
from dossiers.catalogue.windows import COUNTED_FROM, Window

Asked = Mapping[str, Field]

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TERRITORY = re.compile(r"0[1-9]|(?!20)[1-8][0-9]|9[0-5]|2[AB]|9[78][0-9]")
MEASURED = {"text", "long_text", "email", "phone"}
BOUNDED = {"integer": int, "money": int, "date": date}
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
        yield from _conditions(rule.when, asked, f"evidence[{i}].when")
        if not rule.accept:
            yield f"evidence[{i}].accept: au moins un format est attendu"
        if rule.ends_on and MEANINGS.get(rule.ends_on) != ("date",):
            yield f"evidence[{i}].ends_on: « {rule.ends_on} » n'est pas le sens d'une date"
    for i, use in enumerate(procedure.fees):
        yield from _conditions(use.when, asked, f"fees[{i}].when")
    yield from _windows(procedure, asked)
    yield from _durations(procedure)
    yield from _deadlines(procedure, asked)
    yield from _dated(procedure)
    yield from _checks(procedure, asked)


def _names(procedure: Procedure) -> Iterator[str]:
    if not SLUG.fullmatch(procedure.code):
        yield f"code: « {procedure.code} » devrait s'écrire en minuscules avec des tirets"
    yield from _repeated("steps", "code", [step.code for step in procedure.steps])
    yield from _repeated("evidence", "code", [rule.code for rule in procedure.evidence])
    yield from _repeated("deadlines", "code", [item.code for item in procedure.deadlines])
    fields = procedure.all_fields()
    yield from _repeated("steps", "fields", [field.name for field in fields])
    yield from _repeated("steps", "means", [field.means for field in fields if field.means])
    given = {field.means for field in fields}
    for means in REQUIRED_MEANINGS:
        # What is confirmed online for the whole country makes no card, hence needs no photo.
        if means == "photo_code" and procedure.authority == "national":
            continue
        if means not in given:
            yield f"steps: aucun champ n'a le sens « {means} »"


def _repeated(place: str, what: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{place}: {what}: « {value} » est déclaré {count} fois"


def _steps(procedure: Procedure, asked: Asked) -> Iterator[str]:
    if not procedure.steps:
        yield "steps: au moins une étape est attendue"
    before: dict[str, Field] = {}
    for i, step in enumerate(procedure.steps):
        if not step.fields:
            yield f"steps[{i}].fields: au moins un champ est attendu"
        yield from _conditions(step.when, before, f"steps[{i}].when", later=asked)
        for j, field in enumerate(step.fields):
            place = f"steps[{i}].fields[{j}]"
            yield from _conditions(field.when, before, f"{place}.when", later=asked)
            yield from _field(field, place)
            before[field.name] = field


def _field(field: Field, place: str) -> Iterator[str]:
    if not NAME.fullmatch(field.name):
        yield f"{place}.name: « {field.name} » devrait s'écrire en minuscules avec des soulignés"
    if (field.kind == "choice") is not bool(field.options):
        yield f"{place}.options: des options sont attendues pour un choix, et pour lui seul"
    yield from _repeated(place, "options", [option.value for option in field.options])
    if field.max_length is not None and field.kind not in MEASURED:
        yield f"{place}.max_length: sans objet pour « {field.kind} »"
    if field.must_be and field.kind != "date":
        yield f"{place}.must_be: sans objet pour « {field.kind} »"
    if field.means is not None and field.kind not in MEANINGS.get(field.means, ()):
        known = "sens inconnu" if field.means not in MEANINGS else f"impossible pour {field.kind}"
        yield f"{place}.means: « {field.means} » : {known}"
    yield from _pattern(field, place)
    yield from _bounds(field, place)


def _pattern(field: Field, place: str) -> Iterator[str]:
    if field.pattern is None:
        if field.wrong:
            yield f"{place}.wrong: sans objet sans « pattern »"
        return
    try:
        re.compile(field.pattern)
    except re.error as error:
        yield f"{place}.pattern: expression invalide ({error})"


def _bounds(field: Field, place: str) -> Iterator[str]:
    sound = True
    for name in ("minimum", "maximum"):
        bound = getattr(field, name)
        if bound is not None and not isinstance(bound, BOUNDED.get(field.kind, ())):
            yield f"{place}.{name}: sans objet pour « {field.kind} »"
            sound = False
    low, high = field.minimum, field.maximum
    numbers = isinstance(low, int) and isinstance(high, int) and low > high
    days = isinstance(low, date) and isinstance(high, date) and low > high
    if sound and (numbers or days):
        yield f"{place}.minimum: dépasse maximum"


def _conditions(
    condition: Condition | None, asked: Asked, place: str, later: Container[str] = ()
) -> Iterator[str]:
    for comparison in condition.comparisons() if condition else ():
        field = asked.get(comparison.field)
        if field is not None:
            yield from _comparison(comparison, field, place)
        elif comparison.field in later:
            yield f"{place}: le champ « {comparison.field} » est demandé plus loin"
        else:
            yield f"{place}: champ inconnu « {comparison.field} »"


def _comparison(comparison: Comparison, field: Field, place: str) -> Iterator[str]:
    if comparison.operator == "filled":
        return
    if comparison.operator in ("before", "after"):
        if field.kind != "date":
            yield f"{place}: « {field.name} » n'est pas une date"
        return
    value = comparison.value
    values = value if isinstance(value, tuple) else (value,)
    expected = {"yes_no": bool, "integer": int, "money": int}.get(field.kind, str)
    for value in values:
        if type(value) is not expected:
            yield f"{place}: « {value} » n'est pas une réponse possible à « {field.name} »"
        elif field.options and field.label_of(value) is None:
            yield f"{place}: « {value} » n'est pas une option de « {field.name} »"


def _windows(procedure: Procedure, asked: Asked) -> Iterator[str]:
    yield from _window(procedure, procedure.window, "window")
    for i, choice in enumerate(procedure.other_windows):
        yield from _conditions(choice.when, asked, f"other_windows[{i}].when")
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
        yield from _conditions(deadline.when, asked, f"{place}.when")
        if (deadline.days is None) is (deadline.months is None):
            yield f"{place}: « days » ou « months », l'un des deux"
        if deadline.effect == "implicit-refusal" and deadline.confidence != "sourced":
            yield f"{place}.confidence: un refus ne naît pas d'un délai à confirmer"


def _dated(procedure: Procedure) -> Iterator[str]:
    """Rows in force from a day to a day: the days in order, the territories known by their code."""
    for name in ("evidence", "deadlines", "other_windows", "channels"):
        for i, row in enumerate(getattr(procedure, name)):
            if row.since and row.until and row.until < row.since:
                yield f"{name}[{i}].until: précède since"
    for i, row in enumerate(procedure.channels):
        for code in row.territories:
            if not TERRITORY.fullmatch(code):
                yield f"channels[{i}].territories: « {code} » n'est pas un code de département"
        if row.confidence == "sourced" and not row.legal:
            yield f"channels[{i}].legal: une source est attendue, ou confidence à « recalled »"


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
    yield from _repeated("checks", "code", [check.code for check in procedure.checks])
    yield from _repeated("grounds", "code", [ground.code for ground in procedure.grounds])
    for i, check in enumerate(procedure.checks):
        place = f"checks[{i}]"
        yield from _conditions(check.when, asked, f"{place}.when")
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
