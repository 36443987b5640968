"""The pages of an organisation: making it, its members, joining and leaving."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from portal.accounts import organisations
from portal.accounts.models import Membership, Organisation
from portal.accounts.organisation_forms import InviteForm, JoinForm, MakeForm
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView


class Make(ActView):
    """Name an organisation; an operator verifies it before it may help anybody."""

    form_class = MakeForm
    template_name = "accounts/organisation_make.html"

    def perform(self, form):
        self.made = organisations.make_organisation(
            user=self.request.user, at=clock.now(), **form.cleaned_data
        )

    def get_success_url(self):
        return reverse("helper:organisation", args=[self.made.pk])


class Members(ActView):
    """Who is in it and who was invited; an administrator invites and sends away."""

    form_class = InviteForm
    template_name = "accounts/organisation.html"

    def setup(self, request, *args, organisation_id, **kwargs):
        super().setup(request, *args, **kwargs)
        mine = Membership.objects.live().select_related("organisation")
        self.mine = get_object_or_404(mine, organisation=organisation_id, user=request.user)
        self.organisation = self.mine.organisation

    def get_context_data(self, **kwargs):
        ours = Membership.objects.filter(organisation=self.organisation, left_at=None)
        return super().get_context_data(
            organisation=self.organisation,
            mine=self.mine,
            members=ours.exclude(joined_at=None).order_by("name", "pk"),
            invited=ours.filter(joined_at=None, lapses_at__gt=clock.now()).order_by("email", "pk"),
            **kwargs,
        )

    def perform(self, form):
        if not self.mine.is_administrator:
            raise PermissionDenied("organisation")
        organisations.invite_member(
            organisation=self.organisation,
            email=form.cleaned_data["email"],
            language=get_language()[:2],
            at=clock.now(),
        )
        messages.success(self.request, _("L’invitation est envoyée."))

    def get_success_url(self):
        return reverse("helper:organisation", args=[self.organisation.pk])


class Join(ActView):
    """Accept the invitation of an organisation."""

    form_class = JoinForm
    template_name = "accounts/organisation_join.html"

    def setup(self, request, *args, invitation_id, **kwargs):
        super().setup(request, *args, **kwargs)
        open_now = Membership.objects.waiting_at(clock.now())
        asked = open_now | Membership.objects.live().filter(user=request.user)
        self.invitation = get_object_or_404(
            asked.filter(email=request.user.email), pk=invitation_id
        )

    def get_context_data(self, **kwargs):
        name = Organisation.objects.get(pk=self.invitation.organisation_id).name
        return super().get_context_data(
            organisation_name=name, invitation=self.invitation, **kwargs
        )

    def perform(self, form):
        organisations.join(
            membership_id=self.invitation.pk,
            user=self.request.user,
            name=form.cleaned_data["name"],
            at=clock.now(),
        )

    def get_success_url(self):
        return reverse("helper:organisation", args=[self.invitation.organisation_id])


class MemberAct(View):
    """One act on a member: their own, or an administrator's; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, membership_id):
        member = Membership.objects.filter(pk=membership_id).first()
        if member is None or not self.may(request.user, member):
            raise Http404
        try:
            self.act(member)
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return redirect(self.after(request.user, member))

    def may(self, user, member) -> bool:
        """Whether this account administers the member's organisation."""
        ours = Membership.objects.live().filter(user=user, is_administrator=True)
        return ours.filter(organisation=member.organisation_id).exists()

    def after(self, user, member) -> str:
        """Back to the members; to the mandates for whoever is no member any more."""
        still = Membership.objects.live().filter(user=user, organisation=member.organisation_id)
        if still.exists():
            return reverse("helper:organisation", args=[member.organisation_id])
        return reverse("helper:home")


class Leave(MemberAct):
    """Leave, send away, or take an invitation back: access ends at the next request."""

    def may(self, user, member):
        return user.pk == member.user_id or user.email == member.email or super().may(user, member)

    def act(self, member):
        organisations.leave(membership_id=member.pk, at=clock.now())


class Name(MemberAct):
    """Name a member administrator."""

    def act(self, member):
        organisations.make_administrator(membership_id=member.pk)
