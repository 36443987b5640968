"""The boxes of evidence: what is asked, what was received, adding and taking out a file."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from dossiers import rules
from dossiers.forms.evidence import EvidenceForm, ReuseForm
from dossiers.queries.answers import short_language
from dossiers.queries.boxes import boxes_of, one_box
from dossiers.queries.pages import page
from dossiers.queries.problems import held_by_rule
from dossiers.queries.reusing import earlier_documents
from dossiers.services import evidence as boxes
from dossiers.views.own import OwnDraft, back_to, own_dossier
from portal.core import clock, door
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView
from portal.vault import api as vault


class EvidencePage(OwnDraft, ReadOnlyView, TemplateView):
    """One box for each piece of evidence that these answers call for."""

    template_name = "dossiers/evidence.html"

    def get_context_data(self, **kwargs):
        shown = boxes_of(self.dossier, held_by_rule(self.dossier), self.language)
        return super().get_context_data(
            **self.titled(
                boxes=[
                    (box, EvidenceForm(rule=box.rule, language=self.language, auto_id=box.auto_id))
                    for box in shown
                ],
                check_url=page("check", self.dossier.pk),
            )
        )


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class EvidenceBox(View):
    """One box alone: the bytes travel outside any transaction, the rows are written in one."""

    session = None

    def opened(self):
        """The door, opened for who reads this page."""
        return door.acting_for(self.request.user)

    def find(self, dossier_id):
        """The person's dossier; Http404 for any other."""
        return own_dossier(self.request.user, dossier_id)

    @property
    def applicant(self):
        return self.request.user

    def get(self, request, dossier_id, rule_code):
        with self.opened():
            dossier = self.find(dossier_id)
            rule = _rule_or_404(dossier, rule_code)
            try:
                boxes.refuse_unless_box_open(dossier, rule_code)
            except DomainRefusal as refusal:
                return self._closed(request, dossier, refusal)
            return self._show(request, dossier, rule)

    def post(self, request, dossier_id, rule_code):
        replaced = request.GET.get("remplace")
        try:
            with self.opened():
                dossier = self.find(dossier_id)
                rule = _rule_or_404(dossier, rule_code)
                old = _replaced(dossier, replaced)
                boxes.refuse_unless_box_open(dossier, rule_code)
                boxes.refuse_if_full(dossier, rule, replaced=old)
            form = _form(request, rule)
            if not form.is_valid():
                return self._refused(request, dossier, rule, form)
            self._receive(request, dossier, rule, form.cleaned_data["file"], old)
        except rules.DossierClosed as refusal:
            return self._closed(request, dossier, refusal)
        except DomainRefusal as refusal:
            form = _form(request, rule)
            form.errors["file"] = form.error_class(refusal.reasons)
            return self._refused(request, dossier, rule, form)
        return self._received(request, dossier)

    def _receive(self, request, dossier, rule, upload, old):
        kept = vault.keep(upload, subject_id=dossier.pk)
        written = False
        try:
            with self.opened() as act:
                boxes.add_evidence(
                    dossier_id=dossier.pk,
                    applicant=self.applicant,
                    rule_code=rule.code,
                    kept=kept,
                    at=act.now,
                    replaced=old,
                )
            written = True
        finally:
            if not written:
                vault.discard(kept)

    def earlier(self, dossier, rule, today):
        """What the person gave before and may give again."""
        return earlier_documents(dossier, rule, today)

    def _closed(self, request, dossier, refusal):
        messages.info(request, " ".join(refusal.reasons))
        return redirect(back_to(dossier))

    def _received(self, request, dossier):
        messages.success(request, _("Votre fichier est bien reçu."))
        return redirect(back_to(dossier))

    def _refused(self, request, dossier, rule, form):
        with self.opened():
            return self._show(request, dossier, rule, form)

    def _show(self, request, dossier, rule, form=None):
        language, today = short_language(), clock.today()
        uploads_url = page("uploads", dossier.pk, rule.code)
        replaced = _replaced(dossier, request.GET.get("remplace"))
        context = {
            "dossier": dossier,
            "session": self.session,
            "procedure_title": dossier.procedure.title.get(language),
            "box": one_box(dossier, rule, language),
            "replaced": replaced,
            "uploads_url": f"{uploads_url}?remplace={replaced}" if replaced else uploads_url,
            "earlier": self.earlier(dossier, rule, today),
            "reuse_form": ReuseForm(rule=rule, today=today, auto_id="reuse_%s"),
            # the counter has no such page: it shows no earlier document either
            "reuse_url": reverse("dossiers:evidence_reuse", args=[dossier.pk, rule.code]),
            "form": form or _form(request, rule),
            "back_url": back_to(dossier),
        }
        return render(request, "dossiers/evidence_box.html", context)


def _form(request, rule):
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return EvidenceForm(*data, rule=rule, language=short_language())


def _rule_or_404(dossier, rule_code):
    try:
        return dossier.procedure.evidence_rule(rule_code)
    except KeyError:
        raise Http404 from None


def _replaced(dossier, evidence_id):
    """The file to replace, when the address names one that is there."""
    held = {str(pk): pk for pk in dossier.evidence.given().values_list("pk", flat=True)}
    return held.get(evidence_id)
