"""A database of national size: two million invented cases in 101 offices, loaded by COPY.

    .venv/bin/python -m tests.benchmarks.national [--cases 2000000] [--seed 1] [--years 2]

Makes a fresh clone of the migrated template and keeps it as `portal_national` (`--name`); the
other benchmarks enter it with `--database portal_national`. Volumes follow the country: about a
million requests a year, a peak in September, offices by the population of their communes with the
crowded ones heavier, states that fit the age of each case. The same seed and day give the same
database.

Loaded: people and agents with their posts and delegations of signature, dossiers, submissions,
completion requests with their items, cases with the agent who has each, steps, assignments, clock
pauses, opinions, proposals with their checks, decisions and card orders. Not loaded: files,
letters, mails, timeline, journal, clearances and appointments. Memory stays that of one batch.
"""

import argparse
import datetime as dt
import json
import sys

from dossiers.catalogue.conditions import holds
from dossiers.models import ProcedureVersion
from dossiers.models.procedure import published
from portal.accounts.api import contact_digests
from portal.core import clock
from portal.core.door import acting
from tests import database
from tests.benchmarks.loading import Bar, array, bare
from tests.benchmarks.places import existing, owner_of
from tests.benchmarks.population import (
    AGENTS_PER_CASES,
    CROWDED,
    SIGNING,
    Life,
    Office,
    Population,
    due_of,
    power_of,
    silence_of,
)
from tests.benchmarks.proofs import broken
from tests.benchmarks.tables import Tables
from workflows import deadlines
from workflows.enums import BEFORE_DECISION, CaseState, CheckAnswer, Outcome

S = CaseState
PARIS = "75"
BATCH = 4_000
SHARES = {"reviewer": 0.7, "signatory": 0.1, "supervisor": 0.08, "counter_agent": 0.12}
FIRST_DAY = dt.date(2015, 1, 1)
GROUNDS = ("Article inventé pour la mesure.", "Faits inventés pour la mesure.")
QUALITY = "Pour le préfet et par délégation, la cheffe du bureau (inventé)"
SWORN = "Je certifie sur l’honneur (texte inventé)."

_OFFICES = """
select p.code, d.code, sum(c.population), (array_agg(c.insee order by c.population desc))[1:20],
    (select min(s.id) from territory_service s join territory_remit r on r.service_id = s.id
        where s.prefecture_id = p.code and s.kind = 'residence' and r.department_id = d.code)
from territory_prefecture p join territory_department d on d.prefecture_id = p.code
join territory_commune c on c.department_id = d.code
where d.law_applies and c.population > 0 group by p.code, d.code order by p.code, d.code
"""


