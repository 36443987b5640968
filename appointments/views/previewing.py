"""An edit of the calendar is shown before it is made: what it does to people already expected."""

from portal.core.errors import DomainRefusal
from portal.core.views import ActView


class PreviewedAct(ActView):
    """Two sendings: the first shows the effect, the second confirms exactly what was shown.

    The page carries the seal of what it showed. When a run or a colleague changed something in
    between, nothing is done: the page shows the effect again, and says that it is another.

    A page gives `effect(form)`: what would happen, as an `Effect`; it raises DomainRefusal for
    what the edit's act would refuse.
    """

    template_name = "appointments/previewed.html"
    heading = explanation = warning = ""
    confirm = ""

    def hold(self, form) -> None:
        """Keep the runs from changing what is about to be counted and confirmed."""

    def form_valid(self, form):
        shown = self.request.POST.get("shown", "")
        if shown:
            self.hold(form)
        try:
            effect = self.effect(form)
        except DomainRefusal as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            return self.form_invalid(form)
        if shown != effect.version:
            context = self.get_context_data(form=form, effect=effect, has_changed=bool(shown))
            return self.render_to_response(context)
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"effect": None, "has_changed": False} | kwargs)
