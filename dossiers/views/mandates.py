"""Mandates: the person gives and takes them back, the helper accepts and gives them back."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from dossiers.catalogue.loader import catalogue
from dossiers.forms.mandates import ALL, AcceptForm, GiveForm
from dossiers.models import Mandate
from dossiers.queries.answers import short_language
from dossiers.queries.lists import lines_of
from dossiers.queries.mandates import given_by, scope_in_words
from dossiers.services import mandating
from portal.accounts.api import organisations_of
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView

NOBODYS = UUID(int=0)


class Given(ReadOnlyView, TemplateView):
    """Every mandate that this person gave, the live ones with the button that ends them."""

    template_name = "dossiers/mandates.html"

    def get_context_data(self, **kwargs):
        now, language = clock.now(), short_language()
        told = [(one, scope_in_words(one, language)) for one in given_by(self.request.user)]
        lasting = [(one, scope) for one, scope in told if not is_over(one, now)]
        return super().get_context_data(
            lasting=lasting, over=[pair for pair in told if pair not in lasting], **kwargs
        )


def is_over(mandate: Mandate, at: dt.datetime) -> bool:
    """Whether nothing can be done with it any more, accepted or not."""
    last = mandate.until if mandate.accepted_at else mandate.lapses_at
    return mandate.ended_at is not None or last <= at


class Give(ActView):
    """Invite somebody to help; nothing is open before they accept."""

    form_class = GiveForm
    template_name = "dossiers/mandate_give.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"scopes": self._scopes()}

    def _scopes(self):
        """The person's requests, then every procedure."""
        language = short_language()
        lines = lines_of(self.request.user)
        mine = [
            (f"dossier:{line.id}", f"{line.title.get(language)} {line.number or ''}".strip())
            for line in lines
        ]
        every = [
            (f"procedure:{code}", _("Démarche : %(title)s") % {"title": one.title.get(language)})
            for code, one in catalogue().items()
        ]
        return [*mine, *every]

    def perform(self, form):
        found = form.cleaned_data
        kind, _colon, value = found["scope"].partition(":")
        mandating.give(
            person=self.request.user,
            person_name=found["person_name"],
            kind=found["kind"],
            level=found["level"],
            email=found["email"],
            for_organisation=found["for_organisation"],
            ends_on=found["ends_on"],
            at=clock.now(),
            procedure_code=value if kind == "procedure" else "",
            dossier_id=UUID(value) if kind == "dossier" and found["scope"] != ALL else None,
        )
        messages.success(
            self.request,
            _("L’invitation est envoyée. Le mandat commence quand la personne l’accepte."),
        )

    def get_success_url(self):
        return reverse("dossiers:mandates")


class Revoke(View):
    """End a mandate at once; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, mandate_id):
        try:
            mandating.revoke(mandate_id=mandate_id, person=request.user, at=clock.now())
        except Mandate.DoesNotExist:
            raise Http404 from None
        messages.success(
            request, _("Le mandat est retiré. Cette personne n’a plus accès à vos demandes.")
        )
        return redirect("dossiers:mandates")


class Accept(ActView):
    """What the person offers, and the two answers."""

    form_class = AcceptForm
    template_name = "dossiers/mandate_accept.html"

    def setup(self, request, *args, mandate_id, **kwargs):
        super().setup(request, *args, **kwargs)
        offered = Mandate.objects.exclude(applicant=request.user)
        self.mandate = get_object_or_404(offered, pk=mandate_id)

    def get(self, request, *args, **kwargs):
        if self.mandate.accepted_at is not None or is_over(self.mandate, clock.now()):
            messages.info(request, self._said())
            return redirect("helper:home")
        return super().get(request, *args, **kwargs)

    def _said(self):
        if self.mandate.accepted_at is not None and self.mandate.ended_at is None:
            return _("Vous avez déjà accepté ce mandat.")
        return mandating.SENTENCES["a_mandate_is_accepted_before_it_lapses"]

    def get_form_kwargs(self):
        if not self.mandate.for_organisation:
            return super().get_form_kwargs()
        ours = organisations_of(self.request.user)
        choices = [
            (str(one.organisation_id), one.organisation.name)
            for one in ours
            if one.organisation.verified_at is not None
        ]
        return super().get_form_kwargs() | {"organisations": choices}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            mandate=self.mandate,
            covers=self._covers(),
            **kwargs,
        )

    def _covers(self):
        """A dossier is not named before the mandate is accepted: it is not the reader's yet."""
        return "" if self.mandate.dossier_id else scope_in_words(self.mandate, short_language())

    def perform(self, form):
        chosen = form.cleaned_data.get("organisation")
        mandating.accept(
            mandate_id=self.mandate.pk,
            user=self.request.user,
            name=form.cleaned_data.get("name", ""),
            organisation_id=UUID(chosen) if chosen else None,
            at=clock.now(),
        )
        messages.success(self.request, _("Vous avez accepté ce mandat."))

    def get_success_url(self):
        return reverse("helper:home")


class GiveBack(View):
    """Refuse an invitation, or end a mandate that one holds; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, mandate_id):
        try:
            mandating.give_back(mandate_id=mandate_id, user=request.user, at=clock.now())
        except Mandate.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("C’est noté. La personne en est informée."))
        return redirect("helper:home")
