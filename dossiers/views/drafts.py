"""Starting a draft and its task list."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dossiers.enums import TaskState
from dossiers.forms.declaration import SendForm
from dossiers.queries.answers import short_language
from dossiers.queries.assistance import open_session_on
from dossiers.queries.ending import said_to_end_on
from dossiers.queries.pages import page
from dossiers.queries.problems import held_by_rule, review
from dossiers.queries.progress import progress_of, resume_at
from dossiers.queries.proposals import asks_register
from dossiers.queries.texts import newer_text_of
from dossiers.services.drafting import live_of, start_draft
from dossiers.views.finding import OfACase
from dossiers.views.own import OwnDraft, window_note
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView


class StartDraft(OfACase, ActView):
    """What will be asked, then one button; an open draft is opened again.

    Said where the person lives and the date that counts, the page answers for their case: the
    channel, the days. Where the law has it filed elsewhere, it says where to go instead.
    """

    form_class = SendForm
    template_name = "dossiers/start.html"

    def setup(self, request, *args, code, **kwargs):
        super().setup(request, *args, code=code, **kwargs)
        self.code = code

    def dispatch(self, request, *args, **kwargs):
        today, language = clock.today(), short_language()
        try:
            form = self.case_form(self.code, today, language)
        except KeyError:
            raise Http404 from None
        self.said = self.case(self.code, form, today, language)
        return super().dispatch(request, *args, **kwargs)

    @property
    def applicant(self):
        """Whose draft it is: who reads this page."""
        return self.request.user

    def get(self, request, *args, **kwargs):
        self.dossier = live_of(self.applicant, self.code)
        if self.dossier is not None:
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(facts=self.said["facts"], case=self.said, **kwargs)

    def perform(self, form):
        self.dossier = start_draft(
            applicant=self.applicant,
            procedure_code=self.code,
            at=clock.now(),
            department=self.said["form"].said("departement") or "",
        )

    def get_success_url(self):
        """The draft; what was already filed is shown, with the reason."""
        if self.dossier.filed_at is None:
            return page("tasks", self.dossier.pk)
        messages.info(
            self.request,
            _(
                "Vous avez déjà déposé cette demande : la voici. Vous pourrez en déposer une autre "
                "quand elle aura reçu une décision."
            ),
        )
        return page("filed", self.dossier.pk)


class Tasks(OwnDraft, ReadOnlyView, TemplateView):
    """Every page of the draft with its state; they may be filled in any order."""

    template_name = "dossiers/tasks.html"

    def get_context_data(self, **kwargs):
        held = held_by_rule(self.dossier)
        assisted = self.session is not None
        checked = review(self.dossier, held, clock.today(), self.language, assisted=assisted)
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
                ends_on=said_to_end_on(self.dossier),
                resume=resume_at(self.dossier) if self.dossier.last_step else None,
                asks_register=asks_register(self.dossier),
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
