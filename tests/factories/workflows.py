"""Filed dossiers and cases at any point of their life, made by the same moves as for real."""

import datetime as dt
import itertools

from dossiers import api as dossiers
from dossiers.api import Dossier, Submission
from dossiers.events import dossier_filed
from dossiers.models import Person, ProcedureVersion
from dossiers.services.amending import change_answers, send_amendment
from dossiers.services.completing import send_completion
from dossiers.services.correcting import contest
from dossiers.services.drafting import Typed, save_answers
from portal.accounts.api import Role, User
from portal.core import clock
from portal.core.door import acting, acting_for, also
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.dossiers import has_filed
from workflows.enums import AssignedWhy, CheckAnswer, Outcome, ReleasedWhy
from workflows.models import Appeal, Case, ReasonsRequest, SigningDelegation
from workflows.queries.supplies import awaited_of
from workflows.services import (
    appealing,
    correcting,
    deciding,
    delegating,
    opinions,
    producing,
    reasons,
    requesting,
    retracting,
    silence,
    supplying,
)
from workflows.services.checking import Checked
from workflows.services.holding import hold, release
from workflows.services.moves import advance, lock_case

PARIS_15 = "75115"
PAPEETE = "98735"
"""No office of the portal answers for it: a dossier filed from there waits to be routed."""
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

ASKED = ({"kind": "field", "code": "passport_number", "why": "Illisible."},)
NOT_ESSENTIAL = ({**ASKED[0], "essential": False},)
"""Asked without stopping the review."""


def applicant(**facts) -> User:
    """Somebody who asks."""
    return UserFactory(**facts)


def agent(*roles: str, office: str = "75") -> User:
    """An agent with these roles in one office; a reviewer unless said otherwise.

    A signatory may sign everything there.
    """
    user = UserFactory(prefecture=office, **dict.fromkeys(roles or (Role.REVIEWER.value,), True))
    if Role.SIGNATORY.value in roles:
        empower(user, office)
    return user


def empower(signatory: User, office: str, *, until=None, **facts) -> SigningDelegation:
    """A delegation of signature for every act and procedure, unless said otherwise."""
    whose = "Pour le préfet de police" if office == "75" else "Pour le préfet"
    order = {
        "acts": tuple(Outcome.values),
        "quality": f"{whose} et par délégation, la cheffe du bureau (exemple)",
        "reference": f"Arrêté inventé n° {next(_numbers)}",
        "signed_on": dt.date(2020, 1, 1),
        "starts_on": dt.date(2020, 1, 2),
    }
    with as_worker():
        return delegating.delegate(
            signatory=signatory,
            order=delegating.Order(prefecture_code=office, ends_on=until, **order | facts),
        )


def checked(dossier: Dossier, outcome: str) -> tuple[Checked, ...]:
    """The checklist answered as this outcome needs it: the first that founds a refusal fails."""
    answers, failed = [], outcome != Outcome.REFUSE
    for line in dossiers.checklist_of(dossier):
        if not line.applies:
            continue
        fails = not failed and outcome in line.outcomes
        failed = failed or fails
        answer = CheckAnswer.NOT_MET if fails else CheckAnswer.MET
        answers.append(Checked(line.code, answer.value, note="Vu au dossier."))
    return tuple(answers)


