"""The agents of an office: who is present, for what, and who is close to a dossier."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from portal.accounts.contacts import digests
from portal.accounts.enums import Role
from portal.accounts.models import Absence, AgentContact, AgentSkill, Post, User
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Member:
    """One agent of an office, as their supervisor sees them."""

    user: User
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    absences: tuple[Absence, ...]
    is_away: bool


def reviewers_present(
    prefecture_code: str | None, day: date, *, procedure_code: str | None = None
) -> list[int]:
    """The reviewers of an office who work on this day; with a procedure, those who handle it."""
    posts = _reviewers(prefecture_code, day).filter(~_away(day)).order_by("user_id")
    if procedure_code:
        posts = posts.filter(_handles(procedure_code, day))
    return list(posts.values_list("user_id", flat=True).distinct())


def reviewers_of(prefecture_code: str, day: date) -> list[int]:
    """Every reviewer of an office on this day, the absent included."""
    posts = _reviewers(prefecture_code, day).order_by("user_id")
    return list(posts.values_list("user_id", flat=True).distinct())


def procedures_of(agent: User, day: date) -> list[str] | None:
    """The procedures that an agent handles on this day; None for an agent who handles all."""
    if not agent.skills.exists():
        return None
    held = agent.skills.held_on(day).order_by("procedure_code")
    return list(held.values_list("procedure_code", flat=True))


def away_for_long(prefecture_code: str, day: date, longer_than: int) -> list[int]:
    """Agents of an office whose absence of this day lasts more days than that in all."""
    absences = Absence.objects.lasting_on(day).filter(
        Exists(Post.objects.held_on(day).filter(user=OuterRef("user"), prefecture=prefecture_code))
    )
    return sorted(
        one.user_id
        for one in absences.order_by("pk")
        if (one.back_on - one.starts_on).days > longer_than
    )


def agents_sharing(keys) -> frozenset[int]:
    """The agents who live by one of these digests; the digests themselves stay unread."""
    if not keys:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("select accounts_agents_sharing(%s)", [list(keys)])
        return frozenset(row[0] for row in cursor.fetchall())


def team_of(prefecture_code: str, day: date) -> list[Member]:
    """The agents of an office, by name, with what they handle and when they are away."""
    posts: dict[User, list[str]] = {}
    held = Post.objects.held_on(day).filter(prefecture=prefecture_code, user__is_active=True)
    for post in held.select_related("user").order_by("user__display_name", "user_id", "role"):
        posts.setdefault(post.user, []).append(post.role)
    skills = AgentSkill.objects.held_on(day).filter(user__in=list(posts)).order_by("procedure_code")
    absences = (
        Absence.objects.not_over(day).filter(user__in=list(posts)).order_by("starts_on", "pk")
    )
    known, away = list(skills), list(absences)
    return [
        Member(
            user=user,
            roles=tuple(roles),
            skills=tuple(one.procedure_code for one in known if one.user_id == user.pk),
            absences=tuple(one for one in away if one.user_id == user.pk),
            is_away=any(one.user_id == user.pk and one.starts_on <= day for one in away),
        )
        for user, roles in posts.items()
    ]


def colleagues_of(supervisor: User, day: date):
    """The other agents of the offices that this supervisor serves."""
    posts = Post.objects.held_on(day).filter(
        user=OuterRef("pk"), prefecture__in=supervisor.prefectures
    )
    people = User.objects.filter(Exists(posts), is_active=True).exclude(pk=supervisor.pk)
    return people.order_by("display_name", "pk")


@transaction.atomic
def record_absence(
    *, user: User, starts_on: date, ends_on: date, actor: User, day: date
) -> Absence:
    """A supervisor says when a colleague is away, both days included.

    Raises DomainRefusal for days already written, PermissionDenied outside their office.
    """
    _supervises(actor, user, day)
    if ends_on < starts_on:
        raise DomainRefusal(_("La fin de l’absence précède son début."))
    sentences = {
        "an_agent_is_absent_once_at_a_time": _("Une absence est déjà notée à ces dates."),
        "nobody_records_their_own_absence": _("Une autre personne doit noter votre absence."),
    }
    with refusing(sentences):
        absence = Absence.objects.create(
            user=user, starts_on=starts_on, back_on=ends_on + ONE_DAY, recorded_by=actor
        )
    _note("agent.absence", absence)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, actor: User, day: date) -> Absence:
    """The agent is back from this day on; an absence to come is called off. Twice is once."""
    _supervises(actor, absence.user, day)
    absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
    if absence.back_on > max(absence.starts_on, day):
        absence.back_on = max(absence.starts_on, day)
        absence.save(update_fields=["back_on"])
        _note("agent.absence_ended", absence)
    return absence


@transaction.atomic
def set_skills(user: User, procedures, *, on: date) -> None:
    """From this day the agent handles these procedures and no other; needs the worker's role."""
    wanted, held = set(procedures), user.skills.held_on(on)
    ended = held.exclude(procedure_code__in=wanted)
    # a skill given and taken back on the same day serves until tonight
    ended.filter(starts_on=on).update(ends_on=on)
    ended.filter(starts_on__lt=on).update(ends_on=on - ONE_DAY)
    held.filter(procedure_code__in=wanted).update(ends_on=None)
    known = set(held.values_list("procedure_code", flat=True))
    for code in sorted(wanted - known):
        AgentSkill.objects.create(user=user, procedure_code=code, starts_on=on)


@transaction.atomic
def set_contacts(user: User, *, at: datetime, emails=(), phones=(), addresses=()) -> int:
    """Keep the digests of what this agent lives by now, and forget the others.

    The professional address counts too. Needs the worker's role: no page can write them.
    """
    wanted = digests(emails=[user.email, *emails], phones=phones, addresses=addresses)
    known = user.contacts.filter(forgotten_at=None)
    known.exclude(digest__in=wanted).update(forgotten_at=at)
    kept = set(known.values_list("digest", flat=True))
    AgentContact.objects.bulk_create(
        AgentContact(user=user, kind=kind, digest=digest)
        for digest, kind in wanted.items()
        if digest not in kept
    )
    return len(wanted)


def _reviewers(prefecture_code, day):
    return Post.objects.held_on(day).filter(
        prefecture=prefecture_code, role=Role.REVIEWER.value, user__is_active=True
    )


def _handles(procedure_code, day):
    """Skilled for the procedure, or an agent for whom no skill was ever written."""
    ever = AgentSkill.objects.filter(user=OuterRef("user"))
    return Q(~Exists(ever)) | Q(Exists(ever.held_on(day).filter(procedure_code=procedure_code)))


def _away(day):
    return Exists(Absence.objects.lasting_on(day).filter(user=OuterRef("user")))


def _supervises(actor, user, day):
    """Only a supervisor of an office where the agent serves."""
    if (
        Role.SUPERVISOR.value not in actor.roles
        or not colleagues_of(actor, day).filter(pk=user.pk).exists()
    ):
        raise PermissionDenied("absence")


def _note(act, absence):
    journal.record(
        act,
        subject_type="agent",
        subject_id=absence.user_id,
        facts={
            "from": absence.starts_on.isoformat(),
            "back": absence.back_on.isoformat(),
        },
    )
