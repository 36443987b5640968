"""The public page where anyone checks a paper that they were shown or sold."""

from allauth.core import ratelimit
from django.utils.translation import gettext as _
from django.views.generic import FormView

from appointments.forms.check import CheckForm
from appointments.services import verifying
from appointments.services.passes import UnreadablePass
from portal.core import clock


class CheckPaper(FormView):
    """Valid or not; initials, site and day. The code is posted: it stays out of every address."""

    http_method_names = ["get", "head", "options", "post"]
    form_class = CheckForm
    template_name = "appointments/check.html"

    def post(self, request, *args, **kwargs):
        """Count the question first: codes are not to be tried one after the other."""
        if not ratelimit.consume(request, action="check_appointment"):
            form = self.get_form()
            form.add_error(None, _("Trop de vérifications en peu de temps. Attendez une minute."))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        """Show the answer on the page that asked."""
        try:
            standing = verifying.verify(form.cleaned_data["code"], at=clock.now())
        except UnreadablePass as unreadable:
            form.add_error("code", " ".join(unreadable.reasons))
            return self.form_invalid(form)
        return self.render_to_response(
            self.get_context_data(form=form, is_checked=True, standing=standing)
        )
