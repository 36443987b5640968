"""What the prefecture asks again: answered item by item, then sent once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from dossiers.enums import ItemKind
from dossiers.forms.answers import PostedPage, again_form, page_form, write_seen
from dossiers.forms.evidence import EvidenceForm
from dossiers.queries.asked import open_questions
from dossiers.queries.boxes import box_view
from dossiers.queries.problems import held_by_rule
from dossiers.services import completing
from dossiers.services.drafting import open_request_of, save_answers
from dossiers.views.own import OwnDossier, said_by_another_tab
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.policy import kept_form


class Completion(OwnDossier, View):
    """The asked answers and boxes, and nothing else; the rest of the dossier stays closed."""

    http_method_names = ["get", "post"]

    def get(self, request, *args, **kwargs):
        asked = open_request_of(self.dossier)
        if asked is None:
            return render(request, "dossiers/completion_none.html", self.titled())
        questions = self._questions(asked)
        kept = kept_form(request)
        if kept:
            messages.info(request, _("Voici ce que vous aviez écrit. Vérifiez, puis envoyez."))
            data = {name: values[-1] for name, values in kept.items() if values}
            page = PostedPage(self.dossier, questions, data, today=clock.today())
            return self._show(asked, again_form(page, questions, said_by_others={}), questions)
        return self._show(asked, page_form(self.dossier, questions, today=clock.today()), questions)

    def post(self, request, *args, **kwargs):
        try:
            return self._save_and_maybe_send(request)
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect("dossiers:completion", self.dossier.pk)

    def _save_and_maybe_send(self, request):
        asked = open_request_of(self.dossier)
        if asked is not None:
            refused = self._save(request, asked)
            if refused is not None:
                return refused
        if "send" in request.POST:
            completing.send_completion(
                dossier_id=self.dossier.pk,
                applicant=request.user,
                at=clock.now(),
                language=self.language,
                incomplete="incomplete" in request.POST,
            )
            messages.success(request, _("Votre complément est envoyé à la préfecture."))
            return redirect("dossiers:filed", self.dossier.pk)
        messages.success(request, _("Vos réponses sont enregistrées."))
        return redirect("dossiers:completion", self.dossier.pk)

    def _save(self, request, asked):
        """Keep what was typed; the page again when something in it was not understood."""
        questions = self._questions(asked)
        page = PostedPage(self.dossier, questions, request.POST, today=clock.today())
        typed = page.typed()
        saved = save_answers(
            dossier_id=self.dossier.pk, applicant=request.user, typed=typed, at=clock.now()
        )
        self.dossier = page.dossier = saved.dossier
        if not saved.conflicts and all(answer.raw is None for answer in typed.values()):
            return None
        form = again_form(page, questions, said_by_others=said_by_another_tab(saved))
        return self._show(asked, form, questions)

    def _questions(self, asked):
        items = asked.items.order_by("kind", "code")
        return open_questions(self.procedure, self.dossier.answers, items)

    def _show(self, asked, form, questions):
        why = {(item.kind, item.code): item.why for item in asked.items.order_by("code")}
        for question in questions:
            said = why.get((ItemKind.FIELD, question.name))
            form.fields[question.name].help_text = said or form.fields[question.name].help_text
        held = held_by_rule(self.dossier)
        boxes = [
            box_view(
                self.dossier,
                self.procedure.evidence_rule(code),
                held.get(code, []),
                self.language,
                asked_why=reason,
            )
            for (kind, code), reason in why.items()
            if kind == ItemKind.EVIDENCE
        ]
        missing = completing.missing_of(self.dossier, asked)
        context = self.titled(
            asked=asked,
            missing=missing.sentences(self.dossier, self.language),
            form=form,
            seen=write_seen(self.dossier, questions),
            boxes=[
                (box, EvidenceForm(rule=box.rule, language=self.language, auto_id=box.auto_id))
                for box in boxes
            ],
        )
        return render(self.request, "dossiers/completion.html", context)
