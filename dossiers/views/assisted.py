"""Before typing for somebody at the counter: who they are, why they file here, their consent."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from dossiers.catalogue.loader import catalogue
from dossiers.forms.assistance import EnrolForm, IdentifyForm, OpenForm
from dossiers.models import AssistedIdentification, AssistedSession
from dossiers.queries.answers import short_language
from dossiers.queries.assistance import latest_of, masked, open_session_of
from dossiers.queries.pages import page
from dossiers.services.assisting import enrol, open_session, recognise
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView


class Home(ReadOnlyView, TemplateView):
    """The help that is open, what was done today, and how to begin."""

    template_name = "dossiers/counter_home.html"

    def get_context_data(self, **kwargs):
        now = clock.now()
        current = open_session_of(self.request.user, now)
        done = [one for one in latest_of(self.request.user, now) if one != current]
        return super().get_context_data(current=current, done=done, **kwargs)


class Recognising(ActView):
    """An attempt leaves its row whatever the answer: a refusal here undoes nothing.

    A page gives `attempt(form)`: it asks the database once, and the answer says whose account it
    is, or why not.
    """

    identification = None

    def form_valid(self, form):
        answer = self.attempt(form)
        if answer.identification is None:
            form.add_error(None, str(answer.sentence))
            return self.form_invalid(form)
        self.identification = answer.identification
        return super().form_valid(form)

    def perform(self, form):
        """Done already by the attempt."""

    def get_success_url(self):
        return page("open", self.identification)


class Identify(Recognising):
    """By the account's address or the foreigner number, with the date of birth."""

    form_class = IdentifyForm
    template_name = "dossiers/counter_identify.html"

    def attempt(self, form):
        return recognise(agent=self.request.user, **form.cleaned_data)


class Enrol(Recognising):
    """Somebody who has no account: one is made for them, without a password."""

    form_class = EnrolForm
    template_name = "dossiers/counter_enrol.html"

    def attempt(self, form):
        return enrol(agent=self.request.user, **form.cleaned_data)


class Open(ActView):
    """Which procedure, why, and the person's consent; then the draft opens for two hours."""

    form_class = OpenForm
    template_name = "dossiers/counter_open.html"

    def setup(self, request, *args, identification_id, **kwargs):
        super().setup(request, *args, identification_id=identification_id, **kwargs)
        mine = AssistedIdentification.objects.select_related("applicant")
        self.found = get_object_or_404(
            mine, pk=identification_id, agent=request.user.pk, applicant__isnull=False
        )
        if AssistedSession.objects.filter(identification=self.found).exists():
            raise Http404

    def get_form_kwargs(self):
        language = short_language()
        procedures = [(code, one.title.get(language)) for code, one in catalogue().items()]
        return super().get_form_kwargs() | {"procedures": procedures}

    def get_context_data(self, **kwargs):
        return super().get_context_data(address=masked(self.found.applicant.email), **kwargs)

    def perform(self, form):
        answers = form.cleaned_data
        self.session = open_session(
            agent=self.request.user,
            identification_id=self.found.pk,
            procedure_code=answers["procedure"],
            reason=answers["reason"],
            reason_text=answers["reason_text"],
            consent=answers["consent"],
            at=clock.now(),
        )

    def get_success_url(self):
        return page("tasks", self.session.dossier_id)
