"""The procedure has changed since the draft was begun: what that does, then one button."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers import rules
from dossiers.forms.declaration import SendForm
from dossiers.queries.pages import page
from dossiers.queries.texts import changes_of, newer_text_of
from dossiers.services.following import follow_newer_text
from dossiers.views.own import OwnDraft, after_the_draft
from portal.core import clock
from portal.core.views import ActView


class FollowNewerText(OwnDraft, ActView):
    """Read before it is done; the draft may also stay as it is."""

    form_class = SendForm
    template_name = "dossiers/newer_text.html"

    def get(self, request, *args, **kwargs):
        self.newest = newer_text_of(self.dossier)
        if self.newest is None:
            return redirect(page("tasks", self.dossier.pk))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        changes = changes_of(self.dossier, self.newest, clock.today())
        return super().get_context_data(**self.titled(changes=changes, **kwargs))

    def post(self, request, *args, **kwargs):
        try:
            follow_newer_text(dossier_id=self.dossier.pk, applicant=request.user, at=clock.now())
        except rules.DossierClosed:
            # filed or given up from another tab while this page was on its way
            return after_the_draft(request, self.find(self.dossier.pk))
        messages.success(request, _("Vos réponses sont reprises. Vérifiez ce qui reste à remplir."))
        return redirect(page("tasks", self.dossier.pk))
