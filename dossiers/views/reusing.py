"""A document of an earlier dossier, given again without sending it again."""

from django.contrib import messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from dossiers.forms.evidence import ReuseForm
from dossiers.queries.pages import page
from dossiers.queries.reusing import earlier_evidence, why_not_again
from dossiers.services import evidence as boxes
from dossiers.views.own import back_to, own_dossier
from portal.core import clock, door
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ReuseEvidence(View):
    """Copy one's own earlier file into this box, sealed anew for this dossier."""

    http_method_names = ["post"]

    def post(self, request, dossier_id, rule_code):
        with door.acting_for(request.user):
            dossier = own_dossier(request.user, dossier_id)
            rule, earlier = self._found(dossier, rule_code)
            here, back = page("evidence_box", dossier.pk, rule_code), back_to(dossier)
        if earlier is None:
            messages.error(
                request, _("Ce document ne peut plus être repris. Choisissez-en un autre.")
            )
            return redirect(here)
        try:
            self._reuse(dossier, rule, earlier)
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect(here)
        messages.success(request, _("Ce document est repris dans votre demande."))
        return redirect(back)

    def _found(self, dossier, rule_code):
        """The rule of the box, and the person's own earlier file, None for any other."""
        try:
            rule = dossier.procedure.evidence_rule(rule_code)
        except KeyError:
            raise Http404 from None
        wanted = self.request.POST.get("evidence", "")
        found = [one for one in earlier_evidence(dossier, rule_code) if str(one.pk) == wanted]
        return rule, found[0] if found else None

    def _reuse(self, dossier, rule, earlier):
        today = clock.today()
        form = ReuseForm(self.request.POST, rule=rule, today=today)
        if not form.is_valid():
            raise DomainRefusal(*form.errors["dated_on"])
        with door.acting_for(self.request.user):
            boxes.refuse_unless_box_open(dossier, rule.code)
            boxes.refuse_if_full(dossier, rule)
            if refusal := why_not_again(earlier, rule, today):
                raise DomainRefusal(refusal)
        kept = vault.keep(self._again(earlier.file), subject_id=dossier.pk)
        written = False
        try:
            with door.acting_for(self.request.user) as act:
                boxes.add_evidence(
                    dossier_id=dossier.pk,
                    applicant=self.request.user,
                    rule_code=rule.code,
                    kept=kept,
                    at=act.now,
                )
            written = True
        finally:
            if not written:
                vault.discard(kept)

    def _again(self, stored):
        try:
            return ContentFile(vault.open_file(stored), name=stored.original_name)
        except vault.StorageDown as error:
            raise DomainRefusal(
                _("Ce document ne peut pas être lu pour le moment. Réessayez dans un instant.")
            ) from error