def checked_in_a_form(dossier: Dossier, outcome: str) -> dict:
    """The same as the fields of the proposal's page."""
    return {
        f"{part}_{one.code}": value
        for one in checked(dossier, outcome)
        for part, value in (("check", one.answer), ("note", one.note))
    }


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
            is_beside=has_filed(owner, procedure),
            answers=STUDENT_ANSWERS | {"commune": commune},
            person=person,
            department_code=commune[:3] if commune.startswith(("97", "98")) else commune[:2],
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

    def completion_asked(self, *, days: int = 30, items=ASKED):
        with self.desk() as act:
            due_on = clock.legal_day(act.now) + dt.timedelta(days=days)
        return self._do(
            self.reviewer,
            requesting.ask_completion,
            items=items,
            message="",
            due_on=due_on,
            round_reason="La réponse ne suffit pas encore.",
        )

    def supply_asked(self, *, days: int = 30, items=NOT_ESSENTIAL):
        """Something that is not essential is asked: the review goes on."""
        return self.completion_asked(days=days, items=items)

    def supply_confirmed(self, note: str = "Par courrier."):
        """Everything that the grant waits for was received."""
        with self.desk():
            received = {row.pk: note for row in awaited_of(self.case)}
        return self._do(self.reviewer, supplying.confirm, received=received)

    def opinion_asked(self):
        with self.desk() as act:
            due_on = clock.legal_day(act.now) + dt.timedelta(days=20)
        return self._do(
            self.reviewer,
            opinions.ask_opinion,
            kind="school",
            question="Assiduité ?",
            due_on=due_on,
        )

    def draft(self, outcome: str = "grant", *, months: int | None = 12, **facts):
        """What a reviewer writes to propose this outcome."""
        facts = GROUNDS | facts
        if outcome == "grant":
            title = {"title_starts_on": dt.date(2027, 3, 1), "title_months": months}
            facts = title | {"title_reason": "Durée voulue ici."} | facts
        if outcome == "close":
            return deciding.Draft(outcome, closure_code="close-not-supplied", **facts)
        with self.desk():
            return deciding.Draft(outcome, **{"checks": checked(self.dossier, outcome)} | facts)

    def proposed(self, outcome: str = "grant", *, months: int | None = 12):
        return self._do(self.reviewer, deciding.propose, draft=self.draft(outcome, months=months))

    def signed(self):
        return self._do(self.signatory, deciding.sign)

    def silent(self, *, days: int = 0):
        """Silence has run out, so many days later; the dossier must be old enough."""
        with acting(None, prefectures=[self.office]) as act:
            silence.flag(self.id, at=act.now + dt.timedelta(days=days))
        return self

    def reasons_asked(self):
        with acting(self.applicant.pk) as act:
            reasons.ask(case_id=self.id, actor=self.applicant, at=act.now)
        return self

    def reasons_written(self, writer: User | None = None):
        writer = writer or self.reviewer
        with self.desk(writer) as act:
            reasons.write(case_id=self.id, actor=writer, at=act.now, **GROUNDS)
        return self

    def reasons_signed(self):
        with self.desk(self.signatory) as act:
            seen = ReasonsRequest.objects.get(case_id=self.id).written_at
            reasons.sign(case_id=self.id, actor=self.signatory, at=act.now, seen=seen)
        return self

    def appealed(self, kind: str = "gracious"):
        with acting(self.applicant.pk) as act:
            appealing.file_appeal(
                case_id=self.id, kind=kind, text="Je conteste.", actor=self.applicant, at=act.now
            )
        return self

    def rejection_written(self, writer: User | None = None):
        writer = writer or self.reviewer
        with self.desk(writer) as act:
            appeal = Appeal.objects.get(case_id=self.id, settled_at=None)
            appealing.write_rejection(appeal_id=appeal.pk, actor=writer, at=act.now, **GROUNDS)
        return self

    def granted(self):
        """From received to what follows a grant: production, or the visit for prints."""
        return self.acknowledged().proposed("grant").signed()

    def retraction_proposed(self, *, days: int = 15):
        """A supervisor finds the grant unlawful; the person is invited to answer."""
        with self.desk() as act:
            due_on = clock.legal_day(act.now) + dt.timedelta(days=days)
        return self._do(self.supervisor, retracting.propose_retraction, due_on=due_on, **GROUNDS)

    def observations_sent(self, text: str = "Je conteste.", assisted_by: str = ""):
        with acting(self.applicant.pk) as act:
            facts = {"text": text, "assisted_by": assisted_by, "at": act.now}
            retracting.answer(case_id=self.id, applicant=self.applicant, **facts)
        return self

    def retracted(self):
        return self._do(self.signatory, retracting.sign_retraction)

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


def answered(life: Life) -> Life:
    """The person answers what `completion_asked` asked, and sends it."""
    with acting(life.applicant.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        typed = {"passport_number": Typed(value="ZZ000009")}
        if life.dossier.completion_requests.filter(items__code="birth_city").exists():
            typed["birth_city"] = Typed(value="Ville-Neuve")
        save_answers(typed=typed, **common)
        send_completion(language="fr", **common)
    return life


def amended(life: Life, person: User | None = None, **answers):
    """The person changes answers of their filed request, and sends them; the address by default."""
    person = person or life.applicant
    answers = answers or {"address_line": f"{next(_numbers)} rue Neuve"}
    with acting(person.pk) as act:
        common = {"dossier_id": life.dossier.pk, "applicant": person, "at": act.now}
        typed = {name: Typed(value=value) for name, value in answers.items()}
        working, _conflicts = change_answers(typed=typed, **common)
        return send_amendment(
            amendment_id=working.amendment.pk,
            seen=working.revision,
            sworn=True,
            language="fr",
            **common,
        )


def put_right(life: Life, *, person: User | None = None, seen: int | None = None, **new):
    """A reviewer corrects a slip; the address unless said otherwise."""
    person, case = person or life.reviewer, life.case
    seen = case.last_step if seen is None else seen
    with life.desk(person) as act:
        return correcting.correct(
            case_id=life.id,
            answers=new or {"address_line": "2 rue de l’Exemple"},
            reason="Chiffre inversé.",
            proof_id=None,
            actor=person,
            at=act.now,
            seen=seen,
            version=case.submission_number,
        )


def object_to(life: Life, made) -> None:
    """The person says that a correction is not exact."""
    with acting(life.applicant.pk) as act:
        contest(
            correction_id=made.pk, applicant=life.applicant, text="C’est bien le 1.", at=act.now
        )
