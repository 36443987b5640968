"""People who wait for a visit and counters that open, loaded at once for the issuing scripts.

Clearances stand alone: keys of their own table are dropped in this clone, so that no dossier, no
case and no step is needed, and an office sees them without asking where a case is. The run writes
and reads no such key; those of everything that it writes are kept.
"""

from django.db import connection

from appointments.services import supplying
from portal.core.door import acting

OFFICE = "75"
SLOTS_A_DAY = 33
DAYS = 33
"""About as many working days as a run may give: from ten days ahead to the sixtieth."""

_FREE_CLEARANCES = """
do $$ declare one record; begin
    for one in select conname, conrelid::regclass as named from pg_constraint
        where contype = 'f' and (conrelid = 'appointments_clearance'::regclass
            or conrelid = 'appointments_changerequest'::regclass
            and confrelid = 'dossiers_dossier'::regclass) loop
        execute format('alter table %s drop constraint %I', one.named, one.conname);
    end loop;
end $$
"""
_MINE_OR_MY_OFFICES = (
    "(applicant_id = (select portal_actor())"
    " or prefecture_code = any ((select portal_prefectures())::text[]))"
)
_SEEN_WITHOUT_A_CASE = "; ".join(
    f"alter policy {policy} on {table} using {_MINE_OR_MY_OFFICES}"
    + (f" with check {_MINE_OR_MY_OFFICES}" if writes else "")
    for table, policy, writes in (
        ("appointments_appointment", "web", True),
        ("appointments_clearance", "web_reads", False),
        ("appointments_clearance", "web_changes", True),
    )
)
_SITES = """
insert into territory_site (prefecture_id, name, address, access, kind, step_free)
select %(office)s, 'Site inventé ' || n, '1 rue Test', '', 'prefecture', true
from generate_series(1, %(sites)s) n on conflict do nothing
"""
_COUNTERS = """
insert into territory_counter (site_id, name)
select site.id, 'Guichet inventé ' || n
from generate_series(1, %(counters)s) n
join (select id, row_number() over (order by id) as place, count(*) over () as total
      from territory_site where prefecture_id = %(office)s and name like 'Site inventé%%') site
    on site.place = n %% total + 1
on conflict do nothing
"""
_SKILLS = """
insert into appointments_counterskill (counter_id, service_id)
select id, 'collection' from territory_counter where name like 'Guichet inventé%%'
on conflict do nothing
"""
_HOURS = """
insert into appointments_openingpattern (counter_id, service_id, weekday, minutes, seats, valid,
    interpreters)
select counter.id, 'collection', weekday, hours, 1, daterange('2026-01-01', null), '{}'
from territory_counter counter, generate_series(1, 5) weekday,
    unnest(array[int4range(540, 720), int4range(810, 960)]) hours
where counter.name like 'Guichet inventé%%'
    and not exists (select from appointments_openingpattern known
        where known.counter_id = counter.id)
"""
_PEOPLE = """
insert into accounts_user (email, kind, password, language, display_name, is_active, is_superuser)
select 'visite' || n || '@exemple.fr', 'applicant', '!', (array['fr','en','ar'])[n %% 3 + 1],
    '', true, false
from generate_series(%(first)s::int, %(last)s::int) n
"""
_CLEARANCES = """
insert into appointments_clearance (id, dossier_id, case_id, step_id, clears, applicant_id,
    person_id, prefecture_code, service_id, purpose, cleared_at, filed_at, deadline_on,
    is_vulnerable, holder_name, dossier_number, language, bring)
select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), true, id,
    gen_random_uuid(), %(office)s, 'collection', 'collection', portal_now(),
    portal_now() - make_interval(mins => (id * 7919 %% 200000)::int),
    case when id %% 3 = 0 then portal_now()::date + (id %% 120)::int end, id %% 10 = 0,
    'Nom inventé', '7500000000000000001', language,
    '[{"fr": "Le titre actuel", "en": "The present card", "ar": "البطاقة"}]'
from accounts_user where email like 'visite%%'
    and split_part(split_part(email, '@', 1), 'visite', 2)::int between %(first)s and %(last)s
"""


_FREE_PREFERENCES = """
do $$ declare one record; begin
    for one in select conname from pg_constraint
        where contype = 'f' and conrelid = 'appointments_preference'::regclass loop
        execute format('alter table appointments_preference drop constraint %I', one.conname);
    end loop;
end $$
"""
_WISHES = """
insert into appointments_preference (dossier_id, applicant_id, person_id, prefecture_code, blocked,
    short_notice, changed_at)
select dossier_id, applicant_id, person_id, prefecture_code, '{}', true, portal_now()
from appointments_clearance where mod(applicant_id, 2) = 0 on conflict do nothing
"""


def make_volunteers(owner) -> None:
    """Half of the people may be offered a near place."""
    owner.execute(_FREE_PREFERENCES)
    owner.execute("alter table appointments_preference disable trigger user")
    owner.execute(_WISHES)
    owner.execute("alter table appointments_preference enable trigger user")


def prepare(owner, *, seats: int, office: str = OFFICE) -> None:
    """Counters enough for so many seats, and tables that take clearances alone."""
    owner.execute(_FREE_CLEARANCES)
    owner.execute(_SEEN_WITHOUT_A_CASE)
    counters = -(-seats // (SLOTS_A_DAY * DAYS))
    said = {"office": office, "sites": max(2, counters // 4), "counters": counters}
    for statement in (_SITES, _COUNTERS, _SKILLS, _HOURS):
        owner.execute(statement, said)


def add_people(owner, first: int, last: int, office: str = OFFICE) -> None:
    """Accounts of these numbers, each with one clearance that waits."""
    said = {"office": office, "first": first, "last": last}
    owner.execute("alter table appointments_clearance disable trigger user")
    owner.execute(_PEOPLE, said)
    owner.execute(_CLEARANCES, said)
    owner.execute("alter table appointments_clearance enable trigger user")
    owner.execute("analyze accounts_user, appointments_clearance")


def open_calendar(office: str = OFFICE) -> None:
    """The slots and seats of the days to come, as a run makes them."""
    with acting(None, prefectures=[office]) as act, connection.cursor() as cursor:
        cursor.execute("set local role portal_issuer")
        supplying.open_slots(office, at=act.now)
