"""What every act-performing view shares: load, check, one call, answer."""

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.views.generic import FormView

from portal.core.errors import DomainRefusal

_READS = ("SELECT", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK", "SHOW")
_ALLOWED_WRITES = ('INSERT INTO "CORE_JOURNALLINE"',)


class ActView(FormView):
    """Load in `setup`, check in `dispatch`, perform one domain call in `perform(form)`.

    A view without `perform` has no act to make and should not be one of these.
    """

    # Without this, a form view answers PUT as if it were POST.
    http_method_names = ["get", "head", "options", "post"]

    def allowed(self) -> bool:
        """Whether this person may act on this object; the rule lives in the room's rules."""
        return True

    def dispatch(self, request, *args, **kwargs):
        """Refuse with 403 what the rule does not allow."""
        if not self.allowed():
            raise PermissionDenied(request.resolver_match.view_name)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        """Act; a refusal becomes the form's errors and nothing is half-saved."""
        try:
            self.perform(form)
        except DomainRefusal as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            return self.form_invalid(form)
        return super().form_valid(form)


class WriteInReadOnlyPage(RuntimeError):
    """A page that only shows tried to change something: a bug."""


def _refuse_writes(execute, sql, params, many, context):
    statement = sql.lstrip().upper()
    if statement.startswith(_READS) or statement.startswith(_ALLOWED_WRITES):
        return execute(sql, params, many, context)
    raise WriteInReadOnlyPage(sql[:80])


class ReadOnlyView:
    """Mixin of pages that only show: any statement but SELECT is a bug, the journal excepted."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        """Render inside the guard: lazy templates query too."""
        with connection.execute_wrapper(_refuse_writes):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return response
