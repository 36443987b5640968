"""What the prefecture asks again: the list of items, more time, and sending once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from dossiers.enums import CompletionOutcome, ItemState
from dossiers.forms.completion import ExtendForm
from dossiers.queries.completions import items_in_words
from dossiers.queries.pages import page
from dossiers.services import completing, extending
from dossiers.services.drafting import open_request_of
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView

STATES = {
    ItemState.TO_DO: "todo",
    ItemState.ANSWERED: "done",
    ItemState.EXPLAINED: "done",
}


class Completion(OwnDossier, View):
    """Every asked item with its state, what is still to do, and the button that sends all."""

    http_method_names = ["get", "head", "post"]

    def get(self, request, *args, **kwargs):
        asked = open_request_of(self.dossier)
        if asked is None:
            return render(request, "dossiers/completion_none.html", self.titled(last=self._last()))
        missing = completing.missing_of(self.dossier, asked)
        undone = {item.pk for item in missing.items}
        items = items_in_words(self.dossier, asked, self.language)
        later = extending.extension_of(asked)
        context = self.titled(
            asked=asked,
            tasks=[self._task(words, words.item.pk in undone) for words in items],
            missing=missing.sentences(self.dossier, self.language),
            nothing_yet=len(missing.items) == len(items),
            days_left=(asked.last_day - clock.today()).days,
            later=later,
            round_notice=asked.round > 1,
        )
        return render(request, "dossiers/completion.html", context)

    def post(self, request, *args, **kwargs):
        try:
            completing.send_completion(
                dossier_id=self.dossier.pk,
                applicant=self.applicant,
                at=clock.now(),
                language=self.language,
                incomplete="incomplete" in request.POST,
            )
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect(page("completion", self.dossier.pk))
        messages.success(request, _("Votre complément est envoyé à la préfecture."))
        return redirect(page("filed", self.dossier.pk))

    def _task(self, words, is_undone):
        state = ItemState.TO_DO if is_undone else words.state
        hint = _("Vous avez expliqué pourquoi.") if state == ItemState.EXPLAINED else ""
        return {
            "title": words.label,
            "state": STATES.get(state, "done"),
            "href": page("completion_item", self.dossier.pk, words.item.pk),
            "hint": hint or (words.why[0] if words.why else ""),
        }

    def _last(self):
        """The request whose deadline has passed, to be told of rather than of nothing."""
        last = self.dossier.completion_requests.order_by("-round").first()
        return last if last and last.outcome == CompletionOutcome.EXPIRED else None


class Extend(OwnDossier, ActView):
    """More time, once, at once, without asking anybody."""

    form_class = ExtendForm
    template_name = "dossiers/completion_extend.html"

    def get(self, request, *args, **kwargs):
        asked = open_request_of(self.dossier)
        if asked is None or extending.extension_of(asked) is None:
            messages.info(request, _said_of(asked))
            return redirect(page("completion", self.dossier.pk))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        asked = open_request_of(self.dossier)
        return super().get_context_data(
            **self.titled(asked=asked, later=extending.extension_of(asked) if asked else None)
            | kwargs
        )

    def perform(self, form):
        extending.extend_completion(
            dossier_id=self.dossier.pk,
            applicant=self.applicant,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
        )
        messages.success(self.request, _("Vous avez plus de temps. La préfecture le sait."))

    def get_success_url(self):
        return page("completion", self.dossier.pk)


NOTHING_ASKED = gettext_lazy("La préfecture ne vous demande aucun complément aujourd’hui.")
EXTENDED = gettext_lazy("Vous avez déjà eu tout le temps possible pour cette demande.")


def _said_of(asked):
    return NOTHING_ASKED if asked is None else EXTENDED
