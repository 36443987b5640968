"""One page of questions of a draft: shown, saved whatever it holds, then answered."""

from django.contrib import messages
from django.http import Http404, QueryDict
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
from dossiers.forms.filling import FILL, filled
from dossiers.forms.lists import EDIT
from dossiers.queries.pages import page as page_of
from dossiers.queries.problems import competence_of, outside_the_law
from dossiers.queries.progress import neighbours, place_of, step_after
from dossiers.services.codes import used_by_others
from dossiers.services.drafting import Place, save_answers
from dossiers.views.own import OwnDraft, after_the_draft, said_by_another_tab
from portal.core import clock
from portal.core.policy import kept_form

UNHEARD = "unheard"
"""The key under which a page says what it sent before and got no answer to."""
UNHEARD_AT_MOST = 3


class OwnStep(OwnDraft, View):
    """A step of the draft, and what its page sends."""

    def setup(self, request, *args, step, **kwargs):
        super().setup(request, *args, step=step, **kwargs)
        try:
            self.step = self.procedure.step(step)
        except KeyError:
            raise Http404 from None

    def posted(self, data):
        """The page as it was sent."""
        today = clock.today()
        return PostedPage(self.dossier, self.step.fields, data, today=today, when=self.step.when)

    def save(self, page, place):
        """Keep it. Raises DossierClosed when the draft was filed or given up meanwhile."""
        unheard = self.request.POST.getlist(UNHEARD)[-UNHEARD_AT_MOST:]
        return save_answers(
            dossier_id=self.dossier.pk,
            applicant=self.applicant,
            typed=page.typed(self.posted(QueryDict(text)) for text in unheard),
            at=clock.now(),
            place=place,
        )


class StepPage(OwnStep):
    """One page of questions. Whatever was typed is kept, even when the page is refused."""

    def get(self, request, *args, **kwargs):
        questions = questions_of(self.step, self.dossier.answers)
        if not questions:
            return redirect(page_of("tasks", self.dossier.pk))
        kept = kept_form(request, self._keep_at())
        if kept:
            messages.info(request, _("Voici ce que vous aviez écrit. Vérifiez, puis continuez."))
            data = {name: values[-1] for name, values in kept.items() if values}
            page = self.posted(data)
            return self._show(again_form(page, questions, said_by_others={}), questions)
        return self._show(page_form(self.dossier, questions, today=clock.today()), questions)

    def post(self, request, *args, **kwargs):
        page = self.posted(request.POST)
        place = Place(self.step.code, self._then(page))
        try:
            saved = self.save(page, place)
        except rules.DossierClosed:
            # filed or given up from another tab while this page was on its way
            return after_the_draft(request, self.find(self.dossier.pk))
        self.dossier = page.dossier = saved.dossier
        questions = questions_of(self.step, page.answers_after())
        said = said_by_another_tab(saved) | used_by_others(self.dossier, page.questions)
        proposed = filled(page, clock.today())
        if proposed is not None:
            return self._propose(page, questions, proposed, said)
        return self._answer(page, questions, said, place.then)

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

    def _then(self, page):
        """Where the person goes on: here while something of the page is theirs to finish."""
        after = page.answers_after()
        shown = {question.name for question in questions_of(self.step, after)}
        stays = {"later", FILL, EDIT} & set(self.request.POST) or page.form.errors
        if stays or shown - {question.name for question in page.questions}:
            return self.step.code
        return step_after(self.procedure, after, self.step.code)

    def _answer(self, page, questions, conflicts, then):
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
        if "verification" in self.request.GET:
            return redirect(page_of("check", self.dossier.pk))
        if then == self.step.code:  # only what the answers hide was wrong
            then = step_after(self.procedure, self.dossier.answers, then)
        return redirect(place_of(self.dossier, then))

    def _keep_at(self):
        """Where this page keeps what is typed, while it is typed."""
        return page_of("step_keep", self.dossier.pk, self.step.code)

    def _show(self, form, questions):
        steps, place = neighbours(self.dossier, self.step.code)
        last = place == len(steps)
        context = self.titled(
            form=form,
            seen=write_seen(self.dossier, questions),
            keep_at=self._keep_at(),
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
