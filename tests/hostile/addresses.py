"""Every address of the portal with its policy, and the objects of the country it may name."""

from uuid import UUID

from django.urls import get_resolver, reverse

from appointments.models import OpeningPattern
from dossiers.models import CompletionItem, Correction
from portal.core.door import acting
from portal.core.policy import policy_of
from portal.correspondence.models import Letter
from portal.vault.models import StoredFile
from tests.architecture.test_routes import Match, addresses
from tests.hostile.world import POSTS, everybody
from workflows.models import Alarm, Appeal

# The state that a page needs to show itself; a page not named here needs a case just received.
STATES = {
    "dossiers:tasks": "draft",
    "dossiers:evidence": "draft",
    "dossiers:check": "draft",
    "dossiers:declare": "draft",
    "dossiers:discard": "draft",
    "dossiers:newer_text": "draft",
    "dossiers:step": "draft",
    "dossiers:step_keep": "draft",
    "dossiers:register": "draft",
    "dossiers:evidence_box": "draft",
    "dossiers:evidence_remove": "draft",
    "dossiers:evidence_contest": "draft",
    "dossiers:evidence_reuse": "draft",
    "dossiers:uploads": "draft",
    "dossiers:upload": "draft",
    "dossiers:album": "draft",
    "dossiers:album_change": "draft",
    "dossiers:end_help": "draft",
    "dossiers:couple": "draft",
    "dossiers:couple_end": "draft",
    "dossiers:export": "draft",
    "dossiers:export_ask": "draft",
    "dossiers:export_file": "draft",
    "dossiers:completion": "completion",
    "dossiers:completion_item": "completion",
    "dossiers:extend": "completion",
    "dossiers:contest": "corrected",
    "dossiers:amend_file_remove": "amending",
    "desk:versions": "amending",
    "desk:mark_read": "amending",
    "desk:settle_statement": "amending",
    "desk:review_items": "answered",
    "desk:ask_supply": "awaiting",
    "desk:confirm_supply": "awaiting",
    "desk:settle_contests": "contested",
    "appointments:show": "appointed",
    "appointments:ics": "appointed",
    "appointments:notice": "appointed",
    "appointments:cannot_come": "appointed",
    "appointments:confirm": "appointed",
    "appointments:offer": "offered",
    "desk:ask_opinion": "review",
    "desk:receive_opinion": "opinion",
    "desk:propose": "review",
    "desk:sign": "proposed",
    "desk:reopen": "refused",
    "desk:propose_retraction": "appointed",
    "desk:retract": "retraction",
    "workflows:observations": "retraction",
    "desk:route": "unrouted",
    "workflows:ask_reasons": "silent",
    "desk:write_reasons": "silent",
    "desk:sign_reasons": "written",
    "workflows:appeal": "silent",
    "desk:record_appeal": "refused",
    "desk:write_rejection": "appealed",
    "desk:sign_rejection": "rejection",
    "desk:accept_appeal": "appealed",
    "desk:record_answer": "minister",
}
# The same pages by mandate need the same states.
STATES |= {
    name.replace("dossiers:", "mandated:"): state
    for name, state in STATES.items()
    if name.startswith("dossiers:")
}
NOBODYS = UUID(int=0)
HELP = "assisted:"
"""Pages of the counter's agents about the draft that one of them fills with its person."""
BY_MANDATE = ("mandated:", "helper:")
"""Pages of somebody who acts for the owner, or who was offered to."""
OBJECTS = {
    None,
    "identification",
    "dossier",
    "evidence",
    "upload",
    "case",
    "appointment",
    "letter",
    "mandate",
    "organisation",
    "membership",
    "invitation",
    "file",
    "job",
    "journal",
    "opening",
    "alarm",
    "appeal",
    "absence",
    "batch",
    "urgency",
    "card",
}


__all__ = ["OBJECTS", "PARTS", "POSTS", "STATES", "address", "named", "owner_of"]


def named():
    """(name, policy, names of the parts) of each address."""
    found = {}
    for name, entry in addresses(get_resolver()):
        parts = tuple(entry.pattern.converters)
        found[name] = (policy_of(Match(name, entry)), parts)
    return found


