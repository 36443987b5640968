"""A small country for hostile tests: two prefectures, their agents, dossiers in every state."""

import datetime as dt
import itertools
from types import SimpleNamespace

from appointments.enums import OutageKind
from appointments.models import Clearance, Closure
from appointments.services import screens, urgency
from appointments.services.closing import close_site, take_out_counter
from dossiers.models import Failure
from dossiers.services import consulting, exporting, extending, incidents
from dossiers.services.albums import add_page
from dossiers.services.amending import add_file
from dossiers.services.arriving import begin_upload
from dossiers.services.dropping import drop_album
from dossiers.services.stating import state
from portal.accounts.api import set_contacts
from portal.accounts.models import Absence
from portal.core import clock
from portal.core.door import acting, acting_for, also
from portal.territory.api import Counter
from portal.vault import api as vault
from portal.vault.arrival import services as arrival
from portal.vault.arrival import staging
from tests.factories import appointments as visits
from tests.factories import dossiers
from tests.factories.accounts import PostFactory, UserFactory, as_worker
from tests.factories.assistance import opened, recognised
from tests.factories.batches import closing
from tests.factories.cms import first_pages
from tests.factories.couples import linked, mistyped
from tests.factories.mandates import firm, given, held, invited, joined
from tests.factories.vault import bear_a_seal, clear_papers_of
from tests.factories.workflows import (
    PAPEETE,
    Life,
    amended,
    answered,
    assigned,
    empower,
    filed_dossier,
    object_to,
    put_right,
)
from workflows.enums import ROUTING_DESK
from workflows.models import CardDispatch, CardOrder, Case
from workflows.queries.completions import to_review
from workflows.services import alarms, producing, transferring
from workflows.services.reading import mark_read
from workflows.services.reviewing import review_items

POSTS = ("reviewer", "signatory", "counter_agent", "supervisor")
PLACES = {"34": ("34172", "34000"), "75": ("75115", "75015")}
_numbers = itertools.count(1)


class OwnLife(Life):
    """A case led by the office's own agents, from a dossier filed with its papers."""

    def __init__(self, office, owner, people, *, dossier=None):
        self.office, self.applicant = office, owner
        self.reviewer, self.signatory = people["reviewer"], people["signatory"]
        self.counter, self.supervisor = people["counter_agent"], people["supervisor"]
        self.dossier = dossier or dossiers.filed(owner, **answers(office))
        with acting(None, prefectures=[office, ROUTING_DESK]):
            case = Case.objects.get(dossier=self.dossier)
        self.id = case.pk
        if case.is_in_review:
            assigned(self.id, self.reviewer)


def answers(office):
    """Answers of somebody who lives there, known by numbers of their own."""
    number, (commune, postcode) = next(_numbers), PLACES[office]
    return {
        "commune": commune,
        "postcode": postcode,
        "passport_number": f"ZZ{number:06}",
        "foreigner_number": f"99{number:08}",
    }


def build(owner_login):
    """Everything, in the present transaction; `owner_login` opens the sites."""
    places = visits.places(owner_login)
    world = SimpleNamespace(here=_office("34"), away=_office("75"))
    world.here.place, world.away.place = places.elsewhere, places.here
    for office in (world.here, world.away):
        visits.open_counters(office.place)
        _appoint(office)
    _more_lives(world.here, world.away)
    _silences(world.here, world.away)
    world.others = _others()
    with visits.role("editing"):
        first_pages()
    return world


def _office(code):
    people = {role: UserFactory(prefecture=code, **{role: True}) for role in POSTS}
    empower(people["signatory"], code)
    owner = UserFactory()
    office = SimpleNamespace(code=code, people=people, owner=owner, lives={})
    office.lives["filed"] = OwnLife(code, owner, people)
    # of an agent who signs: the office's only reviewer goes on receiving cases
    office.absence = Absence.objects.create(
        user=people["signatory"],
        recorded_by=people["supervisor"],
        starts_on=clock.today(),
        back_on=clock.today() + dt.timedelta(days=400),
    )
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(people["counter_agent"], at=act.now, phones=["0601020304"])
    office.batch = closing(office.lives["filed"])
    office.draft = dossiers.draft(owner, evidence=True, **answers(code))
    with acting(owner.pk):
        office.draft_evidence = office.draft.evidence.order_by("pk").first().pk
    _send(office)
    _ask_register(office)
    for dossier in (office.draft, office.lives["filed"].dossier):
        bear_a_seal(clear_papers_of(dossier)[0])
    return office


def _ask_register(office):
    """A question to the register that nobody has answered yet."""
    with acting(office.owner.pk) as act:
        consulting.ask(
            dossier_id=office.draft.pk,
            applicant=office.owner,
            foreigner_number="9900000001",
            birth_date=dt.date(1999, 5, 4),
            at=act.now,
        )


