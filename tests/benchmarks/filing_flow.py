"""What filling five steps costs beside bare Django: sign in, then five times a page and its post.

    .venv/bin/python -m tests.benchmarks.filing_flow [--rounds 9] [--times 5] [--profile]
        [--ready-lists]

The bare side has sessions in the database, CSRF, Django's own sign-in, one base template, a form
of the same fields with Django's own rendering, `select for update` of one row and one UPDATE of
its JSON, and nothing else: no language, no security headers, no row security, no journal, no
catalogue. Both run in this process on one PostgreSQL, in turn. Then the same with row-level
security off, and each of our middlewares alone. Nothing here is asserted: read the ratios.
"""

import argparse
import cProfile
import functools
import pstats
import re
import sys
import uuid
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.db import connection, models, transaction
from django.forms.renderers import DjangoTemplates
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.test import Client
from django.test.utils import override_settings
from django.urls import path, reverse

from dossiers.catalogue.loader import catalogue
from dossiers.demo import example_answers
from dossiers.forms.long_select import LongSelect, ReadyChoices
from dossiers.forms.posting import as_posted
from dossiers.queries.answers import fingerprint
from portal.core import clock
from tests.benchmarks.filing_and_queue import security
from tests.benchmarks.measuring import line, paired
from tests.benchmarks.places import fresh_clone, owner_of
from tests.benchmarks.recording import Recorder
from tests.factories.accounts import PASSWORD, UserFactory

CODE = "student-renewal"
STEPS, SHORT = 5, 3
BARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
DJANGO_SESSIONS = "django.contrib.sessions.backends.db"
TABLE = (
    "create table bench_draft (id uuid primary key, owner_id bigint not null, answers jsonb not"
    " null, updated_at timestamptz not null); grant all on bench_draft to public"
)
PAGE = engines["django"].from_string(
    "<!doctype html><html lang=fr><head><title>{{ title }}</title></head><body><header><nav>"
    "<a href=/>Accueil</a> {{ user.email }}</nav></header><main><h1>{{ title }}</h1>"
    "<form method=post>{% csrf_token %}{{ form.as_div }}<button>Enregistrer</button></form>"
    "</main><footer>Pied</footer></body></html>"
)


