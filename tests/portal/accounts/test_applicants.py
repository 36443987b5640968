"""An applicant's account, from creation to closing; and what a stranger learns: nothing."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.accounts.services import invite_applicant
from portal.core.door import acting
from portal.correspondence.api import OutgoingMail
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "une phrase assez longue pour moi"
SIGN_UP, SIGN_IN, CODE = "/compte/creer/", "/compte/connexion/", "/compte/adresse/code/"
FORGOTTEN = "/compte/mot-de-passe/oublie/"


def code_of(message):
    (code,) = re.findall(r"^\d{4}-\d{4}$", message.body, re.MULTILINE)
    return code


def sign_in(client, user, password=PASSWORD):
    return client.post(SIGN_IN, {"login": user.email, "password": password})


@pytest.fixture
def signed_in(client):
    user = UserFactory()
    assert sign_in(client, user).status_code == 302
    return user


def test_signing_up_needs_an_address_a_password_and_the_code_by_mail(client):
    page = client.get(SIGN_UP)
    assert page.status_code == 200
    assert set(page.context["form"].fields) == {"email", "password1"}

    asked = client.post(SIGN_UP, {"email": "Nadia@Exemple.fr", "password1": NEW})
    assert asked["Location"] == CODE
    assert client.get(CODE).status_code == 200
    (message,) = mail.outbox
    assert message.to == ["nadia@exemple.fr"]
    entered = client.post(CODE, {"code": code_of(message), "action": "verify"})

    user = User.objects.get(email="nadia@exemple.fr")
    assert (user.kind, user.language, user.display_name) == ("applicant", "fr", "")
    assert entered["Location"] == reverse("space:home")
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/compte/").status_code == 200


def test_nobody_enters_before_the_code_is_typed(client):
    client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": NEW})

    wrong = client.post(CODE, {"code": "0000-0000", "action": "verify"})

    assert "Ce code n’est pas le bon." in wrong.text
    assert client.get("/compte/")["Location"].startswith(SIGN_IN)


def test_five_wrong_codes_end_the_attempt(client):
    client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": NEW})
    code = code_of(mail.outbox[0])
    for _attempt in range(5):
        client.post(CODE, {"code": "0000-0000", "action": "verify"})

    client.post(CODE, {"code": code, "action": "verify"})

    assert client.get("/compte/").status_code == 302


def test_the_language_of_signing_up_is_kept(client):
    client.cookies["django_language"] = "ar"

    client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": NEW})

    assert User.objects.get().language == "ar"


@pytest.mark.parametrize("password", ["court", "1q2w3e4r5t6y", "motdepasse", "nadia@exemple.fr"])
def test_a_weak_password_is_refused_with_a_reason(client, password):
    page = client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": password})

    assert page.context["form"].errors["password1"]
    assert not User.objects.exists()


def test_an_address_already_used_is_answered_alike_and_told_by_mail(client):
    known = UserFactory()
    fresh = client.post(SIGN_UP, {"email": "libre@exemple.fr", "password1": NEW})
    fresh_page = client.get(CODE)
    client.cookies.clear()

    taken = client.post(SIGN_UP, {"email": known.email, "password1": NEW})
    taken_page = client.get(CODE)

    assert (taken.status_code, taken["Location"]) == (fresh.status_code, fresh["Location"])
    assert taken_page.status_code == fresh_page.status_code == 200
    assert mail.outbox[1].subject == "Vous avez déjà un compte"
    assert mail.outbox[1].to == [known.email]
    known.refresh_from_db()
    assert known.check_password(PASSWORD)


def test_a_mistyped_address_is_repaired_before_its_code(client):
    client.post(SIGN_UP, {"email": "nadai@exemple.fr", "password1": NEW})

    again = client.post(reverse("account_logout"), {"next": SIGN_UP})
    client.post(again["Location"], {"email": "nadia@exemple.fr", "password1": NEW})
    client.post(CODE, {"code": code_of(mail.outbox[-1]), "action": "verify"})

    assert again["Location"] == SIGN_UP
    assert client.get("/compte/").status_code == 200


@pytest.mark.parametrize("kind", ["reviewer", "editor"])
def test_an_administrations_address_cannot_be_taken(client, kind):
    agent = UserFactory(**{kind: True})

    client.post(SIGN_UP, {"email": agent.email, "password1": NEW})

    assert User.objects.get() == agent


def test_wrong_and_unknown_read_alike(client):
    wrong = sign_in(client, UserFactory(), "pas le bon")
    unknown = client.post(SIGN_IN, {"login": "inconnu@exemple.fr", "password": "pas le bon"})

    sentence = ["L’adresse e-mail ou le mot de passe n’est pas le bon."]
    for page in (wrong, unknown):
        assert page.context["form"].non_field_errors() == sentence


@pytest.mark.parametrize("known", [True, False])
def test_too_many_failures_are_stopped_whether_the_account_exists_or_not(client, known):
    email = UserFactory().email if known else "inconnu@exemple.fr"
    for _attempt in range(5):
        client.post(SIGN_IN, {"login": email, "password": "pas le bon"})

    page = client.post(SIGN_IN, {"login": email, "password": PASSWORD})

    assert page.context["form"].non_field_errors()[0].startswith("Trop d’essais.")


def test_the_session_cookie_is_the_public_doors_and_ends_with_the_browser(client):
    response = sign_in(client, UserFactory())

    cookie = response.cookies["portal_session"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/", True, "Lax")
    assert cookie["max-age"] == ""


def test_the_page_speaks_the_accounts_language(client):
    user = UserFactory(language="ar")
    sign_in(client, user)

    assert client.get("/compte/").headers["Content-Language"] == "ar"


def test_a_forgotten_password_is_replaced_with_the_code_by_mail(client):
    user = UserFactory()

    asked = client.post(FORGOTTEN, {"email": user.email})
    assert asked["Location"] == f"{FORGOTTEN}code/"
    assert client.get(f"{FORGOTTEN}code/").status_code == 200
    confirmed = client.post(f"{FORGOTTEN}code/", {"code": code_of(mail.outbox[0])})
    assert confirmed["Location"] == f"{FORGOTTEN}nouveau/"
    assert client.get(f"{FORGOTTEN}nouveau/").status_code == 200
    done = client.post(f"{FORGOTTEN}nouveau/", {"password1": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get(done["Location"]).status_code == 200
    assert mail.outbox[-1].subject == "Votre mot de passe a changé"
    assert sign_in(client, user, NEW)["Location"] == reverse("space:home")


def test_an_account_made_at_the_counter_gets_its_password_by_the_code(client):
    user = invite_applicant("invitee@exemple.fr")

    client.post(FORGOTTEN, {"email": user.email})
    client.post(f"{FORGOTTEN}code/", {"code": code_of(mail.outbox[0])})
    client.post(f"{FORGOTTEN}nouveau/", {"password1": NEW})

    assert sign_in(client, user, NEW)["Location"] == reverse("space:home")


def test_asking_for_a_password_reads_alike_for_known_unknown_and_agents(client):
    agent = UserFactory(reviewer=True)
    answers = []
    for email in (UserFactory().email, "inconnu@exemple.fr", agent.email):
        asked = client.post(FORGOTTEN, {"email": email})
        answers.append(
            (asked.status_code, asked["Location"], client.get(asked["Location"]).status_code)
        )
        client.cookies.clear()

    assert len(set(answers)) == 1
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "Votre code pour choisir un nouveau mot de passe",
        "Aucun compte avec cette adresse",
        "Aucun compte avec cette adresse",
    ]


def test_changing_the_password_asks_for_the_present_one_and_says_so_by_mail(client, signed_in):
    assert client.get("/compte/mot-de-passe/").status_code == 200
    wrong = client.post("/compte/mot-de-passe/", {"oldpassword": "non", "password1": NEW})
    assert wrong.context["form"].errors["oldpassword"]

    client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW})

    signed_in.refresh_from_db()
    assert signed_in.check_password(NEW)
    assert [message.subject for message in mail.outbox] == ["Votre mot de passe a changé"]


def test_another_session_ends_when_the_password_changes(client, signed_in, django_user_model):
    other = type(client)()
    sign_in(other, signed_in)

    client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW})

    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302


def test_the_address_changes_once_its_code_is_typed(client, signed_in):
    before = signed_in.email
    assert client.get("/compte/adresse/").status_code == 200

    asked = client.post("/compte/adresse/", {"email": "nouvelle@exemple.fr", "action_add": ""})
    assert asked["Location"].startswith("/compte/mot-de-passe/confirmer/")
    assert client.get(asked["Location"]).status_code == 200
    confirmed = client.post(asked["Location"], {"password": PASSWORD})
    signed_in.refresh_from_db()
    assert (confirmed["Location"], signed_in.email) == (CODE, before)
    (message,) = [message for message in mail.outbox if message.to == ["nouvelle@exemple.fr"]]
    client.post(CODE, {"code": code_of(message), "action": "verify"})

    signed_in.refresh_from_db()
    assert signed_in.email == "nouvelle@exemple.fr"
    assert sign_in(type(client)(), signed_in).status_code == 302


def test_signing_out_is_by_post(client, signed_in):
    assert client.get("/compte/deconnexion/").status_code == 200
    assert client.get("/compte/").status_code == 200

    client.post("/compte/deconnexion/")

    assert client.get("/compte/").status_code == 302


def test_my_account_shows_the_address_and_the_language(client, signed_in):
    page = client.get("/compte/")

    assert signed_in.email in page.text
    assert page.context["language_form"].initial == {"language": "fr"}


@pytest.mark.parametrize("path", ["/compte/", "/compte/adresse/", "/compte/mot-de-passe/"])
def test_account_pages_need_an_applicant(client, path):
    assert client.get(path)["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_no_mail_names_the_person_or_an_english_sentence_of_the_library(client, language):
    with translation.override(language):
        client.cookies["django_language"] = language
        client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": NEW})

    (message,) = mail.outbox
    assert "nadia" not in message.body
    assert "Thank you for using" not in message.body
    assert message.alternatives == []


def test_the_code_is_a_row_for_the_worker_that_only_its_recipient_could_read(client, settings):
    settings.EMAIL_BACKEND = "portal.correspondence.mail.QueueBackend"

    client.post(SIGN_UP, {"email": "nadia@exemple.fr", "password1": NEW})

    user = User.objects.get()
    with acting(None):
        assert not OutgoingMail.objects.exists()
    with acting(user.pk):
        row = OutgoingMail.objects.get()
    assert (row.to, row.state) == ("nadia@exemple.fr", "queued")
    assert re.search(r"^\d{4}-\d{4}$", row.body, re.MULTILINE)
