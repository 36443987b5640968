"""The supervisor's page of the team: who has how much, who is away, and a case to pass on."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from portal.accounts import api as accounts
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView
from workflows.forms.team import AbsenceForm, GiveAwayForm
from workflows.queries.counts import how_many
from workflows.queries.queue import count_unassigned
from workflows.queries.team import team_lines
from workflows.rules import may_give_away
from workflows.services import assigning
from workflows.views.base import CaseActView


class Team(ReadOnlyView, TemplateView):
    """The agents of the office, their cases in hand, what they handle, when they are away."""

    template_name = "workflows/team.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, clock.today()
        unassigned = count_unassigned(user)
        lines = [line for code in user.prefectures for line in team_lines(code, today)]
        return super().get_context_data(**kwargs) | {
            "lines": lines,
            "absences": [
                (line.member.user, absence, absence.starts_on <= today)
                for line in lines
                for absence in line.member.absences
            ],
            "unassigned": unassigned,
            "unassigned_words": how_many(unassigned),
        }


class RecordAbsence(ActView):
    """Say when a colleague is away: no new case comes to them, and the oldest go on elsewhere."""

    form_class = AbsenceForm
    template_name = "workflows/record_absence.html"
    success_url = reverse_lazy("desk:team")

    def colleagues(self):
        return accounts.colleagues_of(self.request.user, clock.today())

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"colleagues": self.colleagues()}

    def perform(self, form):
        said = form.cleaned_data
        accounts.record_absence(
            user=get_object_or_404(self.colleagues(), pk=said["agent"]),
            starts_on=said["first_day"],
            ends_on=said["last_day"],
            actor=self.request.user,
            day=clock.today(),
        )
        messages.success(
            self.request,
            _("L’absence est notée. Aucun nouveau dossier ne sera donné ces jours-là."),
        )


class EndAbsence(View):
    """The colleague is back, or will not leave after all."""

    http_method_names = ["post"]

    def post(self, request, absence_id):
        today = clock.today()
        colleagues = accounts.colleagues_of(request.user, today)
        absences = accounts.Absence.objects.filter(user__in=colleagues)
        found = get_object_or_404(absences, pk=absence_id)
        accounts.end_absence(absence=found, actor=request.user, day=today)
        messages.success(request, _("L’absence est terminée. L’agent peut recevoir des dossiers."))
        return HttpResponseRedirect(reverse("desk:team"))


class GiveAway(CaseActView):
    """Take a case from its agent; chance says who receives it."""

    act_title = gettext_lazy("Confier à quelqu’un d’autre")
    service = staticmethod(assigning.give_away)
    form_class = GiveAwayForm
    explanation = gettext_lazy(
        "Un autre agent est tiré au sort parmi ceux qui peuvent le recevoir : personne ne le "
        "choisit, vous non plus. La personne n’est pas prévenue : rien ne change pour elle."
    )
    done = gettext_lazy("Le dossier est confié à quelqu’un d’autre.")
    submit_label = gettext_lazy("Tirer au sort un autre agent")

    def is_a_colleagues(self):
        """Not a move of the machine: the supervisor's rule alone is asked."""
        return False

    def allowed(self):
        return may_give_away(self.case, self.request.user)

    def get(self, request, *args, **kwargs):
        """A case that nobody has waits for the daily draw."""
        if self.case.reviewer_id is None:
            messages.warning(request, _("Personne n’a ce dossier : le prochain tirage le donnera."))
            return HttpResponseRedirect(self.back_url())
        return ActView.get(self, request, *args, **kwargs)

    def facts(self, form):
        return {name: form.cleaned_data[name] for name in ("holder", "reason")}
