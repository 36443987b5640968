"""The agents' and counters' doors, the applicant's account page, and the language of everyone."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import translate_url
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from portal.accounts.enums import Role
from portal.accounts.forms import DoorForm, LanguageForm
from portal.core.views import ReadOnlyView

BACKEND = "portal.accounts.sign_in.DoorBackend"


# Those who have no case to review begin with what they are there for.
LANDINGS = {Role.AUDITOR.value: "desk:journal", Role.ADMINISTRATOR.value: "desk:jobs"}


def safe_next(request, fallback: str) -> str:
    """Where the person was going, if it is one of our own pages; else the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else (resolve_url(fallback) if fallback else "")


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class DoorSignIn(FormView):
    """Sign in at a door of the administration. Failures are counted and look alike."""

    form_class = DoorForm
    template_name = "accounts/door_sign_in.html"
    door = ""
    home = ""

    def dispatch(self, request, *args, **kwargs):
        """Whoever is already inside goes on."""
        if request.user.is_authenticated:
            return redirect(safe_next(request, self.landing(request.user)))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        """The form asks the backend on behalf of this request."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        """Open a new session for this door, closed with the browser."""
        login(self.request, form.user, backend=BACKEND)
        self.request.session.set_expiry(0)
        return redirect(safe_next(self.request, self.landing(form.user)))

    def landing(self, user) -> str:
        """The first page of this person behind this door."""
        if self.door != "agent":
            return self.home
        return next((LANDINGS[role] for role in user.roles if role in LANDINGS), self.home)

    def get_context_data(self, **kwargs):
        """The page of each door says which door it is."""
        return super().get_context_data(**kwargs) | {
            "sign_in_door": self.door,
            "next": safe_next(self.request, "") if "next" in self.request.GET else "",
        }


def door_sign_out(sign_in_page: str):
    """The view that closes a door's session, by POST only."""

    @require_POST
    def sign_out(request):
        logout(request)
        response = redirect(sign_in_page)
        # what the counter kept for the time without a server leaves with the agent
        response["Clear-Site-Data"] = '"storage"'
        return response

    return sign_out


class MyAccount(ReadOnlyView, TemplateView):
    """The applicant's address, language and password, each with its way to change it."""

    template_name = "accounts/my_account.html"

    def get_context_data(self, **kwargs):
        """The languages to choose from."""
        language = LanguageForm(initial={"language": self.request.user.language})
        return super().get_context_data(**kwargs) | {"language_form": language}


def set_language(request):
    """Keep the language for this browser and, when signed in, for the account and its mails."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    target = safe_next(request, "/")
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(target)
    language = form.cleaned_data["language"]
    response = HttpResponseRedirect(translate_url(target, language))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    if request.user.is_authenticated and request.user.language != language:
        request.user.language = language
        request.user.save(update_fields=["language"])
    translation.activate(language)
    return response
