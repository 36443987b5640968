"""Every address × every person × reading and writing: the declared policy is what happens."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.urls import reverse

from portal.accounts.sign_in import KINDS_AT
from portal.core import clock
from portal.core.policy import ANYONE, SIGN_IN_PAGES, SIGNED_IN
from tests.factories.accounts import as_worker
from tests.hostile import addresses
from tests.hostile.conftest import undone
from workflows.services import rerouting

ALL = addresses.named()
PEOPLE = (
    "nobody",
    "OWNER",
    "stranger",
    *(f"{role}_{place}" for place in ("here", "away") for role in addresses.POSTS),
    "editor",
    "auditor",
    "administrator",
    "former",
    "gone",
    "closed_account",
)
DOORS = {"public": "public", "applicant": "public", "agent": "agent", "ops": "agent"}
# An address that speaks a protocol of its own says so to whoever does not.
ACTS = {"dossiers:uploads": {412}, "assisted:uploads": {412}, "mandated:uploads": {412}}
# Pages that answer a reading otherwise than by showing themselves.
READINGS = {
    "home": {302},
    "set_language": {405},
    "account_logout": {200, 302},
    "account_login": {200, 302},
    "account_signup": {200, 302},
    "account_email_verification_sent": {200, 302},
    "account_confirm_password_reset_code": {302},
    "account_complete_password_reset": {302},
    "account_change_password": {200},
    "account_set_password": {302},
    "desk:sign_in": {200, 302},
    "counter:sign_in": {200, 302},
    "desk:sign_out": {405},
    "counter:sign_out": {405},
    "desk:retry_job": {405},
    "desk:readmit": {405},
    "desk:reached": {405},
    "desk:answer_urgency": {405},
    "desk:see_alarm": {405},
    "desk:take_next": {405},
    "desk:end_absence": {405},
    "desk:mark_read": {405},
    "dossiers:start": {200, 302},
    "dossiers:newer_text": {302},
    "dossiers:evidence_remove": {405},
    "dossiers:evidence_contest": {405},
    "dossiers:evidence_reuse": {405},
    "dossiers:amend_drop": {405},
    "dossiers:amend_file_remove": {405},
    "dossiers:uploads": {405},
    "dossiers:album_change": {405},
    "assisted:uploads": {405},
    "assisted:album_change": {405},
    "dossiers:end_help": {405},
    "dossiers:export_ask": {405},
    "dossiers:certify": {405},
    "dossiers:export_file": {302},
    "dossiers:couple_accept": {302},
    "dossiers:mandate_revoke": {405},
    "helper:give_back": {405},
    "helper:organisation_leave": {405},
    "helper:organisation_name": {405},
    "mandated:start": {200, 302},
    "mandated:evidence_remove": {405},
    "mandated:uploads": {405},
    "mandated:album_change": {405},
    "assisted:evidence_remove": {405},
    "assisted:end": {405},
    "assisted:filed": {302},
    "appointments:notice": {302},
    "appointments:confirm": {405},
    "desk:give_another": {405},
    "counter:find": {405},
    "counter:call_next": {405},
    "counter:offline_enter": {405},
    "counter:call": {405},
    "counter:serve": {405},
    "counter:leave": {405},
    "counter:turn_away": {405},
    "counter:arrive": {405},
    "counter:complete": {405},
    "counter:card_send": {405},
    "counter:card_receive": {405},
    "help": {302},
}
WRITTEN = """
select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0
"""
# The line of a refusal, a browser's session, and the counters of attempts are no change.
NOT_PERSONAL = {"core_journalline", "django_session", "portal_cache"}


def written():
    """How many rows this transaction has tried to write so far, table by table."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def personal(counts):
    return {table: count for table, count in counts.items() if table not in NOT_PERSONAL}


def expected(name, policy, parts, is_owner, person):
    """What the policy says happens: allowed, sign_in, 403 or 404."""
    if policy.roles == ANYONE:
        return "allowed"
    door = DOORS.get(policy.door, policy.door)
    if person is None or not person.is_active or person.kind not in KINDS_AT[door]:
        return "sign_in"
    if policy.roles == SIGNED_IN:
        return "allowed"
    if not policy.roles & person.roles:
        return 403
    names_an_object = policy.object is not None and any(part.endswith("_id") for part in parts)
    if names_an_object and policy.relation in ("own", "assigned"):
        return "allowed" if is_owner else 404
    if names_an_object and policy.relation == "prefecture":
        return "allowed" if "34" in person.prefectures else 404
    return "allowed"


def refusal_is_right(answer, wanted, policy, url):
    if wanted == "sign_in":
        way_in = reverse(SIGN_IN_PAGES[policy.door])
        return answer.status_code == 302 and answer["Location"].startswith(f"{way_in}?next=")
    # A method that the page does not have is refused before the object is looked for.
    return answer.status_code == wanted or (wanted == 404 and answer.status_code == 405)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_person_gets_the_declared_answer_and_a_refusal_changes_nothing(world, name):
    policy, parts = ALL[name]
    url = addresses.address(name, world.here)
    wrong = []
    for who in PEOPLE:
        owner = addresses.owner_of(name, world.here)
        key = owner if who == "OWNER" else who
        wanted = expected(name, policy, parts, key == owner, world.people[key])
        for method in ("get", "post"):
            with undone():
                before = written()
                answer = getattr(world.browsers.of(key), method)(url)
                after = written()
            fault = fault_of(name, policy, url, method, wanted, answer, before, after)
            if fault:
                wrong.append(f"{method.upper()} {url} by {who}: {fault}")
    assert not wrong, "\n".join(wrong)