def _send(office):
    """A file on its way to the draft, and photographs that were thrown away."""
    dossier, owner = office.draft, office.owner
    piece, kept = (
        staging.put(b"\xff\xd8", dossier.pk),
        vault.keep(dossiers.picture(), subject_id=dossier.pk),
    )
    with acting(owner.pk) as act:
        upload = begin_upload(
            dossier=dossier,
            rule_code="passport",
            name="passeport.jpg",
            size=1000,
            language="fr",
            at=act.now,
        )
        arrival.take_piece(upload.pk, 0, piece)
        page = add_page(
            dossier_id=dossier.pk, applicant=owner, rule_code="passport", kept=kept, at=act.now
        )
        drop_album(album_id=page.album_id, at=act.now)
        incidents.record(owner.pk, "page", place="dossiers:tasks", dossier_id=dossier.pk)
        failure = Failure.objects.get(applicant=owner)
        incidents.certify(
            source=f"failure-{failure.pk}", dossier_id=dossier.pk, applicant=owner, at=act.now
        )
        exporting.ask(dossier_id=dossier.pk, applicant=owner, language="fr", at=act.now)
    office.draft_upload = upload.pk


def _appoint(office):
    # One draft a person and procedure: this life belongs to a second account of the office.
    office.visitor = UserFactory()
    life = OwnLife(office.code, office.visitor, office.people).granted().card_ready()
    visits.run(office.code)
    life.appointment = visits.appointment_of(life)
    clear_papers_of(life.dossier)
    office.lives["appointed"] = life
    site = visits.site(office.place)
    with acting_for(office.people["supervisor"]):
        _shut(office, site)
    with acting_for(office.people["counter_agent"]):
        office.screen = screens.open_screen(site, user=office.people["counter_agent"])


def _shut(office, site):
    """A site and a counter that are shut in a far season, in which nobody is expected."""
    starts_at = clock.now() + dt.timedelta(days=300)
    ends_at = starts_at + dt.timedelta(days=5)
    close_site(site=site, starts_at=starts_at, ends_at=ends_at, reason="Travaux")
    office.closure = Closure.objects.get(site=site)
    counter = Counter.objects.select_related("site").get(pk=office.place.counters[0])
    office.outage, _hit = take_out_counter(
        counter=counter, starts_at=starts_at, ends_at=ends_at, kind=OutageKind.OUT_OF_ORDER
    )


def _more_lives(office, away):
    """The other states, all of them another account's."""
    lives, second = office.lives, office.visitor

    def one():
        return OwnLife(office.code, second, office.people)

    lives["completion"] = one().completion_asked(days=60)
    _remind(lives["completion"], days=51)
    lives["answered"] = answered(one().completion_asked(days=60))
    _read_answers(answered(one().completion_asked(days=60)))
    lives["corrected"] = one()
    put_right(lives["corrected"])
    lives["contested"] = one()
    object_to(lives["contested"], put_right(lives["contested"]))
    lives["amending"] = _changing(office, one())
    lives["review"] = one().acknowledged()
    lives["opinion"] = one().acknowledged().opinion_asked()
    lives["proposed"] = one().acknowledged().proposed()
    lives["awaiting"] = one().acknowledged().supply_asked().proposed("grant").signed()
    lives["retraction"] = one().granted().retraction_proposed()
    lives["refused"] = one().acknowledged().proposed("refuse").signed()
    office.card_to_send = _moved(one().granted(), to="69")
    office.card_awaited = _moved(OwnLife("75", second, away.people).granted(), to=office.code)
    office.urgency = _urgent(one().granted().card_ready())
    lives["offered"] = visits.willing(one().granted().card_ready())
    lives["waiting"] = one().granted().card_ready()
    lost = filed_dossier(second, commune=PAPEETE)
    lives["unrouted"] = OwnLife(office.code, second, office.people, dossier=lost)


def _changing(office, life):
    """Changed once and read, with a file that waits to be sent and a statement to answer."""
    amended(life)
    kept = vault.keep(dossiers.picture(), subject_id=life.dossier.pk)
    with acting(life.applicant.pk) as act:
        facts = {"dossier_id": life.dossier.pk, "applicant": life.applicant, "at": act.now}
        added = add_file(rule_code="other_document", note="Lettre.", kept=kept, **facts)
        office.added = added.pk
        office.statement = state(kind="card_not_given", text="", **facts).pk
    with life.desk() as act:
        mark_read(case_id=life.id, number=2, actor=life.reviewer, at=act.now)
    return life


