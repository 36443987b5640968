"""Asking for what is missing, in one request; then reading what came, item by item."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import api as dossiers
from portal.core import clock
from workflows.forms.completion import (
    AskCompletionForm,
    AskSupplyForm,
    ConfirmSupplyForm,
    ReviewItemsForm,
)
from workflows.queries.completions import not_enough, still_asked, to_review
from workflows.queries.pages import case_page
from workflows.queries.supplies import awaited_of, still_missing
from workflows.services import requesting, reviewing, supplying
from workflows.views.base import CaseActView, note_reading
from workflows.views.case import sections


class AskCompletion(CaseActView):
    """List everything missing, once; a page shows what the person will read before it is sent."""

    move = "ask_completion"
    service = staticmethod(requesting.ask_completion)
    form_class = AskCompletionForm
    template_name = "workflows/ask_completion.html"
    explanation = gettext_lazy("Demandez tout en une seule fois, avec le motif de chaque élément.")
    done = gettext_lazy("Le complément est demandé. La personne est prévenue.")
    submit_label = gettext_lazy("Vérifier ce que la personne lira")

    def get_form_kwargs(self):
        requests = dossiers.completion_requests(self.case.dossier_id)
        return super().get_form_kwargs() | {
            "askable": dossiers.askable(self.case.dossier, "fr"),
            "asked_before": len(requests),
            "prefill": not_enough(requests) | still_asked(self.case.dossier, requests),
        }

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs)

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if "edit" in request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if "send" not in request.POST and form.is_valid():
            return self._check(form)
        return super().post(request, *args, **kwargs)

    def _check(self, form):
        """What the person will read, and what the law says of it, before anything is sent."""
        context = self.get_context_data(form=form) | {
            "items": [self._words(form, item) for item in form.picked()],
            "none_is_essential": not any(form.is_essential(i) for i in form.picked()),
            "said": form.cleaned_data,
            "kept": form.kept(),
        }
        return render(self.request, "workflows/ask_completion_check.html", context)

    def _words(self, form, item):
        key = f"{item.kind}_{item.code}"
        ready = dossiers.reason_words(form.cleaned_data[f"reason_{key}"], "fr")
        return {
            "label": item.label,
            "why": [words for words in (ready, form.cleaned_data[f"why_{key}"]) if words],
            "example": form.cleaned_data[f"example_{key}"],
            "essential": form.is_essential(item),
        }

    def facts(self, form):
        return {
            "items": form.items(),
            "message": form.cleaned_data["message"],
            "due_on": form.cleaned_data["due_on"],
            "round_reason": form.cleaned_data.get("round_reason", ""),
        }


class AskSupply(AskCompletion):
    """What a grant waits for has not come, or not as it should: ask again, with another day."""

    move = "ask_supply"
    form_class = AskSupplyForm
    act_title = gettext_lazy("Redemander ce que la décision attend")
    explanation = gettext_lazy(
        "La décision favorable reste accordée : elle prend effet quand tout est reçu. Aucun texte "
        "ne la fait tomber parce que le jour fixé est passé (CRPA, art. L. 114-5-1)."
    )
    done = gettext_lazy("C’est redemandé. La personne est prévenue.")

    def get_form_kwargs(self):
        kwargs, missing = super().get_form_kwargs(), still_missing(self.case)
        kwargs["askable"] = [i for i in kwargs["askable"] if (i.kind, i.code) in missing]
        return kwargs


class ConfirmSupply(CaseActView):
    """What the grant waited for came: once nothing is missing, it takes effect at once."""

    move = "confirm_supply"
    service = staticmethod(supplying.confirm)
    form_class = ConfirmSupplyForm
    template_name = "workflows/confirm_supply.html"
    explanation = gettext_lazy(
        "Quand tout ce que la décision attend est reçu, elle prend effet aussitôt : la carte est "
        "commandée, ou la personne vient pour ses empreintes."
    )
    done = gettext_lazy("C’est noté.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"awaited": awaited_of(self.case)}

    def facts(self, form):
        return {"received": form.received()}

    def get_context_data(self, **kwargs):
        """The papers stay beside what is confirmed."""
        page = case_page(self.case)
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "sections": sections(page.dossier),
        }


class ReviewItems(CaseActView):
    """Each answer beside what was asked: accept it, or say what still lacks."""

    move = "ask_completion"
    form_class = ReviewItemsForm
    template_name = "workflows/review_items.html"
    done = gettext_lazy("Votre lecture est gardée.")
    submit_label = gettext_lazy("Garder ma lecture")

    def get(self, request, *args, **kwargs):
        if not self.answers:
            messages.info(request, _("Aucune réponse n’attend votre lecture."))
            return HttpResponseRedirect(self.back_url())
        return self.render_to_response(self.get_context_data())

    @property
    def answers(self):
        if not hasattr(self, "_answers"):
            self._answers = to_review(self.case.dossier)
        return self._answers

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"answers": self.answers}

    def perform(self, form):
        """One call for everything that was read."""
        reviewing.review_items(
            case_id=self.case.pk,
            verdicts=form.verdicts(),
            actor=self.request.user,
            at=clock.now(),
        )

    def get_success_url(self):
        return reverse("desk:case", args=[self.case.pk])

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "act_title": _("Lire les réponses au complément"),
            "explanation": _(
                "Ce qui n’est pas suffisant remplira d’avance la prochaine demande, si vous en "
                "faites une. Rien n’est envoyé à la personne maintenant."
            ),
        }
