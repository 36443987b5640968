"""Starting a draft and its task list."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dossiers.enums import TaskState
from dossiers.forms.declaration import SendForm
from dossiers.models import Dossier
from dossiers.queries.assistance import open_session_on
from dossiers.queries.facts import facts
from dossiers.queries.pages import page
from dossiers.queries.problems import held_by_rule, review
from dossiers.queries.progress import progress_of
from dossiers.queries.texts import newer_text_of
from dossiers.services.drafting import start_draft
from dossiers.views.own import OwnDraft, window_note
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView


class StartDraft(ActView):
    """What will be asked, then one button; an open draft is opened again."""

    form_class = SendForm
    template_name = "dossiers/start.html"

    def setup(self, request, *args, code, **kwargs):
        super().setup(request, *args, code=code, **kwargs)
        try:
            self.facts = facts(code, clock.today())
        except KeyError:
            raise Http404 from None

    @property
    def applicant(self):
        """Whose draft it is: who reads this page."""
        return self.request.user

    def get(self, request, *args, **kwargs):
        drafts = Dossier.objects.of_applicant(self.applicant).drafts()
        draft = drafts.filter(procedure_code=self.facts.code).first()
        if draft is not None:
            return redirect(page("tasks", draft.pk))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(facts=self.facts, **kwargs)

    def perform(self, form):
        self.dossier = start_draft(
            applicant=self.applicant, procedure_code=self.facts.code, at=clock.now()
        )

    def get_success_url(self):
        return page("tasks", self.dossier.pk)


class Tasks(OwnDraft, ReadOnlyView, TemplateView):
    """Every page of the draft with its state; they may be filled in any order."""

    template_name = "dossiers/tasks.html"

    def get_context_data(self, **kwargs):
        held = held_by_rule(self.dossier)
        checked = review(self.dossier, held, clock.today(), self.language)
        progress = progress_of(self.dossier, held, checked, self.language)
        return super().get_context_data(
            **self.titled(
                progress=progress,
                tasks=[self._step_task(*step) for step in progress.steps],
                last_tasks=[self._evidence_task(progress), self._check_task(progress)],
                review=checked,
                window=window_note(checked, self.language),
                help_given=self.help_given(),
                newer_text=newer_text_of(self.dossier),
            )
        )

    def help_given(self):
        """The help that an agent gives now on this draft: the person reads it, and may end it."""
        return open_session_on(self.dossier, clock.now())

    def _step_task(self, code, title, state):
        href = page("step", self.dossier.pk, code)
        return {"title": title, "state": state.value, "href": href, "hint": ""}

    def _evidence_task(self, progress):
        hint = _("Pièces données : %(given)s sur %(wanted)s") % {
            "given": progress.evidence_given,
            "wanted": progress.evidence_wanted,
        }
        href = page("evidence", self.dossier.pk)
        return {
            "title": _("Vos pièces justificatives"),
            "state": progress.evidence.value,
            "href": href,
            "hint": hint,
        }

    def _check_task(self, progress):
        blocked = progress.check == TaskState.BLOCKED
        return {
            "title": _("Vérifier et déposer"),
            "state": progress.check.value,
            "href": page("check", self.dossier.pk),
            "hint": _("Quand tout le reste est fait.") if blocked else "",
        }
