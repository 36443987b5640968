"""Every form, every page, with what nobody should send: a plain answer, and nothing half-saved."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from portal.core.door import acting
from portal.core.policy import ANYONE, SIGNED_IN
from tests.factories.accounts import PASSWORD
from tests.factories.appointments import role
from tests.hostile import addresses
from tests.hostile.conftest import undone
from tests.hostile.forms import body, forms_of, shown
from tests.hostile.test_authorisation_matrix import ALL, personal, written
from tests.hostile.test_row_security import personal_tables
from tests.hostile.world import PLACES

# The gallery of components is shown to developers only.
NAMES = sorted(set(ALL) - {"gallery"})
# The person's own pages are served again at the counter and to a helper, by the same views: their
# forms are tried under the first name at each run, under the others by script/test --all.
TWINS = {
    name
    for name in NAMES
    if name.startswith(("assisted:", "mandated:")) and f"dossiers:{name.partition(':')[2]}" in ALL
}
FORMS = [pytest.param(name, marks=pytest.mark.long) if name in TWINS else name for name in NAMES]
# Of two parts that are wrong in the same way, one is tried at each run.
PARTS = [
    "not-an-identifier",
    str(2**31 - 1),
    "9" * 40,
    "%00",
    "%ff%fe",
    "%0d%0aSet-Cookie:x=1",
    "x" * 3000,
]
MORE_PARTS = [
    "00000000-0000-0000-0000-000000000000",
    "-1",
    "..%2f..%2fetc%2fpasswd",
    "a%00b",
    "%F0%9F%98%80",
    "'%20or%201=1--",
    "%E2%80%AE",
    "null",
]
FORM = "application/x-www-form-urlencoded"
SCRIPT = "<script>alert(1)</script>"
WORDS = {
    "long": "x" * 100_000,
    "nul": "a\x00b",
    "direction": "abc\u202edef\u2066",
    "bytes that are no text": b"\xff\xfe\xed\xa0\x80",
    "script": SCRIPT,
    "statement": "'; drop table dossiers_dossier; --",
    "template": "%s %(x)s {0} {{ 7 }} {% x %}",
    "huge": str(10**30),
    "thousands of digits": "9" * 5000,
    "negative": "-1",
    "infinite": "1e999",
    "superscript": "²",
    "arabic digits": "٣١",
    "no such day": "31/02/2020",
    "first year": "0001",
    "last year": "9999",
    "year zero": "0000",
    "blank": "   ",
    "nothing": "",
    "new lines": "a\r\nBcc: b@exemple.fr\r\n\r\nc",
    "a thousand accents": "e" + "\u0301" * 1000,
    "list": "[1]",
}
# Hidden fields, which no person types.
NOT_TYPED = ("everything", "last_step", "next", "site")
# Tried in one field alone, so that the rest of the form is right and the act is reached.
ALONE = ("long", "nul", "bytes that are no text", "script", "huge", "no such day")
MOST_FIELDS = 5
# Forms that keep what was typed although it is wrong: that is their promise.
KEEPS = (
    *("assisted:step", "dossiers:step", "dossiers:completion", "dossiers:completion_item"),
    *("mandated:step", "mandated:completion", "mandated:completion_item"),
    *("dossiers:amend_step", "dossiers:amend_answer"),
)
DAY_PARTS = [
    ("31", "02", "2020"),
    ("30", "2", "2024"),
    ("0", "0", "0000"),
    ("1", "1", "0001"),
    ("31", "12", "9999"),
    ("1", "1", "10000"),
    ("-1", "-1", "-999"),
    (str(10**30), "1", "2000"),
    ("1", str(10**30), "2000"),
    ("²", "1", "2000"),
    ("١", "٢", "١٩٩٩"),
    ("1", "1", ""),
    ("1.5", "1", "2000"),
]
STRANGE_QUERIES = [
    "next=//evil.test&page=-1&q=%00&numero=%00&apres=%00&etat=%00&dossier=%00&before=%C2%B2",
    "next=%00&page=9999999999999999999&numero=%F0%9F%98%80&apres=0001-01-01.x&dossier=%27--"
    "&before=99999999999999999999999999&verification=%00&remplace=%00&lang=%00&language=xx",
    "apres=9999-12-31.00000000-0000-0000-0000-000000000000&remplace=1&apercu=%FF&telecharger=%00",
    "site=%00",
    "site=" + "9" * 400,
    "site=-1&%00=%00&%FF=%FE",
    "&".join(f"a{n}=1" for n in range(1500)),
]


def person_for(name, office):
    """Whoever may open this page; None when it takes a session of any kind."""
    policy, _parts = ALL[name]
    if policy.roles == ANYONE:
        return "nobody"
    if policy.roles == SIGNED_IN:
        return None
    (first, *_others) = sorted(policy.roles)
    if first == "applicant":
        return addresses.owner_of(name, office)
    return f"{first}_here" if first in addresses.POSTS else first


def pages_of(world, name):
    """The addresses of a page: one, but for the steps of the procedure."""
    url = addresses.address(name, world.here)
    if name != "dossiers:step":
        return [url]
    steps = [step.code for step in world.here.draft.procedure.steps]
    return [url.replace("/identity/", f"/{step}/") for step in steps]


def open_forms(world, name):
    """(browser, page, form) of each form that the page shows to whoever may open it."""
    who = person_for(name, world.here)
    if who is None:
        return
    known = set()
    for url in pages_of(world, name):
        answer = world.browsers.of(who).get(url)
        assert answer.status_code < 500, url
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for form in forms_of(answer, url):
                # A list shows the same form for each of its lines: one is enough.
                alike = (form.url.count("/"), tuple(form.controls))
                if alike not in known:
                    known.add(alike)
                    yield who, url, form


OF_THE_RUN = {"appointments_runinputs", "appointments_drawnseed"}
"""Read by the issuing role alone: no page could change them."""
OFFERS = "appointments_shortnoticeoffer"
"""Read by the issuing role and by its person, who answers on a page."""


def digest():
    """One number for everything personal, as the widest reader sees it."""
    parts = " + ".join(
        summed(table)
        for table in [*personal_tables(), "accounts_user"]
        if table not in {*OF_THE_RUN, OFFERS}
    )
    with acting(None, scope="system"), role("worker"), connection.cursor() as cursor:
        cursor.execute(f"select {parts}")
        (widest,) = cursor.fetchone()
    with acting(None, prefectures=PLACES), role("issuer"), connection.cursor() as cursor:
        cursor.execute(f"select {summed(OFFERS)}")
        return widest, cursor.fetchone()[0]


def summed(table):
    return f"coalesce((select sum(hashtext(t::text)) from {table} t), 0)"


def send(world, who, url, data, content_type=FORM, **options):
    """Post and say what is wrong with the answer, in a list of words."""
    with undone():
        before, whole = written(), None
        client = world.browsers.of(who, **options)
        answer = client.generic("POST", url, data, content_type=content_type)
        faults = [] if answer.status_code < 500 else [f"{answer.status_code}"]
        if SCRIPT in answer.text:
            faults.append("the script would run")
        if answer.status_code != 302 and personal(before) != personal(written()):
            whole = digest()
    return answer, faults, whole


def one_at_a_time(form, value):
    """The form with one typed field replaced: each word has its turn in one of the first fields."""
    names = form.typed()[:MOST_FIELDS]
    if names:
        name = names[list(WORDS.values()).index(value) % len(names)]
        yield name, form.filled | {name: value}


def all_at_once(form, value):
    if form.typed():
        yield "everything", form.filled | dict.fromkeys(form.typed(), value)


@pytest.mark.parametrize("name", FORMS)
def test_no_word_breaks_a_form_or_saves_half_of_it(world, name):
    faults, whole = [], digest()
    for who, page, form in open_forms(world, name):
        for case, value in WORDS.items():
            alone = case in ALONE and name not in KEEPS
            for field, fields in (one_at_a_time if alone else all_at_once)(form, value):
                answer, found, after = send(world, who, form.url, body(fields))
                if after not in (None, whole) and name not in KEEPS:
                    found.append("half-saved")
                if not kept_what_was_typed(answer, page, field, value):
                    found.append("what was typed is lost")
                faults += [f"{form.url} {field} = {case}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def kept_what_was_typed(answer, page, field, value):
    """Whether a page shown again shows the wrong words again, those of a password excepted."""
    if value not in (SCRIPT, WORDS["statement"], WORDS["no such day"], WORDS["huge"]):
        return True
    if answer.status_code != 200 or "password" in field or field in NOT_TYPED:
        return True
    again = shown(answer, page, field)
    return again is None or again == value


@pytest.mark.parametrize("name", FORMS)
def test_no_strange_body_breaks_a_form(world, name):
    faults, whole = [], digest()
    for who, _page, form in open_forms(world, name):
        for case, data, content_type in strange_bodies(form):
            _answer, found, after = send(world, who, form.url, data, content_type)
            if after not in (None, whole) and name not in KEEPS:
                found.append("half-saved")
            faults += [f"{form.url} {case}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def strange_bodies(form):
    """Everything that is no proper form."""
    filled = form.filled
    wrong = {
        c.name: "__wrong__" for c in form.controls.values() if c.kind not in ("text", "hidden")
    }
    asked = {"state": "granted", "status": "accepted", "applicant_id": 1, "prefecture_code": "75"}
    multipart = "multipart/form-data; boundary=x"
    yield "no field", "", FORM
    yield "wrong choices", body(filled | wrong), FORM
    yield (
        "every field twice",
        body({name: [value, "other"] for name, value in filled.items()}),
        FORM,
    )
    yield "too many fields", body({f"f{number}": "1" for number in range(1500)}), FORM
    yield "fields of the model", body(filled | asked), FORM
    yield "too heavy", "a=" + "x" * 3_000_000, FORM
    yield "json", json.dumps(filled), "application/json"
    yield "deep json", "[" * 100_000, "application/json"
    yield "empty multipart", "", multipart
    yield (
        "broken multipart",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff',
        multipart,
    )
    yield "multipart without boundary", "a=1", "multipart/form-data"
    yield "unknown charset", body(filled), f"{FORM}; charset=nonsense"
    yield "utf-16", body(filled), f"{FORM}; charset=utf-16"
    yield "unknown type", body(filled), "x/\u00ff"


@pytest.mark.parametrize("name", FORMS)
def test_no_strange_day_breaks_a_form(world, name):
    faults = []
    for who, _page, form in open_forms(world, name):
        stems = [n.removesuffix("_day") for n in form.controls if n.endswith("_day")]
        for stem in stems[:2]:
            for parts in DAY_PARTS:
                names = [f"{stem}_{part}" for part in ("day", "month", "year")]
                fields = form.filled | dict(zip(names, parts, strict=True))
                _answer, found, _whole = send(world, who, form.url, body(fields))
                faults += [f"{form.url} {stem} = {parts}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_of_another_site_is_refused_and_changes_nothing(world, name):
    for who, _page, form in open_forms(world, name):
        with undone():
            before = written()
            client = world.browsers.of(who, enforce_csrf_checks=True)
            for token in ({}, {"csrfmiddlewaretoken": "x" * 64}):
                answer = client.post(form.url, form.filled | token)
                assert answer.status_code == 403
            assert personal(before) == personal(written())


@pytest.mark.parametrize("name", FORMS)
def test_no_strange_question_breaks_a_page(world, name):
    who = person_for(name, world.here) or "reviewer_here"
    url = addresses.address(name, world.here)
    for query in STRANGE_QUERIES:
        with undone():
            answer = world.browsers.of(who).get(f"{url}?{query}")
        assert answer.status_code < 500, query
        assert "evil.test" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "part", [*PARTS, *(pytest.param(part, marks=pytest.mark.long) for part in MORE_PARTS)]
)
def test_no_strange_address_breaks_the_portal(world, part):
    for name, (policy, parts) in ALL.items():
        who = person_for(name, world.here) or "nobody"
        good = addresses.address(name, world.here)
        values = [str(addresses.PARTS[key](name, world.here)) for key in parts]
        for value in filter(None, values):
            url = good.replace(value, part)
            for method in ("get", "post"):
                with undone():
                    answer = getattr(world.browsers.of(who), method)(url)
                assert answer.status_code < 500, f"{method} {url}"
                unknown = answer.status_code not in (200, 302)
                assert unknown or policy.roles == ANYONE or answer.status_code == 302, url


def test_hostile_words_kept_while_the_session_was_over_are_shown_and_harmless(world):
    url = pages_of(world, "dossiers:step")[0]
    words = {"birth_name": SCRIPT, "given_names": "a\x00b", "birth_date_day": str(10**30)}
    client = world.browsers.of("nobody")
    client.generic("POST", url, body(words | {"seen": "r1 x", "birth_city": "\u202e"}), FORM)
    signing = {"login": world.here.owner.email, "password": PASSWORD}
    client.post(reverse("account_login"), signing)

    answer = client.get(url)

    assert answer.status_code == 200
    assert shown(answer, url, "birth_name") == SCRIPT
    assert SCRIPT not in answer.text
