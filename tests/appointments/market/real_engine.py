"""The portal's own issuing run as the night of a simulation: real rows, real triggers, real clock.

People and clearances are copies of one life that the services made, so that a year of them costs
seconds. Only the triggers that would stamp the present on them, or want a step between two
states, are off, and those of check-ins; every rule of an appointment stays on.
"""

import json
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from appointments import queries
from appointments.market.ordered import PARIS, SERVICES, Answer, give, name_of
from appointments.models import Appointment, IssueRun, Service
from appointments.services import issuing
from tests.factories import appointments as factory

COPIED = (
    "accounts_user",
    "dossiers_person",
    "dossiers_dossier",
    "dossiers_submission",
    "workflows_case",
    "workflows_step",
    "appointments_clearance",
)
STAMPED = (*COPIED, "appointments_checkin", "appointments_readmission")
NIGHT = time(2)
MORNING = 540
_COLUMNS = """
select string_agg(quote_ident(column_name), ', ' order by ordinal_position)
from information_schema.columns where table_name = %s and is_generated = 'NEVER'
"""


class RealEngine:
    """Issues each night by `appointments.services.issuing`, as the issuing role."""

    def __init__(self, login, office, monkeypatch):
        self.login, self.office = login, office
        self.known: set[int] = set()
        self.seated: dict[int, tuple] = {}
        self.readmitted: dict[int, int] = {}
        self.seeds: dict = {}
        self.models = [
            factory.cleared(purpose=purpose).clearance for purpose in ("collection", "biometrics")
        ]
        self.columns = {table: login.execute(_COLUMNS, [table]).fetchone()[0] for table in COPIED}
        # the two lives that are copied wait for nothing themselves
        login.execute("update appointments_clearance set revoked_at = portal_now()")
        for table in STAMPED:
            login.execute(f"alter table {table} disable trigger user")
        # the simulated office gives no seat above its places
        monkeypatch.setattr(queries, "no_show_rate", lambda *_where: 0.0)

    def open(self, world):
        """The calendar of the simulated office, as weekly hours of two counters."""
        first = world.parameters.first_day
        end = first + timedelta(days=world.office.length)
        for pool, counter in enumerate(self.office.counters):
            seats = int(world.office.capacity[pool].max())
            minutes = Service.objects.get(pk=SERVICES[pool]).minutes
            at_once = next(one for one in range(1, 21) if seats % one == 0 and seats // one <= 30)
            hours = f"[{MORNING},{MORNING + minutes * seats // at_once})"
            self.login.execute(
                "insert into appointments_counterskill (counter_id, service_id) values (%s, %s)"
                " on conflict do nothing",
                [counter, SERVICES[pool]],
            )
            for weekday in range(1, 6):
                self.login.execute(
                    "insert into appointments_openingpattern"
                    " (counter_id, service_id, weekday, minutes, seats, interpreters, valid)"
                    " values (%s, %s, %s, %s, %s, '{}', daterange(%s, %s))",
                    [counter, SERVICES[pool], weekday, hours, at_once, first, end],
                )

    def issue(self, claims, places, *, today, seed):
        """One night: what happened at the counters, who is new, and the run, by its own seed."""
        night = datetime.combine(today, NIGHT, PARIS)
        self.login.execute("update clock_offset set value = value + (%s - portal_now())", [night])
        waiting = {claim.number: claim for claim in claims}
        with self.login.transaction():
            self._receive(waiting, today)
            for claim in claims:
                if claim.number not in self.known:
                    self._clear(claim)
                self._readmit(claim, night)
        with factory.issuer(self.office.office) as act:
            issuing.issue(self.office.office, at=act.now)
            runs = IssueRun.objects.filter(prefecture_code=self.office.office)
            self.seeds[today] = runs.order_by("-started_at").values_list("seed", flat=True)[0]
        return self._answer(waiting, places)

    def again_in_memory(self, claims, places, *, today, seed):
        """The same night by our adapter, with the seed that the portal's run had drawn."""
        return give(claims, places, today=today, seed=self.seeds[today])

    def _receive(self, waiting, today):
        """Who had a seat before today and waits no more was received."""
        past = [number for number, (day, _pk) in self.seated.items() if day < today]
        for number in past:
            _day, pk = self.seated.pop(number)
            if number in waiting:
                continue
            self.login.execute(
                "insert into appointments_checkin (appointment_id, dossier_id, applicant_id,"
                " prefecture_code, site_id, counter_id, agent_id, at)"
                " select id, dossier_id, applicant_id, prefecture_code, site_id, counter_id,"
                " %s, lower(period) from appointments_appointment where id = %s",
                [self.models[0].applicant_id, pk],
            )
            self.login.execute(
                "update appointments_appointment set state = 'honoured' where id = %s", [pk]
            )

    def _clear(self, claim):
        """One person, one dossier, one clearance, copied with the facts of the claim."""
        self.known.add(claim.number)
        model, name = self.models[claim.pool], name_of(claim.number)
        serial = 1_000_000 + claim.number
        own = {"dossier_id": name, "applicant_id": serial, "case_id": name}
        filed = dict.fromkeys(("filed_at", "sealed_at"), claim.filed_at.isoformat())
        number = f"75026{claim.number:014d}"
        cleared = datetime.combine(claim.cleared_on, time(12), PARIS).isoformat()
        step = str(UUID(int=claim.number + (1 << 100)))
        self._copy(
            "accounts_user", model.applicant_id, id=serial, email=f"seeker{serial}@example.org"
        )
        self._copy("dossiers_person", model.person_id, id=name, passport_key=f"{serial:064x}")
        self._copy(
            "dossiers_dossier",
            model.dossier_id,
            id=name,
            applicant_id=serial,
            person_id=name,
            number=number,
            **filed,
        )
        self._copy_of_dossier("dossiers_submission", model, id=name, **filed, **own)
        self._copy_of_dossier(
            "workflows_case", model, id=name, dossier_number=number, **filed, **own
        )
        self._copy_steps(model, step, own)
        self._copy(
            "appointments_clearance",
            model.pk,
            id=name,
            person_id=name,
            step_id=step,
            cleared_at=cleared,
            deadline_on=claim.deadline_on.isoformat(),
            is_vulnerable=claim.vulnerable,
            dossier_number=number,
            revoked_at=None,
            **filed,
            **own,
        )

    def _copy(self, table, pk, *, column="id", **changes):
        columns = self.columns[table]
        known = {name.strip('" ') for name in columns.split(",")}
        changes = {name: value for name, value in changes.items() if name in known}
        picked = ", ".join(f"(copied).{name.strip()}" for name in columns.split(","))
        self.login.execute(
            f"insert into {table} ({columns}) select {picked} from ("
            f" select jsonb_populate_record(model, %s) as copied from {table} model"
            f" where {column} = %s) as made",
            [json.dumps(changes), pk],
        )

    def _copy_steps(self, model, clearing, own):
        """Each step follows the one before, so that all of them come along."""
        steps = self.login.execute(
            "select id from workflows_step where case_id = %s order by number", [model.case_id]
        ).fetchall()
        for (pk,) in steps:
            name = clearing if pk == model.step_id else str(uuid4())
            self._copy("workflows_step", pk, id=name, **own)

    def _copy_of_dossier(self, table, model, **changes):
        self._copy(table, model.dossier_id, column="dossier_id", **changes)

    def _readmit(self, claim, night):
        if claim.readmitted > self.readmitted.get(claim.number, 0):
            self.readmitted[claim.number] = claim.readmitted
            serial = 1_000_000 + claim.number
            name = name_of(claim.number)
            self.login.execute(
                "insert into appointments_readmission (id, clearance_id, dossier_id,"
                " applicant_id, prefecture_code, agent_id, at)"
                " values (gen_random_uuid(), %s, %s, %s, %s, %s, %s)",
                [name, name, serial, self.office.office, self.models[0].applicant_id, night],
            )

    def _answer(self, waiting, places):
        """The seats just given, found again among the simulated ones by their day."""
        left = {}
        for place in places:
            left.setdefault((place.pool, place.day), []).append(place)
        given = []
        with factory.issuer(self.office.office):
            rows = list(
                Appointment.objects.live()
                .filter(clearance__in=[name_of(number) for number in waiting])
                .order_by("period", "pk")
            )
        for row in rows:
            number = UUID(str(row.clearance_id)).int
            day = row.starts_at.astimezone(PARIS).date()
            given.append((number, left[waiting[number].pool, day].pop(0)))
            self.seated[number] = (day, row.pk)
        return Answer(given, 0)
