"""Addresses of the accounts: allauth's views under French paths, and the other doors."""

from allauth.account import views as allauth_views

from portal.accounts import organisation_views, views
from portal.accounts.enums import Role
from portal.core.policy import ANYONE, SIGNED_IN, Policy, route

PUBLIC = Policy("public", ANYONE)
MINE = Policy("applicant", frozenset({Role.APPLICANT.value}), relation="own")


def _public(path, view, name):
    return route(f"compte/{path}", view, name=name, policy=PUBLIC)


def _mine(path, view, name):
    return route(f"compte/{path}", view, name=name, policy=MINE)


urlpatterns = [
    route("langue/", views.set_language, name="set_language", policy=PUBLIC),
    _mine("", views.MyAccount.as_view(), "my_account"),
    _public("connexion/", allauth_views.login, "account_login"),
    _public("deconnexion/", allauth_views.logout, "account_logout"),
    _public("creer/", allauth_views.signup, "account_signup"),
    _public("ferme/", allauth_views.account_inactive, "account_inactive"),
    _public(
        "adresse/code/", allauth_views.email_verification_sent, "account_email_verification_sent"
    ),
    _mine("adresse/", allauth_views.email, "account_email"),
    _mine("mot-de-passe/", allauth_views.password_change, "account_change_password"),
    _mine("mot-de-passe/premier/", allauth_views.password_set, "account_set_password"),
    _mine("mot-de-passe/confirmer/", allauth_views.reauthenticate, "account_reauthenticate"),
    _public("mot-de-passe/oublie/", allauth_views.password_reset, "account_reset_password"),
    _public(
        "mot-de-passe/oublie/code/",
        allauth_views.confirm_password_reset_code,
        "account_confirm_password_reset_code",
    ),
    _public(
        "mot-de-passe/oublie/nouveau/",
        allauth_views.complete_password_reset,
        "account_complete_password_reset",
    ),
    _public(
        "mot-de-passe/oublie/fait/",
        allauth_views.password_reset_from_key_done,
        "account_password_reset_completed",
    ),
]


def _door(door, home):
    """The two addresses of a door of the administration, named inside its namespace."""
    return [
        route(
            "connexion/",
            views.DoorSignIn.as_view(door=door, home=home),
            name="sign_in",
            policy=Policy(door, ANYONE),
        ),
        route(
            "deconnexion/",
            views.door_sign_out(f"{home.partition(':')[0]}:sign_in"),
            name="sign_out",
            policy=Policy(door, SIGNED_IN),
        ),
    ]


HELPERS = Policy("applicant", frozenset({Role.APPLICANT.value}), relation="own")
OURS = Policy("applicant", frozenset({Role.APPLICANT.value}), relation="own", object="organisation")
INVITED = Policy(
    "applicant", frozenset({Role.APPLICANT.value}), relation="own", object="invitation"
)
MEMBER = Policy("applicant", frozenset({Role.APPLICANT.value}), relation="own", object="membership")

# Law firms and associations, next to the mandates that they hold.
organisation_urlpatterns = [
    route(
        "organisations/creer/",
        organisation_views.Make.as_view(),
        name="organisation_make",
        policy=HELPERS,
    ),
    route(
        "organisations/<uuid:organisation_id>/",
        organisation_views.Members.as_view(),
        name="organisation",
        policy=OURS,
    ),
    route(
        "organisations/invitations/<uuid:invitation_id>/",
        organisation_views.Join.as_view(),
        name="organisation_join",
        policy=INVITED,
    ),
    route(
        "organisations/membres/<uuid:membership_id>/retirer/",
        organisation_views.Leave.as_view(),
        name="organisation_leave",
        policy=MEMBER,
    ),
    route(
        "organisations/membres/<uuid:membership_id>/administrateur/",
        organisation_views.Name.as_view(),
        name="organisation_name",
        policy=MEMBER,
    ),
]

desk_urlpatterns = _door("agent", "desk:queue")
counter_urlpatterns = _door("counter", "counter:day")
