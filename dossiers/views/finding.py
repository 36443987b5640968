"""« Quelle démarche pour moi ? »: a question a page, then the procedure, or where else to go."""

from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from dossiers.forms.finding import NEXT, CaseForm, QuestionForm
from dossiers.queries.answers import short_language
from dossiers.queries.channels import depends_on_the_department
from dossiers.queries.facts import START_URL_NAME, facts
from dossiers.queries.finding import date_asked, walk_with, window_of_case
from dossiers.views.own import note_of
from portal.core import clock
from portal.core.views import ReadOnlyView


class OfACase:
    """What the person says of their case in the address of a page, before they begin."""

    given = {}
    """Answers to the procedure's own questions that are already known."""

    def case_form(self, code, today, language):
        """The form, bound when the address holds its answers."""
        data = self.request.GET
        return CaseForm(
            data if CaseForm.was_sent(data) else None,
            question=date_asked(code, today, self.given),
            by_department=depends_on_the_department(code),
            language=language,
        )

    def case(self, code, form, today, language):
        """What the catalogue answers to that case: the channel, the price, the dates."""
        department, day = form.said("departement") or "", form.said("date")
        case = window_of_case(code, today, self.given, day)
        return {
            "form": form,
            "facts": facts(code, today, language, department=department, given=self.given),
            "window": note_of(case.answer, case.charge, language),
            "start_url": self._start_url(code, department),
        }

    def _start_url(self, code, department):
        """Where the request begins; what was said of the département goes along."""
        query = f"?{urlencode({'departement': department})}" if department else ""
        return reverse(START_URL_NAME, args=[code]) + query


class FindProcedure(OfACase, ReadOnlyView, TemplateView):
    """The finder. Its answers are in the address: a page can be printed, kept and sent."""

    template_name = "dossiers/find.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.walk = walk_with(request.GET.dict())
        self.given = self.walk.answers
        self.language = short_language()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            made=[self._made(place) for place in range(len(self.walk.made))],
            kept=self._kept(),
            again_url=reverse("orientation"),
            **self._found(),
            **kwargs,
        )

    def _kept(self):
        return [(question.code, choice.value) for question, choice in self.walk.made]

    def _made(self, place):
        """An answer given, and the address that asks the question again."""
        question, choice = self.walk.made[place]
        before = urlencode(self._kept()[:place])
        return {
            "label": question.text.get(self.language),
            "value": choice.label.get(self.language),
            "change_url": f"{reverse('orientation')}?{before}",
        }

    def _found(self):
        if self.walk.question is not None:
            return {"form": self._question_form(), "next": (NEXT, self.walk.question.code)}
        if self.walk.ending is not None:
            return {"ending": self._ending(self.walk.ending)}
        code, today = self.walk.procedure, clock.today()
        form = self.case_form(code, today, self.language)
        return {"case": self.case(code, form, today, self.language)}

    def _question_form(self):
        data, code = self.request.GET, self.walk.question.code
        asked = data.get(NEXT) == code or code in data
        return QuestionForm(data if asked else None, walk=self.walk, language=self.language)

    def _ending(self, ending):
        return {
            "title": ending.title.get(self.language),
            "where": ending.where.get(self.language),
            "legal": ending.legal,
            "is_confirmed": ending.confidence == "sourced",
        }
