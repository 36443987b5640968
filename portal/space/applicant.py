"""The person's space: their dossiers, and each one told from newest to oldest."""

from dataclasses import replace

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments import api as appointments
from dossiers import api as dossiers
from portal.core import clock
from portal.core.views import ReadOnlyView
from portal.correspondence import api as correspondence
from portal.space import words
from workflows import api as workflows


class Home(ReadOnlyView, TemplateView):
    """Every dossier as a card, asking each room once whatever their number."""

    template_name = "space/home.html"

    def get_context_data(self, **kwargs):
        lines = dossiers.dossiers_of(self.request.user)
        filed = [line.id for line in lines if line.filed_at]
        cases = workflows.cases_of(filed)
        visits = appointments.appointments_of(filed)
        offers = appointments.offers_to_answer(filed, at=clock.now())
        news = correspondence.latest_lines(filed)
        cards = [
            words.card(
                line,
                language=get_language(),
                case=cases.get(line.id),
                visit=visits.get(line.id),
                offer=offers.get(line.id),
                news=news.get(line.id),
            )
            for line in lines
        ]
        return super().get_context_data(**kwargs) | {
            "drafts": [card for card, line in zip(cards, lines, strict=True) if line.is_draft],
            "filed": [card for card, line in zip(cards, lines, strict=True) if not line.is_draft],
        }


class OwnDossier(ReadOnlyView, TemplateView):
    """A filed dossier of this person; another's does not exist, a draft is continued instead."""

    def setup(self, request, *args, dossier_id, **kwargs):
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        self.dossier = get_object_or_404(
            dossiers.Dossier.objects.of_applicant(request.user).exclude(
                filed_at=None, withdrawn_at__isnull=False
            ),
            pk=dossier_id,
        )

    def get(self, request, *args, **kwargs):
        if self.dossier.is_draft:
            return redirect("dossiers:tasks", self.dossier.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "dossier": self.dossier,
            "title": self.dossier.procedure.title.get(get_language()),
            "tabs": tabs(self.dossier.pk),
        }


class Follow(OwnDossier):
    """Where it stands, what comes next and when, then everything that happened."""

    template_name = "space/dossier.html"

    def get_context_data(self, **kwargs):
        pk = self.dossier.pk
        case = workflows.case_of(pk)
        visit = appointments.appointment_of(pk)
        offer = appointments.offers_to_answer([pk], at=clock.now()).get(pk)
        asked = dossiers.open_completion(pk)
        due_on = asked.last_day if asked else None
        return super().get_context_data(**kwargs) | {
            "case": case,
            "had_a_card": dossiers.had_a_card(self.dossier),
            "silence": workflows.silence_of(pk, clock.now())
            if case and case.silence_has_run_out
            else None,
            "appeals": workflows.appeals_of(pk, clock.now())
            if words.may_be_contested(case)
            else None,
            "visit": visit if visit and visit.is_live else None,
            "asked": asked,
            "invitation": _open_invitation(pk, case, self.request.user),
            "action": words.next_action(
                pk,
                self.dossier.filed_at,
                case,
                visit,
                due_on,
                offer=offer,
                holds=asked is None or asked.holds_review,
            ),
            "due": words.due_words(case, visit, due_on, offer),
            "callout_tone": words.callout_tone(case),
            "awaits_answer": words.awaits_answer(case),
            "sentence": words.state_sentence(case),
            "who_is_next": words.who_is_next(case),
            "cover": words.cover(self.dossier.procedure_code, case),
            "lines": [with_link(line, pk) for line in correspondence.timeline(pk)],
        }


def _open_invitation(dossier_id, case, person):
    """What the person may still answer before a withdrawal; asked for granted titles only."""
    if case is None or not case.title_ends_on:
        return None
    found = workflows.invitation_for(dossier_id, person)
    return found if found and found.answered_at is None else None


class Answers(OwnDossier):
    """What was filed, each time, as it was then."""

    template_name = "space/answers.html"

    def get_context_data(self, **kwargs):
        summary = dossiers.dossier_summary(self.dossier.pk, get_language())
        return super().get_context_data(**kwargs) | {
            "summary": summary,
            "sections": [
                (section.title, [{"label": label, "value": value} for label, value in section.rows])
                for section in summary.sections
            ],
            "filings": sorted(summary.submissions, key=lambda one: one.number, reverse=True),
        }


class Documents(OwnDossier):
    """Letters received and papers given, each with its file."""

    template_name = "space/documents.html"

    def get_context_data(self, **kwargs):
        summary = dossiers.dossier_summary(self.dossier.pk, get_language())
        return super().get_context_data(**kwargs) | {
            "letters": correspondence.letters_of(self.dossier.pk),
            "boxes": summary.evidence,
        }


STATEMENT_LINES = {
    "dossier_statement_card_not_given": "card_not_given",
    "dossier_statement_civil_status": "civil_status",
}
VERSION_LINES = {"dossier_amended", "dossier_address_changed", "dossier_completion_supplied"}
CORRECTION_LINES = {"dossier_corrected", "dossier_contest_settled"}


def with_link(line: correspondence.Line, dossier_id) -> correspondence.Line:
    """The line with a link to its correction, or to its letter once it can be opened."""
    if line.kind in CORRECTION_LINES:
        href = reverse("dossiers:corrections", args=[dossier_id])
        return replace(line, href=href, link=_("Lire la correction"))
    if line.kind in VERSION_LINES:
        href = reverse("dossiers:versions", args=[dossier_id])
        return replace(line, href=href, link=_("Lire ce qui a changé"))
    if line.kind in STATEMENT_LINES:
        href = reverse("dossiers:state", args=[dossier_id, STATEMENT_LINES[line.kind]])
        return replace(line, href=href, link=_("Voir la réponse"))
    if not line.letter_is_ready:
        return line
    href = reverse("dossiers:letter", args=[line.letter_id])
    return replace(line, href=href, link=_("Lire le courrier (PDF)"))


def tabs(dossier_id) -> list[tuple[str, str]]:
    """The pages of a dossier, as links: they work without any script."""
    return [
        (_("Suivi"), reverse("space:dossier", args=[dossier_id])),
        (_("Réponses"), reverse("space:answers", args=[dossier_id])),
        (_("Documents"), reverse("space:documents", args=[dossier_id])),
        (_("Rendez-vous"), reverse("appointments:show", args=[dossier_id])),
    ]