class Writer:
    """Turns a life into rows."""

    def __init__(self, tables: Tables, versions: dict, checks: dict):
        self.tables, self.versions, self.checks = tables, versions, checks

    def write(self, life: Life, today: dt.date) -> None:
        """Every row of one case."""
        moved = any(step.move == "reroute" for step in life.steps)
        office = life.office.code if moved else life.first_office.code
        whose = (life.dossier, life.applicant, office)
        number = f"99{life.serial:017d}"
        self._dossier(life, office, number)
        self._review(life, whose, number, today)
        for step in life.steps:
            self.tables.step.add(
                step.id,
                *whose,
                life.case,
                step.number,
                step.move,
                step.source,
                step.target,
                step.actor,
                step.role,
                step.office,
                submissions_of(life, step.number),
                step.move in ("mark_card_ready", "require_biometrics"),
                step.at,
            )
        for identifier, agent, since, until, why, ended_why in life.hands:
            self.tables.assignment.add(
                identifier, *whose, life.case, agent, since, until, why, ended_why
            )
        self._exchanges(life, whose)
        self._proposal(life, whose)
        self._decision(life, whose)

    def _dossier(self, life, office, number):
        tables, answers = self.tables, answers_of(life)
        person = life.person
        tables.user.add(life.applicant, email_of(life), "applicant", "!", "", None)
        tables.person.add(person, person + life.case)
        withdrawn = life.facts["ended_at"] if life.state == S.WITHDRAWN else None
        tables.dossier.add(
            life.dossier,
            life.applicant,
            life.procedure,
            self.versions[life.procedure],
            answers,
            person,
            office,
            life.office.department,
            number,
            life.filed_at,
            life.filed_at,
            life.filed_at,
            life.facts.get("decided_at"),
            withdrawn,
        )
        filings = [(life.submission, life.filed_at)]
        filings += [(request[::-1], closed) for request, _a, _d, closed in life.pauses if closed]
        for which, (identifier, at) in enumerate(filings, start=1):
            tables.submission.add(
                identifier,
                life.dossier,
                life.applicant,
                office,
                which,
                answers,
                "[]",
                SWORN,
                "fr",
                at,
            )

    def _review(self, life, whose, number, today):
        facts, state, silence = life.facts, life.state, silence_of(life)
        proposed = "proposal" in facts and state != S.WITHDRAWN
        decided = "decided_at" in facts
        granted = decided and life.outcome == "grant"
        flagged = silence if state in BEFORE_DECISION and silence <= today else None
        last = life.steps[-1].number
        due = due_of(life, silence)
        self.tables.case.add(
            life.case,
            *whose,
            state,
            last,
            submissions_of(life, last),
            number,
            life.procedure,
            f"Personne Inventée {life.serial}",
            life.filed_at,
            life.limit.code,
            life.limit.article,
            life.limit.months,
            life.limit.days,
            silence,
            flagged,
            *((due.on, due.rule, due.article) if due else (None, "", "")),
            life.reviewer,
            keys_of(life),
            *route_of(life, whose[2]),
            facts.get("complete_at"),
            facts["back_to"],
            facts["request"] if state == S.COMPLETION_REQUESTED else None,
            facts["opinion"] if state == S.OPINION_REQUESTED else None,
            facts.get("proposed_by") if proposed else None,
            life.outcome if proposed else "",
            submissions_of(life, last) if proposed else None,
            facts.get("decided_by"),
            facts.get("decided_at"),
            life.outcome if decided else "",
            *(title_of(life)[:2] if granted else (None, None)),
            life.procedure == "student-renewal" or "order" in facts,
            facts.get("ordered_at"),
            f"X{life.serial}" if "produced_at" in facts else "",
            facts.get("ended_at"),
        )

    def _exchanges(self, life, whose):
        """What was asked of the person and of partner services."""
        facts = life.facts
        for request, asked_on, due_on, closed_at in life.pauses:
            self.tables.request.add(
                request,
                *whose,
                1,
                facts["asked_at"],
                due_on,
                closed_at,
                *(("supplied", 2) if closed_at else ("", None)),
            )
            self.tables.item.add(
                request[::-1],
                request,
                *whose,
                "field",
                "passport_number",
                True,
                "Illisible (inventé).",
                closed_at,
            )
            self.tables.pause.add(
                request[::-1],
                *whose,
                life.case,
                request,
                asked_on,
                due_on,
                deadlines.legal_day(closed_at) if closed_at else None,
                closed_at,
            )
        if "opinion" in facts:
            settled = facts.get("opinion_settled_at")
            self.tables.opinion.add(
                facts["opinion"],
                *whose,
                life.case,
                "school",
                "Question inventée.",
                facts["opinion_at"].date() + dt.timedelta(days=30),
                facts["opinion_by"],
                facts["opinion_at"],
                "favourable" if settled else "",
                settled,
            )

    def _proposal(self, life, whose):
        """What was proposed, and what was verified before."""
        facts = life.facts
        if "proposal" not in facts:
            return
        settled = facts.get("decided_at")
        self.tables.proposal.add(
            facts["proposal"],
            *whose,
            life.case,
            life.outcome,
            *GROUNDS,
            *(title_of(life) if life.outcome == "grant" else (None, None, None)),
            "close-not-supplied" if life.outcome == "close" else "",
            submissions_of(life, life.steps[-1].number),
            facts["proposed_by"],
            facts["proposed_at"],
            settled,
            "signed" if settled else "",
        )
        for position, (code, answer, by_rule) in enumerate(
            self.checks[life.procedure].get(life.outcome, ()), start=1
        ):
            self.tables.check.add(
                f"{facts['proposal'][:30]}{position:02x}",
                *whose,
                life.case,
                facts["proposal"],
                position,
                code,
                answer,
                by_rule,
                "" if by_rule else "Vu au dossier (inventé).",
            )

    def _decision(self, life, whose):
        """The signature, the card."""
        facts = life.facts
        settled = facts.get("decided_at")
        if settled:
            signed = next(step for step in life.steps if step.move in SIGNING)
            self.tables.decision.add(
                facts["decision"],
                *whose,
                life.case,
                facts["proposal"],
                signed.id,
                life.outcome,
                facts["proposed_by"],
                facts["decided_by"],
                "Signataire Inventé",
                QUALITY,
                power_of(facts["decided_by"]),
                signed.office,
                settled,
            )
        if "order" in facts:
            produced, step = facts.get("produced_at"), facts["order_step"]
            self.tables.order.add(
                facts["order"],
                *whose,
                life.case,
                step.id,
                f"{life.case}-{step.number}",
                "produced" if produced else "sent",
                f"M{life.serial}",
                facts["ordered_at"],
                produced,
            )


def submissions_of(life: Life, until: int) -> int:
    """How many filings there were at a step."""
    return 1 + sum(step.move == "receive_completion" for step in life.steps[:until])


def title_of(life: Life) -> tuple:
    """The dates of the title granted, and its months."""
    starts_on = life.facts["proposed_at"].date() + dt.timedelta(days=30)
    return starts_on, deadlines.title_ends_on(starts_on=starts_on, months=12), 12


def email_of(life: Life) -> str:
    return f"personne-{life.serial}@exemple.invalid"


def keys_of(life: Life) -> str:
    """The digests of what the person lives by, as the portal keeps them: an array."""
    address = (f"{life.serial} rue de l’Exemple", "99999")
    return array(sorted(contact_digests(emails=[email_of(life)], addresses=[address])))


