"""One page of questions of a draft: shown, saved whatever it holds, then answered."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from dossiers import rules
from dossiers.forms.answers import (
    PostedPage,
    again_form,
    page_form,
    questions_of,
    write_seen,
)
from dossiers.forms.filling import filled
from dossiers.queries.pages import page as page_of
from dossiers.queries.problems import competence_of, outside_the_law
from dossiers.queries.progress import neighbours
from dossiers.services.codes import used_by_others
from dossiers.services.drafting import save_answers
from dossiers.views.own import OwnDraft, after_the_draft, said_by_another_tab
from portal.core import clock
from portal.core.policy import kept_form


class StepPage(OwnDraft, View):
    """One page of questions. Whatever was typed is kept, even when the page is refused."""

    def setup(self, request, *args, step, **kwargs):
        super().setup(request, *args, step=step, **kwargs)
        try:
            self.step = self.procedure.step(step)
        except KeyError:
            raise Http404 from None

    def get(self, request, *args, **kwargs):
        questions = questions_of(self.step, self.dossier.answers)
        if not questions:
            return redirect(page_of("tasks", self.dossier.pk))
        kept = kept_form(request)
        if kept:
            messages.info(request, _("Voici ce que vous aviez écrit. Vérifiez, puis continuez."))
            data = {name: values[-1] for name, values in kept.items() if values}
            page = self._posted(data)
            return self._show(again_form(page, questions, said_by_others={}), questions)
        return self._show(page_form(self.dossier, questions, today=clock.today()), questions)

    def post(self, request, *args, **kwargs):
        page = self._posted(request.POST)
        try:
            saved = save_answers(
                dossier_id=self.dossier.pk,
                applicant=self.applicant,
                typed=page.typed(),
                at=clock.now(),
            )
        except rules.DossierClosed:
            # filed or given up from another tab while this page was on its way
            return after_the_draft(request, self.find(self.dossier.pk))
        self.dossier = page.dossier = saved.dossier
        questions = questions_of(self.step, page.answers_after())
        said = said_by_another_tab(saved) | used_by_others(self.dossier, page.questions)
        proposed = filled(page, clock.today())
        if proposed is not None:
            return self._propose(page, questions, proposed, said)
        return self._answer(page, questions, said)

    def _propose(self, page, questions, proposed, said):
        """What the lines of a passport say, to be checked and kept by the person."""
        page.data, labels, differences = proposed
        if labels:
            names = _("Rempli avec vos lignes, à vérifier : %(labels)s.")
            messages.info(self.request, names % {"labels": ", ".join(labels)})
        form = again_form(page, questions, said_by_others={})
        form.forget_errors(list(form.fields))
        for name, sentence in (differences | said).items():
            form.add_error(name, sentence)
        return self._show(form, questions)

    def _posted(self, data):
        today = clock.today()
        return PostedPage(self.dossier, self.step.fields, data, today=today, when=self.step.when)

    def _answer(self, page, questions, conflicts):
        names = {question.name for question in questions}
        opened = names - {question.name for question in page.questions}
        wrong = names & set(page.form.errors)
        if page.is_edit or conflicts or (wrong and "later" not in self.request.POST):
            return self._show(again_form(page, questions, said_by_others=conflicts), questions)
        if "later" in self.request.POST:
            messages.success(self.request, _("Vos réponses sont enregistrées."))
            return redirect(page_of("tasks", self.dossier.pk))
        if opened or page.has_opened:
            messages.info(self.request, _("Votre réponse ouvre d’autres questions sur cette page."))
            return redirect(self.request.get_full_path())
        return self._go_on()

    def _go_on(self):
        if "verification" in self.request.GET:
            return redirect(page_of("check", self.dossier.pk))
        steps, place = neighbours(self.dossier, self.step.code)
        if 0 < place < len(steps):
            return redirect(page_of("step", self.dossier.pk, steps[place].code))
        return redirect(page_of("evidence", self.dossier.pk))

    def _show(self, form, questions):
        steps, place = neighbours(self.dossier, self.step.code)
        last = place == len(steps)
        context = self.titled(
            form=form,
            seen=write_seen(self.dossier, questions),
            title=self.step.title.get(self.language),
            why=self.step.why.get(self.language),
            place=place or 1,
            total=max(len(steps), place, 1),
            next=_("Vos pièces justificatives") if last else steps[place].title.get(self.language),
            outside=self._outside(questions),
            proposals=self.proposals(questions),
        )
        return render(self.request, "dossiers/step.html", context)

    def proposals(self, questions):
        """What the person may keep without typing it; nothing where an agent reads too."""
        return None

    def _outside(self, questions):
        """Said at once where no office of this portal answers for the commune."""
        if not any(question.means == "commune" for question in questions):
            return None
        return outside_the_law(self.procedure, competence_of(self.dossier))
