"""Changing a filed request: what is in it, one page or one answer at a time, then one button."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from dossiers import rules
from dossiers.catalogue.conditions import shown
from dossiers.enums import StatementKind
from dossiers.forms.answers import PostedPage, again_form, page_form, questions_of, write_seen
from dossiers.forms.declaration import DeclarationForm
from dossiers.models import Amendment
from dossiers.queries.amending import boxes_to_amend, working_copy
from dossiers.queries.answers import show
from dossiers.queries.problems import EVIDENCE_PAGE
from dossiers.services.amending import change_answers, drop_amendment, send_amendment
from dossiers.views.own import OwnDossier, said_by_another_tab
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.policy import kept_form


class AmendPage(OwnDossier, View):
    """A page of a request that may still be changed; once decided, the page says why it cannot."""

    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request, *args, **kwargs):
        if self.dossier.is_draft:
            return redirect("dossiers:tasks", self.dossier.pk)
        try:
            rules.refuse_unless_amendable(self.dossier)
        except rules.DossierClosed as refusal:
            return self._closed(refusal)
        self.working = working_copy(self.dossier)
        return super().dispatch(request, *args, **kwargs)

    def _closed(self, refusal):
        context = self.titled(reasons=refusal.reasons, back_url=self.dossier_url)
        return render(self.request, "dossiers/amend_closed.html", context)

    @property
    def dossier_url(self):
        return reverse("space:dossier", args=[self.dossier.pk])

    @property
    def amend_url(self):
        return reverse("dossiers:amend", args=[self.dossier.pk])

    def sworn_form(self, data=None):
        return DeclarationForm(data, statement=self.procedure.sworn_statement.get(self.language))

    def send(self, amendment_id, seen, sworn):
        """File the changes, or show on the next page why they are not filed."""
        try:
            send_amendment(
                dossier_id=self.dossier.pk,
                applicant=self.request.user,
                amendment_id=amendment_id,
                seen=seen,
                sworn=sworn,
                at=clock.now(),
                language=self.language,
            )
        except DomainRefusal as refusal:
            for reason in refusal.reasons:
                messages.error(self.request, reason)
            return redirect(self.amend_url)
        messages.success(
            self.request, _("Votre demande est modifiée. La préfecture voit ce qui a changé.")
        )
        return redirect(self.dossier_url)


class Amend(AmendPage):
    """Everything that was filed, each thing with its way to be changed, and what will change."""

    def get(self, request, *args, **kwargs):
        return self._show()

    def post(self, request, *args, **kwargs):
        sworn = self.sworn_form(request.POST)
        amendment = self._named(request.POST.get("amendment", ""))
        if amendment is None:
            messages.info(request, _("Rien ne change : il n’y a rien à envoyer."))
            return redirect(self.amend_url)
        if not sworn.is_valid() and amendment.submission_id is None:
            return self._show(sworn)
        return self.send(amendment.pk, _number(request.POST.get("revision", "")), sworn=True)

    def _named(self, text):
        """The amendment that the page showed, sent since or not."""
        own = {str(one.pk): one for one in Amendment.objects.filter(dossier=self.dossier)}
        return own.get(text)

    def _show(self, sworn=None):
        working, language = self.working, self.language
        changes = working.difference(language)
        context = self.titled(
            working=working,
            changes=changes,
            problems=self._linked(working.problems(language)) if working.amendment else [],
            sections=[self._section(*page) for page in self._pages()],
            slots=boxes_to_amend(working, language),
            sworn=(sworn or self.sworn_form()) if changes else None,
            civil_kind=StatementKind.CIVIL_STATUS.value,
            is_asked=bool(working.asked),
            back_url=self.dossier_url,
        )
        return render(self.request, "dossiers/amend.html", context)

    def _pages(self):
        return shown(self.procedure, self.working.answers).pages

    def _section(self, step, fields):
        may = [self.working.may_change(field) for field in fields]
        return {
            "title": step.title.get(self.language),
            "rows": [self._row(field) for field in fields],
            "change_url": reverse("dossiers:amend_step", args=[self.dossier.pk, step.code])
            if sum(may) > 1
            else "",
        }

    def _row(self, field):
        value = show(field, self.working.answers.get(field.name), self.language)
        row = {"label": field.label.get(self.language), "value": value or "—"}
        if self.working.may_change(field):
            row["change_url"] = reverse("dossiers:amend_answer", args=[self.dossier.pk, field.name])
        return row

    def _linked(self, problems):
        return [{"sentence": one.sentence, "href": self._page_of(one)} for one in problems]

    def _page_of(self, problem):
        if problem.step == EVIDENCE_PAGE:
            return reverse("dossiers:amend_box", args=[self.dossier.pk, problem.rule])
        return reverse("dossiers:amend_step", args=[self.dossier.pk, problem.step])


class AmendQuestions(AmendPage):
    """Some questions of one page, kept apart from what was filed until they are sent."""

    template_name = "dossiers/amend_answers.html"

    def questions(self, answers):
        """Those of the page to show, under these answers."""
        return tuple(
            field for field in questions_of(self.step, answers) if self.working.may_change(field)
        )

    def get(self, request, *args, **kwargs):
        questions = self.questions(self.working.answers)
        if not questions:
            messages.info(request, _("Ces réponses ne changent pas ici."))
            return redirect(self.amend_url)
        kept = kept_form(request)
        if kept:
            messages.info(request, _("Voici ce que vous aviez écrit. Vérifiez, puis continuez."))
            page = self._posted({name: values[-1] for name, values in kept.items() if values})
            return self._show(again_form(page, questions, said_by_others={}), questions)
        return self._show(page_form(self.working, questions, today=clock.today()), questions)

    def post(self, request, *args, **kwargs):
        page, sworn = self._posted(request.POST), self._sworn()
        was_begun = self.working.amendment is not None
        self.working, conflicts = change_answers(
            dossier_id=self.dossier.pk,
            applicant=request.user,
            typed=page.typed(),
            at=clock.now(),
        )
        page.dossier = self.working
        questions = self.questions(page.answers_after())
        said = said_by_another_tab(_Conflicts(conflicts))
        wrong = {question.name for question in questions} & set(page.form.errors)
        opened = set(questions) - set(page.questions)
        if page.is_edit or said or wrong or opened or page.has_opened:
            if opened:
                messages.info(request, _("Votre réponse ouvre d’autres questions sur cette page."))
            return self._show(again_form(page, questions, said_by_others=said), questions, sworn)
        return self.kept(was_begun, sworn)

    def kept(self, was_begun, sworn):
        """Where the page leads once what it says is kept."""
        messages.success(self.request, _("C’est gardé. Relisez ce qui change, puis envoyez."))
        return redirect(self.amend_url)

    def _sworn(self):
        return None

    def _posted(self, data):
        today, asked = clock.today(), self._all()
        return PostedPage(self.working, asked, data, today=today, when=self.step.when)

    def _all(self):
        return self.working.questions(self.step)

    def _show(self, form, questions, sworn=None):
        context = self.titled(
            form=form,
            title=self.step.title.get(self.language),
            seen=write_seen(self.working, questions),
            sworn=sworn,
            back_url=self.amend_url,
        )
        return render(self.request, self.template_name, context)


class AmendStep(AmendQuestions):
    """One page of the procedure, as it was at filing."""

    def setup(self, request, *args, step, **kwargs):
        super().setup(request, *args, step=step, **kwargs)
        try:
            self.step = self.procedure.step(step)
        except KeyError:
            raise Http404 from None


class AmendAnswer(AmendQuestions):
    """One answer, put right and sent at once; with other changes under way, it joins them."""

    def setup(self, request, *args, name, **kwargs):
        super().setup(request, *args, name=name, **kwargs)
        found = ((s, f) for s in self.procedure.steps for f in s.fields if f.name == name)
        self.step, self.field = next(found, (None, None))
        if self.field is None:
            raise Http404

    def questions(self, answers):
        return tuple(field for field in super().questions(answers) if field == self.field)

    def _all(self):
        return (self.field,) if self.working.may_change(self.field) else ()

    def _show(self, form, questions, sworn=None):
        if self.working.amendment is None or sworn is not None:
            sworn = sworn or self.sworn_form()
        return super()._show(form, questions, sworn)

    def _sworn(self):
        return self.sworn_form(self.request.POST) if self.working.amendment is None else None

    def kept(self, was_begun, sworn):
        amendment = self.working.amendment
        if amendment is None:
            messages.info(self.request, _("C’est déjà votre réponse : rien ne change."))
            return redirect(self.dossier_url)
        if was_begun or not sworn.is_valid():
            return super().kept(was_begun, sworn)
        return self.send(amendment.pk, amendment.revision, sworn=True)


class DropAmendment(AmendPage):
    """Give the changes up; what was filed stays as it is."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        drop_amendment(dossier_id=self.dossier.pk, applicant=request.user, at=clock.now())
        messages.success(
            request, _("Ces changements sont abandonnés. Votre demande reste la même.")
        )
        return redirect(self.dossier_url)


class _Conflicts:
    """What `said_by_another_tab` reads of a save."""

    def __init__(self, conflicts):
        self.conflicts = conflicts


def _number(text):
    """The state of the changes that the page showed; what cannot be read is that of no page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