def owner_of(name, office):
    """Whose object the address names in this office: at the counter, who helps with it now."""
    side = "here" if office.code == "34" else "away"
    if name.startswith(HELP):
        return f"counter_agent_{side}"
    if name.startswith(BY_MANDATE):
        return f"helper_{side}"
    return f"{'owner' if STATES.get(name, 'filed') in ('draft', 'filed') else 'visitor'}_{side}"


def address(name, office):
    """The address of a page about this office's object."""
    _policy, parts = named()[name]
    return reverse(name, kwargs={part: PARTS[part](name, office) for part in parts})


def _life(name, office):
    wanted = STATES.get(name, "filed")
    return office.lives.get(wanted) or office.lives["filed"]


def _dossier(name, office):
    wanted = "draft" if name.startswith(HELP) else STATES.get(name, "filed")
    return office.draft.pk if wanted == "draft" else _life(name, office).dossier.pk


def _file(name, office):
    if name.startswith(HELP):
        with acting(office.owner.pk):
            return office.draft.evidence.order_by("pk").first().file_id
    with everybody():
        files = StoredFile.objects.filter(subject_id=office.lives["filed"].dossier.pk)
        return files.filter(kind="evidence").order_by("pk").first().pk


def _mandate(name, office):
    return (office.offered_mandate if name == "helper:accept" else office.mandate).pk


def _letter(_name, office):
    with everybody():
        letters = Letter.objects.filter(dossier_id=office.lives["filed"].dossier.pk)
        return letters.order_by("pk").first().pk


def _alarm(_name, office):
    with everybody():
        mine = Alarm.objects.filter(prefecture_code=office.code, seen_at=None)
        return mine.order_by("pk").first().pk


def _item(name, office):
    with everybody():
        items = CompletionItem.objects.filter(dossier=_life(name, office).dossier)
        return items.order_by("kind", "code").values_list("pk", flat=True).first() or NOBODYS


def _correction(name, office):
    with everybody():
        made = Correction.objects.filter(dossier=_life(name, office).dossier)
        return made.order_by("made_at").values_list("pk", flat=True).first() or NOBODYS


def _appeal(name, office):
    with everybody():
        return Appeal.objects.get(case_id=office.lives[STATES[name]].id).pk


def _opening(_name, office):
    return OpeningPattern.objects.filter(counter__in=office.place.counters).order_by("pk")[0].pk


PARTS = {
    "dossier_id": _dossier,
    "case_id": lambda name, office: _life(name, office).id,
    "identification_id": lambda name, office: office.identification,
    "upload_id": lambda name, office: office.draft_upload,
    "evidence_id": lambda name, office: office.draft_evidence,
    "file_id": _file,
    "letter_id": _letter,
    "mandate_id": _mandate,
    "organisation_id": lambda name, office: office.firm.pk,
    "membership_id": lambda name, office: office.membership.pk,
    "invitation_id": lambda name, office: office.invitation.pk,
    "item_id": _item,
    "correction_id": _correction,
    "added_id": lambda name, office: getattr(office, "added", NOBODYS),
    "statement_id": lambda name, office: getattr(office, "statement", NOBODYS),
    "name": lambda name, office: "usage_name",
    "kind": lambda name, office: "card_not_given",
    "appointment_id": lambda name, office: office.lives["appointed"].appointment.pk,
    "code": lambda name, office: "student-renewal",
    "step": lambda name, office: "identity",
    "rule_code": lambda name, office: "passport",
    "alarm_id": _alarm,
    "appeal_id": _appeal,
    "opening_id": _opening,
    "urgency_id": lambda name, office: office.urgency.pk,
    "offer_id": lambda name, office: office.offer.pk,
    "shut_id": lambda name, office: (
        (office.closure if name == "desk:open_site_sooner" else office.outage).pk
    ),
    "dispatch_id": lambda name, office: (
        (office.card_to_send if name == "counter:card_send" else office.card_awaited).pk
    ),
    "absence_id": lambda name, office: office.absence.pk,
    "batch_id": lambda name, office: office.batch.pk,
    "clearance_id": lambda name, office: office.lives["appointed"].appointment.clearance_id,
    "job_id": lambda name, office: 1,
    "token": lambda name, office: office.screen,
    "path": lambda name, office: "",
    "number": lambda name, office: 1,
    "width": lambda name, office: 480,
}
