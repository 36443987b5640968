"""Filed dossiers and cases at any point of their life, made by the same moves as for real."""

import datetime as dt
import itertools

from dossiers.api import Dossier, Submission
from dossiers.events import dossier_filed
from dossiers.models import Person, ProcedureVersion
from portal.accounts.api import Role, User
from portal.core.door import acting, acting_for, also
from tests.factories.accounts import UserFactory
from workflows.enums import AssignedWhy, ReleasedWhy
from workflows.models import Case
from workflows.services import deciding, opinions, producing, requesting
from workflows.services.holding import hold, release
from workflows.services.moves import advance, lock_case

PARIS_15 = "75115"
_numbers = itertools.count(1)

STUDENT_ANSWERS = {
    "birth_name": "Exemple",
    "given_names": "Ada",
    "sex": "f",
    "birth_date": "1999-05-04",
    "birth_city": "Ville-Test",
    "birth_country": "BR",
    "nationality": "BR",
    "passport_number": "ZZ000001",
    "passport_ends_on": "2030-01-31",
    "title_kind": "student_card",
    "title_ends_on": "2027-02-28",
    "address_line": "1 rue de l’Exemple",
    "postcode": "75015",
    "commune": PARIS_15,
}
GROUNDS = {"grounds_law": "Article L. 422-1 du CESEDA.", "grounds_fact": "Études suivies."}


def applicant(**facts) -> User:
    """Somebody who asks."""
    return UserFactory(**facts)


def agent(*roles: str, office: str = "75") -> User:
    """An agent with these roles in one office; a reviewer unless said otherwise."""
    return UserFactory(prefecture=office, **dict.fromkeys(roles or (Role.REVIEWER.value,), True))


def filed_dossier(
    owner: User | None = None,
    *,
    procedure: str = "student-renewal",
    commune: str = PARIS_15,
    filed_at: dt.datetime | None = None,
) -> Dossier:
    """A dossier filed by its owner; the case opens as it does for real."""
    owner = owner or applicant()
    number = next(_numbers)
    with acting(owner.pk) as act:
        at = filed_at or act.now
        with also(scope="identify"):
            person = Person.objects.create(passport_key=f"{number:064x}")
        version = ProcedureVersion.objects.get(code=procedure)
        dossier = Dossier.objects.create(
            applicant=owner,
            procedure_code=procedure,
            version=version,
            answers=STUDENT_ANSWERS | {"commune": commune},
            person=person,
            department_code=commune[:3] if commune.startswith("97") else commune[:2],
            number=f"75026{number:014d}",
            filed_at=at,
            updated_at=at,
        )
        submission = Submission.objects.create(
            dossier=dossier,
            applicant=owner,
            number=1,
            answers=dossier.answers,
            sworn_text="Je certifie sur l’honneur.",
            language="fr",
            filed_at=at,
        )
        dossier_filed.announce(dossier=dossier, submission=submission, at=at)
    return dossier


def assigned(case_id, person: User) -> User:
    """Give a case to this agent for real, whoever a draw gave it to."""
    with acting(None, prefectures=person.prefectures) as act:
        case = lock_case(case_id)
        if case.reviewer_id != person.pk:
            release(case, why=ReleasedWhy.SUPERVISOR, at=act.now)
            hold(case, person.pk, why=AssignedWhy.ROUTED)
    return person


class Life:
    """Leads one case from filing to its end, each move made by somebody who may.

    Give `dossier` to follow one that was filed otherwise, with its evidence for instance.
    """

    def __init__(self, *, office: str = "75", dossier: Dossier | None = None, **facts):
        self.office = office
        self.reviewer = agent(Role.REVIEWER.value, office=office)
        self.signatory = agent(Role.SIGNATORY.value, office=office)
        self.counter = agent(Role.COUNTER_AGENT.value, office=office)
        self.supervisor = agent(Role.SUPERVISOR.value, office=office)
        self.dossier = dossier or filed_dossier(**facts)
        self.applicant = self.dossier.applicant
        with self.desk():
            self.id = Case.objects.get(dossier=self.dossier).pk
        assigned(self.id, self.reviewer)

    @property
    def reviewer(self) -> User:
        """Whose case it is; to name another agent of the office gives them the case."""
        return self._reviewer

    @reviewer.setter
    def reviewer(self, person: User):
        self._reviewer = person
        if hasattr(self, "id"):
            assigned(self.id, person)

    def desk(self, person: User | None = None):
        """The door, opened for an agent of the office."""
        return acting_for(person or self.reviewer)

    @property
    def case(self) -> Case:
        """The case as the office sees it now."""
        with acting(None, prefectures=[self.office]):
            return Case.objects.get(pk=self.id)

    def _do(self, person, service, **facts):
        with self.desk(person) as act:
            seen = Case.objects.get(pk=self.id).last_step
            service(case_id=self.id, actor=person, at=act.now, seen=seen, **facts)
        return self

    def acknowledged(self):
        return self._do(self.reviewer, advance, move="acknowledge")

    def completion_asked(self, *, days: int = 30):
        with self.desk() as act:
            due_on = act.now.date() + dt.timedelta(days=days)
        items = [{"kind": "field", "code": "passport_number", "why": "Illisible."}]
        return self._do(
            self.reviewer, requesting.ask_completion, items=items, message="", due_on=due_on
        )

    def opinion_asked(self):
        with self.desk() as act:
            due_on = act.now.date() + dt.timedelta(days=20)
        return self._do(
            self.reviewer,
            opinions.ask_opinion,
            kind="school",
            question="Assiduité ?",
            due_on=due_on,
        )

    def proposed(self, outcome: str = "grant", *, months: int = 12):
        title = {"title_starts_on": dt.date(2027, 3, 1), "title_months": months}
        draft = deciding.Draft(outcome=outcome, **GROUNDS, **(title if outcome == "grant" else {}))
        return self._do(self.reviewer, deciding.propose, draft=draft)

    def signed(self):
        return self._do(self.signatory, deciding.sign)

    def granted(self):
        """From received to what follows a grant: production, or the visit for prints."""
        return self.acknowledged().proposed("grant").signed()

    def prints_taken(self):
        with self.desk(self.counter) as act:
            producing.take_biometrics(case_id=self.id, actor=self.counter, at=act.now)
        return self

    def card_ready(self):
        with self.desk() as act:
            advance(
                case_id=self.id, move="mark_card_ready", actor=None, at=act.now, card_number="X1"
            )
        return self

    def handed_over(self):
        with self.desk(self.counter) as act:
            advance(case_id=self.id, move="hand_over", actor=self.counter, at=act.now)
        return self
