"""Two administrators ask that an infected file be scanned again."""

from django import forms
from django.contrib import messages
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import door
from portal.core.forms import PlainTextField
from portal.core.policy import route
from portal.core.views import ActView
from portal.space.operations import OPERATORS
from portal.vault import api as vault


class LookAgainForm(forms.Form):
    """One administrator's word that an infected file be scanned again."""

    file = forms.UUIDField(
        label=gettext_lazy("Identifiant du fichier"),
        help_text=gettext_lazy("Il est dans la liste ci-dessus, ou dans celle de la machine."),
        error_messages={
            "required": gettext_lazy("Écrivez l’identifiant du fichier."),
            "invalid": gettext_lazy("Cet identifiant n’est pas complet. Copiez-le en entier."),
        },
    )
    reason = PlainTextField(
        label=gettext_lazy("Pourquoi ce fichier ne serait pas un virus"),
        help_text=gettext_lazy(
            "La première personne l’écrit. La deuxième peut laisser cette case vide."
        ),
        max_length=200,
        rows=3,
        required=False,
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("Je demande, en mon nom, que ce fichier soit analysé à nouveau"),
        error_messages={"required": gettext_lazy("Cochez la case pour confirmer votre demande.")},
    )


class Suspects(ActView):
    """Infected files that may not be: two administrators ask here that one be scanned again.

    No name, page or person of a file is shown: who asks knows it from the person or the office.
    """

    form_class = LookAgainForm
    template_name = "space/suspects.html"
    success_url = reverse_lazy("desk:suspects")

    def get_initial(self):
        return {"file": self.request.GET.get("fichier", "")[:36].replace("\x00", "")}

    def perform(self, form):
        said = form.cleaned_data
        with door.also(scope="operations") as act:
            look = vault.ask_second_look(said["file"], self.request.user, said["reason"], act.now)
        if look.second_by_id:
            messages.success(self.request, _("La nouvelle analyse est demandée."))
        else:
            words = _("Votre demande est notée. Une deuxième personne doit la faire aussi.")
            messages.success(self.request, words)

    def get_context_data(self, **kwargs):
        with door.also(scope="operations"):
            looks = vault.open_second_looks()
        return super().get_context_data(looks=looks, **kwargs)


suspects_urlpatterns = [
    route("exploitation/fichiers-infectes/", Suspects.as_view(), name="suspects", policy=OPERATORS),
]
