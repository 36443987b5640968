"""Every address has one declared policy, whichever process serves it."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from portal import urls
from portal.core import policy


def addresses(resolver, namespaces=()):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from addresses(entry, inner)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or "")), entry


class Match:
    def __init__(self, name, entry):
        self.view_name, self.func = name, entry.callback


def undeclared(resolver):
    return [
        f"{name} {entry.pattern}"
        for name, entry in addresses(resolver)
        if policy.policy_of(Match(name, entry)) is None
    ]


def test_every_address_of_the_portal_has_a_policy():
    resolver = get_resolver()

    assert len(list(addresses(resolver))) > 40
    assert undeclared(resolver) == []


def test_addresses_of_the_editing_process_have_a_policy():
    class Editing:
        url_patterns = urls.editing_patterns()

    assert undeclared(Editing) == []


def test_an_address_without_policy_is_refused(rf):
    request = rf.get("/sante/")
    request.resolver_match = Match("nobody:declared", type("E", (), {"callback": lambda r: None}))

    with pytest.raises(policy.PermissionDenied):
        policy.PolicyMiddleware(lambda r: None).process_view(request, None, (), {})


def test_every_address_of_ours_has_a_name():
    unnamed = [
        str(entry.pattern)
        for name, entry in addresses(get_resolver())
        if not entry.name and entry.callback.__module__.startswith("portal")
    ]

    assert unnamed == []


def test_health_answers_without_a_policy_for_people(client, db):
    assert resolve("/sante/").view_name == "health"
    assert client.get("/sante/").content == b"ok"
