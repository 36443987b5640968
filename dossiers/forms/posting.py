"""How an answer travels through a page: the keys it is posted under, and what is kept of it."""

import datetime as dt

from dossiers.catalogue.comparing import is_none
from dossiers.catalogue.conditions import as_date
from dossiers.forms.commune import known_commune

KEYS_AT_MOST = 600
SUFFIXES = {"date": ("_day", "_month", "_year"), "commune": ("", "_choice")}


def to_answer(value):
    """What is kept of a cleaned value: plain JSON, dates as ISO text."""
    return value.isoformat() if isinstance(value, dt.date) else value


def from_answer(field, answer):
    """What a form field shows of a kept answer."""
    if field.kind == "date":
        return answer if field.partial else as_date(answer)
    if field.kind == "yes_no":
        return {True: "yes", False: "no"}.get(answer, "")
    return answer


def posted_names(field, under=""):
    """The keys under which a page posts a question asked once; `under` is the entry it is of."""
    suffixes = SUFFIXES.get(field.kind, ("", "_none") if field.none else ("",))
    return [f"{under}{field.name}{suffix}" for suffix in suffixes]


def posted_keys(field, data):
    """Those of any question, as this page has sent them."""
    if field.kind != "list":
        return posted_names(field)
    return [name for name in data if str(name).startswith(f"{field.name}-")][:KEYS_AT_MOST]


def as_posted(field, answer, under=""):
    """The keys a page would post for a kept answer left untouched."""
    names = posted_names(field, under)
    if field.kind == "list":
        return as_posted_entries(field, answer)
    if field.kind == "date":
        year, month, day = (str(answer or "").split("-") + ["", ""])[:3]
        return dict(zip(names, (day, month, year), strict=True))
    if field.kind == "commune":
        known = known_commune(answer)
        return dict(zip(names, (known["text"], known["choice"]), strict=True))
    if field.none:
        text, box = ("", "1") if is_none(answer) else (answer or "", "")
        return dict(zip(names, (text, box), strict=True))
    shown = from_answer(field, answer)
    return {names[0]: "" if shown is None else str(shown)}


def as_posted_entries(field, answer):
    """The keys of a whole list; a list that needs entries shows them, still empty."""
    entries = [entry for entry in answer or () if isinstance(entry, dict)]
    entries += [{}] * (field.least - len(entries))
    data = {f"{field.name}-count": str(len(entries))}
    for i, entry in enumerate(entries):
        under = f"{field.name}-{i}-"
        for part in field.fields:
            data |= as_posted(part, entry.get(part.name), under)
        data[f"{under}seen"] = " ".join(part.name for part in field.fields)
    return data
