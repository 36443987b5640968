"""A box of evidence as the applicant's pages show it."""

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.conditions import evidence_for
from dossiers.models import Dossier
from dossiers.queries.arriving import on_their_way
from dossiers.queries.marks import told
from dossiers.queries.pages import own_page, page
from dossiers.queries.problems import held_by_rule
from dossiers.queries.reusing import ended_notice
from portal.core import clock
from portal.vault import api as vault


@dataclass(frozen=True)
class Held:
    """One file in a box, with what can be done about it."""

    name: str
    size: str
    open_url: str
    thumbnail: str
    replace_url: str
    remove_url: str
    state: str = "checked"
    note: str = ""
    told: str = ""
    contest_url: str = ""


_NOTES = {
    vault.ScanState.NOT_SCANNED: _(
        "Pas encore analysé par l’antivirus : vous n’avez rien à faire."
    ),
    vault.ScanState.INFECTED: _("Ce fichier contient un virus : remplacez-le."),
    vault.ScanState.UNREADABLE: _("Ce fichier ne peut pas être lu : remplacez-le."),
}


@dataclass(frozen=True)
class Box:
    """One piece of evidence asked for, in the language of the page."""

    rule: object
    label: str
    why: str
    hint: str
    example: str
    required: bool
    translated: bool
    max_age_months: int | None
    legal: str
    files: tuple[Held, ...]
    is_full: bool
    add_url: str
    uploads_url: str
    album_url: str
    asked_why: str = ""
    arriving: tuple = ()
    ended: str = ""

    @property
    def state(self):
        """The word of the file box."""
        return "checked" if self.files else "missing"

    @property
    def auto_id(self):
        """Distinct identifiers when several boxes share a page."""
        return f"id_{self.rule.code}_%s"


def boxes_of(dossier: Dossier, held: dict[str, list], language: str) -> list[Box]:
    """Every box these answers call for, in the order of the procedure, and what comes to each."""
    coming = on_their_way(dossier, held)
    return [
        box_view(
            dossier, rule, held.get(rule.code, []), language, arriving=coming.get(rule.code, ())
        )
        for rule in evidence_for(dossier.procedure, dossier.answers)
    ]


def one_box(dossier: Dossier, rule, language: str, asked_why: str = "") -> Box:
    """One box alone, with its files and what comes to it."""
    held = held_by_rule(dossier)
    coming = on_their_way(dossier, held).get(rule.code, ())
    return box_view(dossier, rule, held.get(rule.code, []), language, asked_why, coming)


def box_view(
    dossier: Dossier, rule, held: list, language: str, asked_why: str = "", arriving=()
) -> Box:
    """One box and its files; asked again, what was filed is to do again until a file is added."""
    again = bool(asked_why) and all(evidence.first_submission for evidence in held)
    add_url = page("evidence_box", dossier.pk, rule.code)
    return Box(
        rule=rule,
        label=rule.label.get(language),
        why=rule.why.get(language),
        hint=rule.hint.get(language) if rule.hint else "",
        example=rule.example.get(language),
        required=rule.required,
        translated=rule.translated,
        max_age_months=rule.max_age_months,
        legal=" · ".join(rule.legal),
        files=tuple(_held(dossier, rule, evidence, add_url, again) for evidence in held),
        is_full=len(held) >= rule.max_files,
        add_url=add_url,
        uploads_url=page("uploads", dossier.pk, rule.code),
        album_url=page("album", dossier.pk, rule.code),
        asked_why=asked_why,
        arriving=tuple(arriving),
        ended=ended_notice(dossier, rule, clock.today()),
    )


def _held(dossier, rule, evidence, add_url, again):
    file = evidence.file
    return Held(
        name=file.shown_name,
        size=filesizeformat(file.size),
        open_url=page("file", file.pk),
        thumbnail=page("file_page", file.pk, 1, vault.SMALL) if file.is_shown else "",
        replace_url=f"{add_url}?remplace={evidence.pk}",
        remove_url=page("evidence_remove", dossier.pk, evidence.pk),
        state=_state(file, again),
        note=_NOTES.get(file.scan_state, ""),
        told=told(rule, file, clock.today()),
        contest_url=own_page("evidence_contest", dossier.pk, evidence.pk),
    )


def _state(file, again):
    if again or file.is_held_back:
        return "problem"
    return "checked" if file.is_shown else "checking"