def route_of(life: Life, office: str) -> tuple:
    """The service that has the case, and the rule that found it: an agent chose a first office."""
    if office != life.office.code:
        return life.first_office.service, "chosen"
    if life.office.service is None:
        return None, "office_alone"
    if office == PARIS:
        return life.office.service, "police_prefecture"
    return life.office.service, "overseas" if office.startswith("97") else "residence"


def answers_of(life: Life) -> str:
    """What the person wrote, visibly invented."""
    return json.dumps(
        {
            "birth_name": "Inventée",
            "given_names": f"Personne {life.serial}",
            "birth_date": "1999-05-04",
            "nationality": "BR",
            "passport_number": f"ZZ{life.serial:07d}",
            "address_line": f"{life.serial} rue de l’Exemple",
            "postcode": "99999",
            "email": email_of(life),
            "commune": life.commune,
        },
        ensure_ascii=False,
    )


def offices_of(login, cases: int, tables: Tables, first_id: int) -> list[Office]:
    """The offices of the country with their agents, whose rows are added on the way."""
    found = [
        Office(
            code,
            department,
            tuple(communes),
            float(people) * CROWDED.get(code, 1.0),
            service=service,
        )
        for code, department, people, communes, service in login.execute(_OFFICES).fetchall()
    ]
    total, number = sum(office.weight for office in found), first_id
    for office in found:
        for role, share in SHARES.items():
            wanted = cases / AGENTS_PER_CASES * office.weight / total * share
            held = office.agents[role] = range(number, number + max(2, round(wanted)))
            for agent in held:
                add_agent(tables, agent, office.code, role)
            number += len(held)
    return found


def add_agent(tables: Tables, agent: int, office: str, role: str) -> None:
    """One agent with a post; a signatory with the power to sign everything."""
    name = f"agent-{agent}"
    tables.user.add(agent, f"{name}@exemple.invalid", "agent", "!", name, f"INVENTE-{agent}")
    tables.post.add(agent, office, role, FIRST_DAY)
    if role == "signatory":
        tables.power.add(
            power_of(agent),
            agent,
            office,
            array(Outcome.values),
            QUALITY,
            f"Arrêté inventé n° {agent}",
            FIRST_DAY,
            FIRST_DAY,
        )


def fill(name: str, *, cases: int, seed: int, years: float = 2.0, progress=None) -> None:
    """Fill a clone; the rows are committed batch after batch."""
    tables = Tables()
    with owner_of(name) as login:
        login.execute("set synchronous_commit = off")
        versions, limits, checks = procedures()
        (now,) = login.execute("select date_trunc('minute', portal_now())").fetchone()
        (first_id,) = login.execute("select coalesce(max(id), 0) + 1 from accounts_user").fetchone()
        offices = offices_of(login, cases, tables, first_id)
        first_applicant = first_id + len(tables.user.rows)
        population = Population(
            seed=seed, now=now.astimezone(dt.UTC), offices=offices, limits=limits, years=years
        )
        writer, bar = Writer(tables, versions, checks), progress or Bar("cases")
        with bare(login, [table.name for table in tables.all()]):
            for serial in range(1, cases + 1):
                life = population.life(serial, first_applicant + serial - 1)
                writer.write(life, clock.legal_day(now))
                if serial % BATCH == 0 or serial == cases:
                    tables.flush(login)
                    bar.show(serial, cases)
        for table in ("accounts_user", "accounts_post"):
            login.execute(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
            )
        login.execute("vacuum analyze")


def procedures() -> tuple[dict, dict, dict]:
    """The version in force of each procedure, its rule of silence, its checklist by outcome."""
    versions, limits, checks = {}, {}, {}
    with acting(None):
        for version in ProcedureVersion.objects.order_by("published_at", "pk"):
            versions[version.code] = version.pk
            procedure = published(version.pk)
            limits[version.code] = deadlines.limit_of(procedure.deadlines)
            checks[version.code] = {
                str(outcome): list(checklist(procedure.checks, outcome))
                for outcome in (Outcome.GRANT, Outcome.REFUSE)
            }
    return versions, limits, checks


def checklist(checks, outcome):
    """(code, answer, by rule) of each check, as this outcome needs them."""
    failed = outcome != Outcome.REFUSE
    for check in checks:
        applies = holds(check.when, {})
        answer = CheckAnswer.MET if applies else CheckAnswer.NOT_APPLICABLE
        if applies and not failed and outcome in check.outcomes:
            answer, failed = CheckAnswer.NOT_MET, True
        yield check.code, answer.value, not applies


def main():
    """Clone, fill, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--years", type=float, default=2.0)
    parser.add_argument("--name", default="portal_national")
    options = parser.parse_args()
    database.clone(options.name)
    with existing(options.name):
        fill(options.name, cases=options.cases, seed=options.seed, years=options.years)
        with owner_of(options.name) as login:
            if wrong := broken(login):
                sys.exit("\n".join(wrong))
    print(f"{options.name} holds {options.cases} cases; dropdb it when you are done.")


if __name__ == "__main__":
    sys.exit(main())
