"""What the prefecture asks again: answered item by item, then sent once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from dossiers.enums import ItemKind
from dossiers.forms.answers import PostedPage, again_form, page_form, write_seen
from dossiers.forms.evidence import EvidenceForm
from dossiers.queries.boxes import box_view
from dossiers.queries.problems import held_by_rule
from dossiers.services import completing
from dossiers.services.drafting import open_request_of, save_answers
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal


class Completion(OwnDossier, View):
    """The asked answers and boxes, and nothing else; the rest of the dossier stays closed."""

    http_method_names = ["get", "post"]
    refused = ()

    def get(self, request, *args, **kwargs):
        asked = open_request_of(self.dossier)
        if asked is None:
            return render(request, "dossiers/completion_none.html", self.titled())
        questions = self._questions(asked)
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
        """Keep what was typed; the page again when something in it is wrong."""
        questions = self._questions(asked)
        page = PostedPage(self.dossier, questions, request.POST, today=clock.today())
        saved = save_answers(
            dossier_id=self.dossier.pk, applicant=request.user, typed=page.typed(), at=clock.now()
        )
        self.dossier = page.dossier = saved.dossier
        if not page.form.errors and not saved.conflicts:
            return None
        sentence = _(
            "Cette réponse a été changée depuis que cette page est affichée, par exemple dans un "
            "autre onglet. Vérifiez la vôtre : en continuant, c’est elle qui sera gardée."
        )
        conflicts = dict.fromkeys(saved.conflicts, sentence)
        form = again_form(page, questions, said_by_others=conflicts)
        return self._show(asked, form, questions)

    def _questions(self, asked):
        codes = {item.code for item in asked.items.all() if item.kind == ItemKind.FIELD}
        return tuple(field for field in self.procedure.all_fields() if field.name in codes)

    def _show(self, asked, form, questions):
        why = {(item.kind, item.code): item.why for item in asked.items.all()}
        for question in questions:
            form.fields[question.name].help_text = (
                why[ItemKind.FIELD, question.name] or form.fields[question.name].help_text
            )
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
        missing = completing.missing_items(self.dossier, asked)
        context = self.titled(
            asked=asked,
            missing=[completing.sentence_of(self.dossier, item, self.language) for item in missing],
            form=form,
            seen=write_seen(self.dossier, questions),
            boxes=[
                (box, EvidenceForm(rule=box.rule, language=self.language, auto_id=box.auto_id))
                for box in boxes
            ],
        )
        return render(self.request, "dossiers/completion.html", context)
