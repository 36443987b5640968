"""The two requests of a couple: ask for a code, type one, see the link, end it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dossiers.forms.couple import AcceptLinkForm, AskLinkForm, CodeForm
from dossiers.forms.declaration import ConfirmForm
from dossiers.queries.linking import lasting_link, together
from dossiers.queries.mandates import procedure_title
from dossiers.services import linking
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView, ReadOnlyView


class OfACouple(OwnDossier):
    """A page about the link of this dossier; its acts lead back to the page that shows it."""

    def get_success_url(self):
        return reverse("dossiers:couple", args=[self.dossier.pk])

    def get_context_data(self, **kwargs):
        back_url = reverse(
            "space:dossier" if self.dossier.filed_at else "dossiers:tasks", args=[self.dossier.pk]
        )
        return super().get_context_data(**self.titled(back_url=back_url, **kwargs))


class Couple(OfACouple, ReadOnlyView, TemplateView):
    """What is linked, what waits, and what may be done."""

    template_name = "dossiers/couple.html"

    def get_context_data(self, **kwargs):
        link, now = lasting_link(self.dossier.pk), clock.now()
        other = together(link, self.dossier.pk)
        waits = link is not None and other is None and link.lapses_at > now
        return super().get_context_data(
            other=other,
            other_title=procedure_title(other.procedure_code, self.language) if other else "",
            asked=link if waits else None,
            possible=self.dossier.sealed_at is None and self.dossier.withdrawn_at is None,
            **kwargs,
        )


class WhileFree(OfACouple, ActView):
    """A page that has no meaning once the dossier is linked, or over."""

    def get(self, request, *args, **kwargs):
        try:
            linking.refuse_unless_free(self.dossier)
        except DomainRefusal as refusal:
            messages.info(request, " ".join(map(str, refusal.reasons)))
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)


class AskLink(WhileFree):
    """The code is said once, by the next page; no row holds it."""

    form_class = AskLinkForm
    template_name = "dossiers/couple_ask.html"

    def perform(self, form):
        code = linking.ask(
            dossier_id=self.dossier.pk,
            person=self.request.user,
            name=form.cleaned_data["name"],
            at=clock.now(),
        )
        messages.success(
            self.request,
            _(
                "Votre code : %(code)s. Notez-le maintenant, il n’est montré qu’une fois. "
                "Donnez-le vous-même à la personne avec qui vous vivez."
            )
            % {"code": code},
        )


class TypeCode(WhileFree):
    """A good code leads to what it stands for, in the same answer; nothing is accepted yet."""

    form_class = CodeForm
    template_name = "dossiers/couple_type.html"

    def form_valid(self, form):
        try:
            return self.perform(form)
        except DomainRefusal as refusal:
            return self.refused(refusal.reasons)

    def perform(self, form):
        agreement = AcceptLinkForm(initial={"code": form.cleaned_data["code"]})
        return self.confirm(form.cleaned_data["code"], agreement)

    def confirm(self, code, form):
        """Who asks and for which procedure: all that is known of the other before accepting."""
        offer = linking.offered(dossier_id=self.dossier.pk, person=self.request.user, code=code)
        self.template_name = "dossiers/couple_accept.html"
        title = procedure_title(offer.procedure_code, self.language)
        return self.render_to_response(
            self.get_context_data(form=form, offer=offer, offer_title=title)
        )

    def refused(self, reasons):
        """Back to where a code is typed; the try was counted, whatever the answer."""
        messages.error(self.request, " ".join(map(str, reasons)))
        return redirect("dossiers:couple_type", self.dossier.pk)


class AcceptLink(TypeCode):
    """The second person agrees; a code that is worth nothing leads back to where it is typed."""

    form_class = AcceptLinkForm

    def get(self, request, *args, **kwargs):
        return redirect("dossiers:couple_type", self.dossier.pk)

    def perform(self, form):
        linking.accept(
            dossier_id=self.dossier.pk,
            person=self.request.user,
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
        )
        messages.success(self.request, _("C’est fait : les deux demandes sont traitées ensemble."))
        return redirect(self.get_success_url())

    def form_invalid(self, form):
        code = form.cleaned_data.get("code")
        if code is None:
            return self.refused([linking.WORTHLESS])
        try:
            return self.confirm(code, form)
        except DomainRefusal as refusal:
            return self.refused(refusal.reasons)


class EndLink(OfACouple, ActView):
    """One box to be sure, one button; the other person is told that it ended, and not why."""

    form_class = ConfirmForm
    template_name = "dossiers/couple_end.html"

    def get(self, request, *args, **kwargs):
        if lasting_link(self.dossier.pk) is None:
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        label = _("Je ne veux plus que ma demande soit traitée avec l’autre.")
        return super().get_form_kwargs() | {"label": label}

    def perform(self, form):
        linking.end(dossier_id=self.dossier.pk, person=self.request.user, at=clock.now())
        messages.success(self.request, _("C’est fait : votre demande continue seule."))
