"""Two people decide: the proposal of one, the signature of another."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core import clock, journal
from workflows.enums import CaseState
from workflows.forms.decision import ProposeForm, SignForm
from workflows.guards import power_to_sign
from workflows.queries.acts import acts_for, blocked
from workflows.queries.differences import news_since_the_proposal
from workflows.queries.pages import case_page
from workflows.rules import is_close
from workflows.services import deciding
from workflows.views.base import CaseActView, note_reading
from workflows.views.case import sections

ONE_DAY = dt.timedelta(days=1)


class Propose(CaseActView):
    """First of two people: a grant, a refusal or a closure, with its grounds."""

    move = "propose"
    service = staticmethod(deciding.propose)
    form_class = ProposeForm
    template_name = "workflows/propose.html"
    explanation = _("Une autre personne lira tout avant de signer. Rien n’est décidé ici.")
    done = _("La décision est proposée. Une autre personne doit la signer.")

    def get_form_kwargs(self):
        dossier = self.case.dossier
        ends_on = dossiers.answer_meaning(dossier, "title_ends_on")
        today = clock.today()
        return super().get_form_kwargs() | {
            "checklist": dossiers.checklist_of(dossier),
            "grounds": dossiers.grounds_of(dossier),
            "title_rules": dossiers.title_rules(dossier),
            "law": "\n".join(dossiers.procedure_of(dossier).legal_basis),
            "starts_on": max(today, ends_on + ONE_DAY) if ends_on else today,
        }

    def post(self, request, *args, **kwargs):
        """« Fill » only puts the texts of the library in the form; nothing is proposed."""
        if "fill" in request.POST:
            form = self.get_form()
            form.fill()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def facts(self, form):
        return {"draft": form.draft()}

    def get_context_data(self, **kwargs):
        """The papers stay beside the grounds that are written from them."""
        page = case_page(self.case)
        note_reading(self.case)
        rules = dossiers.title_rules(self.case.dossier)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "sections": sections(page.dossier),
            "title_rule": rules.rule.get(get_language()),
            "title_law": ", ".join(rules.legal),
        }


class Sign(CaseActView):
    """Second of two people: read everything, then sign or send back."""

    move = "send_back"
    form_class = SignForm
    template_name = "workflows/sign.html"
    submit_label = _("Envoyer ma réponse")
    explanation = _("Votre signature vaut décision. La lettre part à la personne aussitôt.")

    def dispatch(self, request, *args, **kwargs):
        """Whoever is close to the person reads why somebody else must sign."""
        if self.is_too_close():
            journal.record_refusal(request)
            messages.warning(request, blocked(self.case, self.move, request.user)[0])
            return HttpResponseRedirect(self.back_url())
        return super().dispatch(request, *args, **kwargs)

    def is_too_close(self):
        """A signatory of the office whom one thing alone keeps from signing."""
        user, case = self.request.user, self.case
        return (
            case.state == CaseState.DECISION_PROPOSED
            and user.pk != case.proposed_by_id
            and is_close(case, user)
        )

    def perform(self, form):
        """One call: the signature, or the note that sends back."""
        common = {
            "case_id": self.case.pk,
            "actor": self.request.user,
            "at": clock.now(),
            "seen": form.seen,
        }
        if form.signs:
            deciding.sign(**common)
            self.done = _("La décision est signée. La personne est prévenue.")
        else:
            deciding.send_back(note=form.cleaned_data["note"], **common)
            self.done = _("La proposition est renvoyée à l’instruction, avec votre note.")

    def get_context_data(self, **kwargs):
        page = case_page(self.case)
        note_reading(self.case)
        signing = [act for act in acts_for(self.case, self.request.user) if act.move == "sign"]
        return super().get_context_data(**kwargs) | {
            "page": page,
            "proposal": page.open_proposal,
            "since_proposal": news_since_the_proposal(self.case, page),
            "power": power_to_sign(self.case, self.request.user),
            "sections": sections(page.dossier),
            "reasons": [reason for act in signing for reason in act.reasons],
            "act_title": _("Signer ou renvoyer"),
        }
