"""One asked item on its own page: the answer or the file, or why it cannot be given."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from dossiers.forms.answers import PostedPage, again_form, page_form, write_seen
from dossiers.forms.completion import ExplainForm
from dossiers.forms.evidence import EvidenceForm
from dossiers.models import CompletionItem
from dossiers.queries.asked import open_questions
from dossiers.queries.boxes import one_box
from dossiers.queries.completions import words_of
from dossiers.queries.pages import page as page_of
from dossiers.services.answering import explain_item
from dossiers.services.completing import refuse_what_is_over
from dossiers.services.drafting import save_answers
from dossiers.views.own import OwnDossier, said_by_another_tab
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.policy import kept_form


class AnswerItem(OwnDossier, View):
    """Saved by itself, so that nothing typed is lost; sending is for the page of all items."""

    http_method_names = ["get", "head", "post"]

    def setup(self, request, *args, item_id, **kwargs):
        super().setup(request, *args, item_id=item_id, **kwargs)
        items = CompletionItem.objects.filter(dossier=self.dossier).select_related("request")
        self.item = get_object_or_404(items, pk=item_id)

    def get(self, request, *args, **kwargs):
        if self.item.request.closed_at is not None:
            return redirect(page_of("completion", self.dossier.pk))
        questions = self._questions()
        kept = kept_form(request)
        if kept:
            return self._bring_back(kept, questions)
        return self._show(page_form(self.dossier, questions, today=clock.today()), questions)

    def _bring_back(self, kept, questions):
        """What was typed before the session ended: in the form it came from."""
        data = {name: values[-1] for name, values in kept.items() if values}
        messages.info(self.request, _("Voici ce que vous aviez écrit. Vérifiez, puis enregistrez."))
        if "explain" in data:
            form = page_form(self.dossier, questions, today=clock.today())
            return self._show(form, questions, explaining=ExplainForm(data))
        page = self._posted(questions, data)
        return self._show(again_form(page, questions, said_by_others={}), questions)

    def post(self, request, *args, **kwargs):
        try:
            return self._explain() if "explain" in request.POST else self._save()
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect(page_of("completion", self.dossier.pk))

    def _explain(self):
        form = ExplainForm(self.request.POST)
        if not form.is_valid():
            questions = self._questions()
            answers = page_form(self.dossier, questions, today=clock.today())
            return self._show(answers, questions, explaining=form)
        self._refuse_closed()
        text = form.cleaned_data["explanation"]
        explain_item(
            dossier_id=self.dossier.pk,
            applicant=self.applicant,
            item_id=self.item.pk,
            text=text,
            at=clock.now(),
        )
        said = _("Votre explication est gardée.") if text else _("Votre explication est retirée.")
        return self._done(said)

    def _save(self):
        """Keep what was typed; the page again when something in it was not understood."""
        questions = self._questions()
        page = self._posted(questions, self.request.POST)
        typed = page.typed()
        self._refuse_closed()
        saved = save_answers(
            dossier_id=self.dossier.pk, applicant=self.applicant, typed=typed, at=clock.now()
        )
        self.dossier = page.dossier = saved.dossier
        now = self._questions()
        opened = {question.name for question in now} - {question.name for question in questions}
        wrong = saved.conflicts or any(answer.raw is not None for answer in typed.values())
        if wrong or opened or page.is_edit or page.has_opened:
            form = again_form(page, now, said_by_others=said_by_another_tab(saved))
            return self._show(form, now)
        return self._done(_("Votre réponse est gardée."))

    def _posted(self, questions, data):
        asked = frozenset({self.item.code})
        return PostedPage(self.dossier, questions, data, today=clock.today(), always=asked)

    def _refuse_closed(self):
        """An item of a request that is over is refused with the words of the day."""
        if self.item.request.closed_at is not None:
            refuse_what_is_over(self.dossier)

    def _done(self, said):
        messages.success(self.request, said)
        return redirect(page_of("completion", self.dossier.pk))

    def _questions(self):
        return open_questions(self.procedure, self.dossier.answers, [self.item])

    def _show(self, form, questions, explaining=None):
        words = words_of(self.procedure, self.item, self.language)
        for name in form.fields:
            if name == self.item.code and self.item.example:
                form.fields[name].help_text = self.item.example
        context = self.titled(
            asked=self.item.request,
            words=words,
            form=form if not words.is_evidence else None,
            seen=write_seen(self.dossier, questions),
            explaining=explaining or ExplainForm(initial={"explanation": self.item.explanation}),
            open_explanation=bool(self.item.explanation) or explaining is not None,
            **self._box(words),
        )
        return render(self.request, "dossiers/completion_item.html", context)

    def _box(self, words):
        if not words.is_evidence:
            return {"box": None, "upload": None}
        rule = self.procedure.evidence_rule(self.item.code)
        box = one_box(self.dossier, rule, self.language, asked_why=" ".join(words.why))
        upload = EvidenceForm(rule=rule, language=self.language, auto_id=box.auto_id)
        return {"box": box, "upload": upload}
