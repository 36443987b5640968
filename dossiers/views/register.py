"""“Find my information”: the register is asked when the person wishes; nothing waits for it."""

from django.shortcuts import redirect, render
from django.views import View

from dossiers.enums import LookupState
from dossiers.forms.register import RegisterForm
from dossiers.queries.pages import page
from dossiers.queries.proposals import asks_register
from dossiers.queries.register import last_lookup
from dossiers.services import consulting
from dossiers.views.own import OwnDraft
from portal.core import clock
from portal.core.errors import DomainRefusal

REFRESH_SECONDS = "3"


class AskRegister(OwnDraft, View):
    """The question, then a page that comes again by itself until there is an answer."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request, *args, **kwargs):
        return self._show(RegisterForm())

    def post(self, request, *args, **kwargs):
        form = RegisterForm(request.POST)
        if not asks_register(self.dossier) or not form.is_valid():
            return self._show(form)
        try:
            consulting.ask(
                dossier_id=self.dossier.pk,
                applicant=self.applicant,
                at=clock.now(),
                **form.cleaned_data,
            )
        except DomainRefusal as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            return self._show(form)
        return redirect(page("register", self.dossier.pk))

    def _show(self, form):
        lookup = last_lookup(self.dossier, clock.now(), self.language)
        stopped = "fixe" in self.request.GET
        context = self.titled(
            form=form,
            lookup=lookup,
            is_offered=asks_register(self.dossier),
            is_waiting=lookup.is_waiting and not form.errors,
            is_found=lookup.state == LookupState.FOUND,
            is_nothing=lookup.state == LookupState.NOTHING,
            is_unreachable=lookup.state == LookupState.UNREACHABLE,
            stopped=stopped,
            tasks_url=page("tasks", self.dossier.pk),
        )
        response = render(self.request, "dossiers/register.html", context)
        if context["is_waiting"] and not stopped:
            response["Refresh"] = REFRESH_SECONDS
        return response