def fault_of(name, policy, url, method, wanted, answer, before, after):
    """What is not as declared, in words; nothing when all is well."""
    status = answer.status_code
    if wanted == "allowed":
        allowed = READINGS.get(name, {200}) if method == "get" else ACTS.get(name, {200, 302, 405})
        if status not in allowed:
            return f"{status} instead of {sorted(allowed)} {answer.headers.get('Location', '')}"
        if method == "get" and personal(before) != personal(after):
            return f"reading wrote {personal(after)}"
        return ""
    if not refusal_is_right(answer, wanted, policy, url):
        return f"{status} {answer.headers.get('Location', '')} instead of {wanted}"
    if personal(before) != personal(after):
        return f"a refusal wrote {personal(after)}"
    lines = after.get("core_journalline", (0,))[0] - before.get("core_journalline", (0,))[0]
    if wanted == 403 and lines != 1:
        return f"{lines} lines in the journal for a refusal"
    return ""


def test_an_address_that_names_an_object_declares_its_kind():
    undeclared = [
        name
        for name, (policy, parts) in ALL.items()
        if policy.object is None and any(part.endswith("_id") for part in parts)
    ]

    assert undeclared == []


def test_every_part_of_an_address_has_an_object_to_try():
    parts = {part for _policy, parts in ALL.values() for part in parts}
    kinds = {policy.object for policy, _parts in ALL.values()}

    assert parts <= set(addresses.PARTS)
    assert kinds <= addresses.OBJECTS


@pytest.mark.parametrize("name", sorted(ALL))
def test_rare_methods_change_nothing(world, name):
    url = addresses.address(name, world.here)
    for who in ("stranger", "reviewer_here"):
        for method in ("OPTIONS", "PUT", "DELETE", "PROPFIND"):
            with undone():
                before = written()
                answer = world.browsers.of(who).generic(method, url)
                after = written()
            assert answer.status_code < 500, f"{method} {url} by {who}"
            assert personal(before) == personal(after), f"{method} {url} by {who}"


SIGNS_OF_THE_OFFICE = ("desk:queue", "desk:signatures", "desk:supervision", "counter:day")


@pytest.mark.parametrize("name", SIGNS_OF_THE_OFFICE)
def test_the_lists_of_another_office_name_nobody_of_this_one(world, name):
    role = {"desk:signatures": "signatory", "counter:day": "counter_agent"}.get(name, "supervisor")
    url = reverse(name)
    here = world.browsers.of(f"{role}_here").get(url).text
    away = world.browsers.of(f"{role}_away").get(url).text
    names = [str(life.dossier.pk) for life in world.here.lives.values()]
    names += [str(life.id) for life in world.here.lives.values()]
    names += [life.dossier.number for life in world.here.lives.values()]
    names += [str(world.here.lives["appointed"].appointment.pk)]
    unrouted = str(world.here.lives["unrouted"].id)

    assert any(sign in here for sign in names)
    found = [sign for sign in names if sign in away and sign != unrouted]
    # A supervisor of any office finds the office of a case that has none.
    assert found in ([], [world.here.lives["unrouted"].dossier.number])


def test_a_search_finds_nothing_of_another_office(world):
    number = world.here.lives["filed"].dossier.number
    url = reverse("desk:search")

    found = world.browsers.of("reviewer_here").get(url, {"numero": number})
    hidden = world.browsers.of("reviewer_away").get(url, {"numero": number})
    absent = world.browsers.of("reviewer_away").get(url, {"numero": number[::-1]})

    assert found.status_code == 302
    assert (hidden.status_code, absent.status_code) == (200, 200)
    assert len(hidden.text) == len(absent.text)


def test_ones_own_dossier_opens_no_paper_of_another(world):
    mine, theirs = world.here.draft.pk, world.away.draft_evidence
    url = reverse("dossiers:evidence_remove", args=[mine, theirs])
    before = written()

    answer = world.browsers.of("owner_here").post(url)

    assert answer.status_code == 404
    assert personal(before) == personal(written())


def test_an_absent_object_and_another_persons_read_the_same(world):
    dossier = str(world.away.lives["filed"].dossier.pk)
    absent = "00000000-0000-4000-8000-000000000000"
    client = world.browsers.of("owner_here")

    answers = [client.get(reverse("space:dossier", args=[pk])) for pk in (dossier, absent)]

    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (re.sub(r'value="[^"]*"', "", answer.text) for answer in answers)
    assert first.replace(dossier, "") == second.replace(absent, "")


def test_an_agent_loses_a_case_with_the_next_request_once_the_post_ends(world):
    agent = world.people["reviewer_here"]
    url = addresses.address("desk:case", world.here)
    assert world.browsers.of("reviewer_here").get(url).status_code == 200

    with as_worker():
        agent.posts.update(ends_on=clock.today() - dt.timedelta(days=1))

    assert world.browsers.of("reviewer_here").get(url).status_code == 403


def test_an_agent_loses_a_case_with_the_next_request_once_it_is_elsewhere(world):
    life = world.here.lives["filed"]
    urls = [addresses.address(name, world.here) for name in ("desk:case", "desk:file")]
    with life.desk() as act:
        rerouting.reroute(
            case_id=life.id,
            prefecture_code="75",
            reason="Adresse.",
            actor=life.reviewer,
            at=act.now,
            seen=life.case.last_step,
        )

    seen = [world.browsers.of("reviewer_here").get(url).status_code for url in urls]
    received = [world.browsers.of("reviewer_away").get(url).status_code for url in urls]

    assert (seen, received) == ([404, 404], [200, 200])