class Draft(models.Model):
    """One row of the bare side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner_id = models.BigIntegerField()
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "core"
        managed = False
        db_table = "bench_draft"


class ThreeBoxes(forms.MultiWidget):
    """A date as it is typed."""

    def decompress(self, value):
        """The year, the month, the day."""
        return (value or "").split("-")[::-1]


class ThreeParts(forms.MultiValueField):
    """The date as text, unread."""

    def compress(self, data_list):
        """As it is kept."""
        return "-".join(reversed(data_list))


def bare_field(field):
    """The field that Django itself offers for a question."""
    options = {"label": field.label.fr, "required": False}
    if field.kind == "date":
        return ThreeParts(
            fields=[forms.CharField(required=False) for _part in range(3)],
            widget=ThreeBoxes({part: forms.TextInput() for part in ("day", "month", "year")}),
            **options,
        )
    if field.kind == "country":
        from dossiers.queries.countries import country_choices  # noqa: PLC0415 -- after setup

        if LISTS.ready:
            return forms.ChoiceField(
                choices=ReadyChoices(country_choices("fr")), widget=LongSelect, **options
            )
        return forms.ChoiceField(choices=list(country_choices("fr")), **options)
    if field.kind == "choice":
        return forms.ChoiceField(choices=[(o.value, o.label.fr) for o in field.options], **options)
    if field.kind == "yes_no":
        return forms.ChoiceField(choices=[("yes", "Oui"), ("no", "Non")], **options)
    return forms.CharField(max_length=200, **options)


@functools.cache
def bare_form(number):
    """A form class, made once as classes are."""
    step = catalogue()[CODE].steps[number]
    fields = {field.name: bare_field(field) for field in step.fields}
    return type("Bare", (forms.Form,), fields | {"default_renderer": DjangoTemplates})


def bare_sign_in(request):
    """Django's sign-in."""
    user = get_user_model().objects.get(email=request.POST["login"])
    assert user.check_password(request.POST["password"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect("/")


@login_required
def bare_step(request, pk, number):
    """A page of a form, and its post."""
    if request.method == "POST":
        form = bare_form(number)(request.POST)
        if form.is_valid():
            with transaction.atomic():
                mine = Draft.objects.select_for_update().filter(owner_id=request.user.pk)
                draft = mine.get(pk=pk)
                draft.answers |= {name: str(said) for name, said in form.cleaned_data.items()}
                draft.updated_at = clock.now()
                draft.save(update_fields=["answers", "updated_at"])
            return HttpResponseRedirect(f"/{pk}/{number + 1}/")
        raise AssertionError(form.errors)
    draft = Draft.objects.get(pk=pk, owner_id=request.user.pk)
    form = bare_form(number)(initial=draft.answers)
    context = {"form": form, "title": f"Page {number + 1}", "user": request.user}
    return HttpResponse(PAGE.render(context, request))


class Urls:
    """The bare addresses, found first, then the portal's."""

    def __init__(self):
        from portal import urls  # noqa: PLC0415 -- after setup

        self.urlpatterns = [
            path("entrer/", bare_sign_in),
            path("<uuid:pk>/<int:number>/", bare_step),
            *urls.urlpatterns,
        ]


class Bare:
    """A person's browser on the bare side."""

    def __init__(self, person, answers):
        self.person = person
        with override_settings(MIDDLEWARE=BARE, SESSION_ENGINE=DJANGO_SESSIONS):
            self.client = Client(enforce_csrf_checks=True)
            self.client.handler.load_middleware()
        self.draft = Draft.objects.create(owner_id=person.pk, updated_at=clock.now())
        self.posts = [bare_post(number, answers) for number in range(STEPS)]
        self.sign_in()

    def send(self, method, address, data=None):
        """One request under the bare settings."""
        asked = getattr(self.client, method)
        token = self.client.cookies.get("csrftoken")
        more = {"csrfmiddlewaretoken": token.value} if token else {}
        return asked(address, (data or {}) | more if method == "post" else None, **HOST)

    def sign_in(self):
        """A new session."""
        self.client.cookies.clear()
        self.client.cookies["csrftoken"] = "a" * 32
        answer = self.send("post", "/entrer/", credentials(self.person))
        assert answer.status_code == 302

    def get(self, number):
        """A page."""
        answer = self.send("get", f"/{self.draft.pk}/{number}/")
        assert answer.status_code == 200

    def post(self, number):
        """Its post, with one answer that changes each time."""
        answer = self.send("post", f"/{self.draft.pk}/{number}/", turned(self.posts[number]))
        assert answer.status_code == 302, answer.content


class Ours:
    """The same person on the portal."""

    def __init__(self, person, answers):
        self.person, self.answers = person, answers
        self.client = Client(enforce_csrf_checks=True)
        self.sign_in()
        started = self.send("post", reverse("dossiers:start", args=[CODE]))
        self.base = started["Location"]
        self.codes = [step.code for step in catalogue()[CODE].steps[:STEPS]]
        for number in range(STEPS):
            self.get(number)
            self.post(number)

    def send(self, method, address, data=None):
        """One request."""
        token = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        more = {"csrfmiddlewaretoken": token.value} if token else {}
        asked = getattr(self.client, method)
        return asked(address, (data or {}) | more if method == "post" else None, **HOST)

    def sign_in(self):
        """A new session."""
        self.client.cookies.clear()
        self.client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        answer = self.send("post", reverse("account_login"), credentials(self.person))
        assert answer.status_code == 302, answer.content[:2000]

    def get(self, number):
        """A page; what it holds is what the browser sends back."""
        answer = self.send("get", f"{self.base}{self.codes[number]}/")
        assert answer.status_code == 200, answer
        self.marks = SEEN.search(answer.text)[1]

    def post(self, number):
        """Its post, with the marks of the page shown last."""
        step = catalogue()[CODE].steps[number]
        data = {"seen": self.marks, "continue": "1"}
        for field in step.fields:
            data |= as_posted(field, self.answers.get(field.name))
        sent = turned(data)
        answer = self.send("post", f"{self.base}{self.codes[number]}/", sent)
        assert answer.status_code == 302, answer.text
        for name in TURNED:
            if sent.get(name) != data.get(name):  # as the next page would show it
                mark = f"{name}={fingerprint(sent[name])}"
                self.marks = re.sub(rf"\b{name}=\w+", mark, self.marks)


LISTS = SimpleNamespace(ready=False)
HOST = {"HTTP_HOST": "testserver"}
SEEN = re.compile('name="seen" value="([^"]*)"')
TURN = SimpleNamespace(count=0)
TURNED = ("given_names", "passport_number", "street", "institution", "title_number")


def turned(data):
    """The post with one answer that differs from the last, as a person changes it."""
    TURN.count += 1
    name = next((name for name in TURNED if data.get(name)), None)
    if name is None:
        return data
    new = f"{10**9 + TURN.count}" if name.endswith("number") else f"Prénom {TURN.count % 9 + 1}"
    return data | {name: f"ZZ{TURN.count % 10**7:07}" if name == "passport_number" else new}


def credentials(person):
    """What both sign-in pages ask."""
    return {"login": person.email, "password": PASSWORD}


def bare_post(number, answers):
    """The same answers as Django's own fields read them."""
    fields = catalogue()[CODE].steps[number].fields
    data = {}
    for field in fields:
        posted = as_posted(field, answers.get(field.name))
        data |= posted
    return data


def flow(side):
    """Sign in, then five pages and their posts: eleven requests."""

    def once():
        side.sign_in()
        for number in range(STEPS):
            side.get(number)
            side.post(number)

    return once


def statements(work):
    """How many statements it sends."""
    counter = Recorder()
    with connection.execute_wrapper(counter):
        work()
    return len(counter.statements)


def profiled(work, times):
    """Where the time goes."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        work()
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(110)


def measure(ours, bare, options):
    """Print each request and the flow beside the bare side."""
    ours.get(1), bare.get(1)
    pairs = {
        "sign-in": (ours.sign_in, bare.sign_in),
        "step (GET)": (lambda: ours.get(1), lambda: bare.get(1)),
        # a page without any list of countries, which only the portal draws once for all
        "short step (GET)": (lambda: ours.get(SHORT), lambda: bare.get(SHORT)),
        "step (POST)": (lambda: ours.post(1), lambda: bare.post(1)),
        "five-step flow": (flow(ours), flow(bare)),
    }
    for name, (one, other) in pairs.items():
        ours.get(1)
        times = options.times if name.endswith("flow") else options.times * 5
        found = paired(one, other, rounds=options.rounds, times=times)
        print(line(name, found, statements(one)), f"(bare {statements(other)})", flush=True)


def main():
    """Clone, measure, drop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument(
        "--ready-lists", action="store_true", help="the bare side draws countries as the portal"
    )
    options = parser.parse_args()
    LISTS.ready = options.ready_lists
    settings.ALLOWED_HOSTS = ["testserver"]
    # one person signs in more often here than anybody may; each attempt is still counted
    settings.ACCOUNT_RATE_LIMITS = {"login": "100000/s/ip"}
    settings.ROOT_URLCONF = Urls()
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "django.contrib.auth.backends.ModelBackend",
    ]
    with fresh_clone() as name, owner_of(name) as owner:
        owner.execute(TABLE)
        person = UserFactory()
        answers = example_answers(catalogue()[CODE], clock.today())
        ours, bare = Ours(person, answers), Bare(person, answers)
        ours.get(1)
        if options.profile:
            profiled(lambda: ours.post(1), 60)
            return
        measure(ours, bare, options)
        print("the same without row-level security:")
        security(owner, on=False)
        measure(ours, bare, options)


if __name__ == "__main__":
    sys.exit(main())
