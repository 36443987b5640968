"""What a helper sees: every mandate in one list with what is next, and each dossier told."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments import api as appointments
from dossiers import api as dossiers
from dossiers.views.mandate_door import ByMandate, mandated
from portal.accounts.api import invitations_for, organisations_of
from portal.core import clock, door
from portal.core.views import ReadOnlyView
from portal.correspondence import api as correspondence
from portal.space import words
from workflows import api as workflows
from workflows.enums import ROUTING_DESK

MANDATES = "mandate"
"""The scope of the list: row security shows what any live mandate covers, and lets nothing in."""


class Home(ReadOnlyView, TemplateView):
    """Every mandate of the account and of its organisations, asking each room once."""

    template_name = "space/helper.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, clock.now()
        ours = organisations_of(user)
        mandates = dossiers.held_mandates(user, [one.organisation_id for one in ours], now)
        with door.also(scope=MANDATES):
            covered = dossiers.in_mandate(mandates)
            cards = _cards(covered)
            told = [self._told(mandate, covered, cards) for mandate in mandates]
        return super().get_context_data(**kwargs) | {
            "memberships": ours,
            "invitations": invitations_for(user, now),
            "offered": dossiers.offered_mandates(user, now),
            "mandates": told,
        }

    def _told(self, mandate, covered, cards):
        return {
            "mandate": mandate,
            "scope": dossiers.scope_in_words(mandate, get_language()),
            "cards": [cards[line.id] for line in covered[mandate.pk]],
            "begin": self._beginnings(mandate),
        }

    def _beginnings(self, mandate):
        """The procedures that this mandate may begin for the person."""
        if mandate.level == "read" or mandate.dossier_id is not None:
            return []
        return [
            (facts.title, reverse("mandated:start", args=[mandate.pk, facts.code]))
            for facts in dossiers.procedures(get_language())
            if mandate.covers_all or mandate.procedure_code == facts.code
        ]


def _cards(covered):
    """A card for each dossier, its links on the helper's side.

    The case and the visit are the office's rows: they are asked in the name of its dossiers
    alone, which row security has just let through.
    """
    lines = {line.id: line for several in covered.values() for line in several}
    filed = [line.id for line in lines.values() if line.filed_at]
    offices = {line.prefecture_code or ROUTING_DESK for line in lines.values()}
    with door.also(*sorted(offices)):
        cases = workflows.cases_of(filed)
        visits = appointments.appointments_of(filed)
    news = correspondence.latest_lines(filed)
    return {
        line.id: _on_their_side(
            line,
            words.card(
                line,
                language=get_language(),
                case=cases.get(line.id),
                visit=visits.get(line.id),
                offer=None,
                news=news.get(line.id),
            ),
        )
        for line in lines.values()
    }


def _on_their_side(line, card):
    name = "mandated:tasks" if line.is_draft else "helper:dossier"
    href = reverse(name, args=[line.id])
    if line.completion_due_on is None:
        return replace(card, href=href, action=None)
    answer = reverse("mandated:completion", args=[line.id])
    return replace(card, href=href, action=words.Action(_("Répondre à la préfecture"), answer))


class Follow(ByMandate, ReadOnlyView, TemplateView):
    """One filed dossier: where it stands, what is next, everything that happened."""

    template_name = "space/helper_dossier.html"

    def get_context_data(self, **kwargs):
        pk = self.kwargs["dossier_id"]
        dossier = self.find(pk)
        with door.also(dossier.prefecture_code or ROUTING_DESK):
            case = workflows.case_of(pk)
            visit = appointments.appointment_of(pk)
        asked = dossiers.open_completion(pk)
        due_on = asked.last_day if asked else None
        return super().get_context_data(**kwargs) | {
            "dossier": dossier,
            "title": dossier.procedure.title.get(get_language()),
            "sentence": words.state_sentence(case),
            "who_is_next": words.who_is_next(case),
            "due": words.due_words(case, visit, due_on, None),
            "visit": visit if visit and visit.is_live else None,
            "asked": asked,
            "lines": [_with_letter(line) for line in correspondence.timeline(pk)],
            "letters": [
                (letter, reverse("mandated:letter", args=[letter.id]))
                for letter in correspondence.letters_of(pk)
            ],
            "boxes": _papers(pk),
        }


def _with_letter(line):
    if not line.letter_is_ready:
        return line
    href = reverse("mandated:letter", args=[line.letter_id])
    return replace(line, href=href, link=_("Lire le courrier (PDF)"))


def _papers(dossier_id):
    summary = dossiers.dossier_summary(dossier_id, get_language())
    return summary.evidence


follow = mandated(Follow.as_view())