def _moved(life, *, to):
    """Somebody moves whose card is made already: it is to be sent after them."""
    with visits.role("worker"), acting(None, scope="system") as act:
        order = CardOrder.objects.get(case_id=life.id)
        taken = producing.MakerAnswer("M1", "taken")
        producing.note_sent(card_order_id=order.pk, answer=taken, at=act.now)
        producing.note_produced(card_order_id=order.pk, card_number="SIM1", at=act.now)
    with acting(life.applicant.pk) as act:
        transferring.transfer(
            case_id=life.id, prefecture_code=to, reason="Déménagement.", at=act.now
        )
        return CardDispatch.objects.on_their_way().get(order=order)


def _urgent(life):
    """Somebody waits for a visit that an agent of the counter says urgent."""
    with life.desk(life.counter) as act:
        clearance = Clearance.objects.live().get(dossier=life.dossier)
        return urgency.ask(
            clearance=clearance,
            ground="medical",
            reason="Une opération.",
            user=life.counter,
            at=act.now,
        )


def _silences(*offices):
    """Silence that ran out in each office, with the alarm that it raised."""
    for office in offices:
        life = OwnLife(office.code, office.visitor, office.people, dossier=_old(office))
        office.lives["silent"] = life.silent().reasons_asked()
        life = OwnLife(office.code, office.visitor, office.people)
        office.lives["appealed"] = life.acknowledged().proposed("refuse").signed().appealed()
        life = OwnLife(office.code, office.visitor, office.people)
        life.acknowledged().proposed("refuse").signed().appealed()
        office.lives["rejection"] = life.rejection_written()
        life = OwnLife(office.code, office.visitor, office.people)
        life.acknowledged().proposed("refuse").signed().appealed("hierarchical")
        office.lives["minister"] = life
        life = OwnLife(office.code, office.visitor, office.people, dossier=_old(office))
        office.lives["written"] = life.silent().reasons_asked().reasons_written()
    with visits.role("worker"), acting(None, scope="system") as act:
        alarms.raise_near(at=act.now)


def _old(office):
    filed_at = clock.now() - dt.timedelta(days=100)
    return filed_dossier(office.visitor, commune=PLACES[office.code][0], filed_at=filed_at)


def _remind(life, *, days):
    with acting(life.applicant.pk) as act:
        at = act.now + dt.timedelta(days=days)
        for request_id in extending.to_remind(clock.legal_day(at)):
            extending.remind(request_id=request_id, at=at)


def _read_answers(life):
    with life.desk() as act:
        found = {answer.item.pk: ("accepted", "") for answer in to_review(life.dossier)}
        review_items(case_id=life.id, verdicts=found, actor=life.reviewer, at=act.now)


def help_at_the_counters(built):
    """In each office an agent fills the owner's draft now, and has recognised somebody else."""
    for office in (built.here, built.away):
        helper = office.people["counter_agent"]
        opened(helper, office.owner)
        office.identification = recognised(helper, office.visitor).identification


def lend_to_helpers(built):
    """In each office somebody acts for two people by mandate, was offered a third, runs a firm."""
    for office in (built.here, built.away):
        office.helper = UserFactory()
        held(office.visitor, office.helper)
        office.mandate = held(office.owner, office.helper)
        office.offered_mandate = given(office.owner, office.helper.email)
        colleague = UserFactory()
        office.firm = firm(office.helper, registration=f"5521005{office.code}")
        office.membership = joined(office.firm, office.helper, colleague)
        other = firm(colleague, registration=f"5521006{office.code}")
        office.invitation = invited(other, colleague, office.helper)


def live_as_a_couple(built):
    """In each office the owner's draft is linked with that of the person they live with."""
    for office in (built.here, built.away):
        office.partner = UserFactory()
        theirs = dossiers.draft(office.partner, **answers(office.code))
        linked(office.partner, theirs, office.owner, office.draft)
        mistyped(office.partner, theirs)


def offer_a_near_place(office):
    """One volunteer is offered a seat of the coming days; nobody else knows of it."""
    visits.open_calendar(office.code)
    visits.run_near(office.code)
    office.offer = visits.offer_of(office.lives["offered"])
    assert office.offer is not None


def _others():
    yesterday = clock.today() - dt.timedelta(days=1)
    former = UserFactory(agent=True)
    PostFactory(user=former, prefecture_id="34", role="reviewer", ends_on=yesterday)
    gone = UserFactory(prefecture="34", reviewer=True)
    return {
        "stranger": UserFactory(),
        "editor": UserFactory(editor=True),
        "auditor": UserFactory(auditor=True),
        "administrator": UserFactory(administrator=True),
        "former": former,
        "gone": gone,
        "closed_account": UserFactory(is_active=False),
    }


def everybody():
    """The door open as wide as an office's can be: for reading results in tests."""
    return acting(None, prefectures=["34", "75", ROUTING_DESK])


__all__ = ["POSTS", "also", "build", "everybody"]
