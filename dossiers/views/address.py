"""Saying that one has moved, once the request is filed: the address page again, and one button."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from dossiers import rules
from dossiers.forms.answers import PostedPage, again_form, page_form, questions_of, write_seen
from dossiers.forms.declaration import DeclarationForm
from dossiers.models import Submission
from dossiers.services.relocating import address_step, declare_address
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.policy import kept_form
from portal.correspondence import api as correspondence


@dataclass(frozen=True)
class Filed:
    """The answers as they were last filed, read by the forms as those of a draft are."""

    answers: dict
    revision: int
    raw_answers: dict

    @classmethod
    def last_of(cls, dossier):
        last: Submission = dossier.submissions.order_by("-number")[0]
        return cls(answers=last.answers, revision=last.number, raw_answers={})


class ChangeAddress(OwnDossier, View):
    """Where the person lives now; everything else of the request stays as it was filed."""

    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request, *args, **kwargs):
        if self.dossier.is_draft:
            return redirect("dossiers:tasks", self.dossier.pk)
        if not rules.may_change_address(self.dossier):
            return render(request, "dossiers/address_closed.html", self.titled())
        self.filed, self.step = Filed.last_of(self.dossier), address_step(self.procedure)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        kept = kept_form(request)
        if kept:
            messages.info(request, _("Voici ce que vous aviez écrit. Vérifiez, puis envoyez."))
            page = self._posted({name: values[-1] for name, values in kept.items() if values})
            questions = questions_of(self.step, page.answers_after())
            return self._show(again_form(page, questions, said_by_others={}), questions)
        questions = questions_of(self.step, self.filed.answers)
        return self._show(page_form(self.filed, questions, today=clock.today()), questions)

    def post(self, request, *args, **kwargs):
        page, sworn = self._posted(request.POST), self._sworn(request.POST)
        questions = questions_of(self.step, page.answers_after())
        opened = set(questions) - set(page.questions)
        names = {question.name for question in questions}
        form = again_form(page, questions, said_by_others={})
        if opened or names & set(page.form.errors) or not sworn.is_valid():
            if opened:
                said = _("Votre réponse ouvre d’autres questions sur cette page.")
                messages.info(request, said)
            return self._show(form, questions, sworn)
        try:
            submission = self._declare(page)
        except DomainRefusal as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            self.filed = Filed.last_of(self.dossier)
            return self._show(form, questions, sworn)
        return self._done(submission)

    def _posted(self, data):
        today = clock.today()
        return PostedPage(self.filed, self.step.fields, data, today=today, when=self.step.when)

    def _sworn(self, data=None):
        return DeclarationForm(data, statement=self.procedure.sworn_statement.get(self.language))

    def _declare(self, page):
        return declare_address(
            dossier_id=self.dossier.pk,
            applicant=self.request.user,
            answers=page.said,
            seen=_number(self.request.POST.get("filing", "")),
            at=clock.now(),
            language=self.language,
        )

    def _done(self, submission):
        if submission.number == _number(self.request.POST.get("filing", "")):
            messages.info(
                self.request, _("C’est déjà l’adresse de votre dossier : rien ne change.")
            )
        else:
            messages.success(self.request, _("Votre nouvelle adresse est enregistrée."))
        return redirect("space:dossier", self.dossier.pk)

    def _show(self, form, questions, sworn=None):
        context = self.titled(
            form=form,
            sworn=sworn or self._sworn(),
            filing=self.filed.revision,
            seen=write_seen(self.filed, questions),
            decided=self.dossier.sealed_at is not None,
            **self._visit(),
            back_url=reverse("space:dossier", args=[self.dossier.pk]),
        )
        return render(self.request, "dossiers/address.html", context)

    def _visit(self):
        """The visit that another address may cancel, read before anything is confirmed."""
        at = clock.now()
        visit = correspondence.call_to_come(self.dossier.pk, after=at)
        today = visit is not None and clock.legal_day(visit.starts_at) == clock.legal_day(at)
        return {"visit": visit, "visit_is_today": today}


def _number(text):
    """The filing that the page showed; a mark that cannot be read is that of no filing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
