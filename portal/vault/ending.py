"""The end of files: by rule and date, or by order; never while a hold lasts.

A dossier's end is one transaction: its key is destroyed, its files become tombstones, the offices'
accesses are taken back. From then on nothing opens, whatever copy of the objects is left; the
objects themselves go by jobs.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from portal.core import clock, constraints, door, journal
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue, enqueue_many
from portal.vault import events, keyring, keys, services, stores
from portal.vault.enums import Removal, Situation
from portal.vault.errors import StorageDown
from portal.vault.models import (
    AccessGrant,
    DataKey,
    Keeping,
    LegalHold,
    RetentionRule,
    StoredFile,
)

logger = logging.getLogger(__name__)
_PASSING_AT_ONCE = 1000

_REFUSALS = {
    "a_key_is_not_destroyed_while_held": _(
        "Les fichiers de ce dossier sont retenus : ils ne peuvent pas être supprimés."
    ),
    "a_dossier_whose_files_went_stays_so": _(
        "Les fichiers de ce brouillon ont été supprimés après une longue absence. "
        "Commencez une nouvelle demande."
    ),
    **services.REFUSALS,
}
_KEEP_MANY = """
insert into vault_keeping (situation, subject_id, since)
select %s, line.* from unnest(%s::uuid[], %s::date[]) as line
on conflict (subject_id) do update set situation = excluded.situation, since = excluded.since
    where vault_keeping.expired_at is null
"""


@dataclass(frozen=True)
class Ended:
    """What went, or would go, with a dossier."""

    subject_id: UUID
    files: int
    size: int


@dataclass(frozen=True)
class Due:
    """A dossier whose time is over, and the rule that says so."""

    subject_id: UUID
    situation: str
    since: date
    days: int


def keep_from(subject_id: UUID, situation: str, since: date) -> None:
    """Say that the time of a dossier's files runs from this day, in this situation.

    Raises DomainRefusal when they have already gone.
    """
    _say(subject_id, Situation(situation).value, since)


def keep_open(subject_id: UUID) -> None:
    """Say that nothing runs: the dossier is alive. Raises DomainRefusal if its files have gone."""
    _say(subject_id, None, None)


def keep_many_from(situation: str, lines: Sequence[tuple[UUID, date]]) -> int:
    """The same for many dossiers, by the worker; those whose files have gone are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP_MANY,
            [
                Situation(situation).value,
                [one for one, _day in lines],
                [day for _one, day in lines],
            ],
        )
        return cursor.rowcount


def _say(subject_id, situation, since):
    with constraints.refusing(_REFUSALS), connection.cursor() as cursor:
        cursor.execute("select vault_keep_from(%s, %s, %s)", [subject_id, situation, since])


def rules(on: date) -> dict[str, RetentionRule]:
    """The rule in force on a day for each situation; a situation without rule never expires."""
    written = RetentionRule.objects.filter(starts_on__lte=on).order_by("situation", "starts_on")
    return {rule.situation: rule for rule in written}


def without_rule(on: date) -> list[str]:
    """The situations, in words, that no rule of that day ends: their files are kept without end."""
    written = rules(on)
    return [str(one.label) for one in Situation if one.value not in written]


def due(on: date, most: int) -> list[Due]:
    """The dossiers whose time is over, the longest over first, those on hold left out."""
    held = LegalHold.objects.filter(ended_at=None).values("subject_id")
    found = []
    for situation, rule in rules(on).items():
        over = Keeping.objects.filter(
            situation=situation, since__lt=on - timedelta(days=rule.days), expired_at=None
        ).exclude(subject_id__in=held)
        found += [
            Due(line.subject_id, situation, line.since, rule.days)
            for line in over.order_by("since", "subject_id")[:most]
        ]
    return sorted(found, key=lambda one: (one.since + timedelta(days=one.days), one.subject_id))[
        :most
    ]


def left_today(on: date) -> int:
    """How many dossiers may still expire today: the ceiling, less those that did."""
    midnight = datetime.combine(on, time.min, clock.PARIS)
    done = Keeping.objects.filter(expired_at__gte=midnight).count()
    return max(settings.VAULT_EXPIRED_A_DAY - done, 0)


def end_if_due(one: Due) -> Ended | None:
    """End the files of a dossier whose time is over.

    None when something changed meanwhile, when the day's ceiling is reached (two runs at once
    count together), or when a room above, or a hold, refuses.
    """
    try:
        return _end_if_due(one)
    except DomainRefusal as refusal:
        logger.warning("vault: %s was not ended: %s", one.subject_id, refusal)
        return None


def _end_if_due(one):
    with door.acting(None, scope="system") as act:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext('vault.expire'))")
        if not left_today(clock.legal_day(act.now)):
            return None
        line = Keeping.objects.select_for_update(of=("self",)).get(subject_id=one.subject_id)
        if line.expired_at or (line.situation, line.since) != (one.situation, one.since):
            return None
        return expire(one.subject_id, Removal.EXPIRED)


@transaction.atomic
def expire(subject_id: UUID, why: str) -> Ended:
    """Destroy a dossier's key, leave tombstones of its files, take every access back.

    Doing it again does nothing more. Raises DomainRefusal while the dossier is on hold; only
    the worker may.
    """
    at = clock.now()
    destroyed = _destroy_key(subject_id, at)
    files = list(StoredFile.objects.about(subject_id).values_list("pk", "size"))
    ended = Ended(subject_id, len(files), sum(size for _pk, size in files))
    if not (destroyed or files):
        return ended
    StoredFile.objects.about(subject_id).update(
        removed_at=at, removed_why=why, original_name="", trouble="", trouble_since=None
    )
    AccessGrant.objects.open().filter(subject_id=subject_id).update(revoked_at=at)
    Keeping.objects.filter(subject_id=subject_id, expired_at=None, since__isnull=False).update(
        expired_at=at
    )
    enqueue("vault.destroy_key_objects", subject_id=str(subject_id))
    enqueue_many("vault.delete_objects", [{"file_id": str(pk)} for pk, _size in files])
    line = Keeping.objects.filter(subject_id=subject_id).first()
    journal.record(
        "documents.ended",
        subject_type="dossier",
        subject_id=subject_id,
        dossier_id=subject_id,
        facts={
            "why": str(why),
            "situation": line.situation if line else "",
            "files": ended.files,
        },
    )
    events.files_ended.announce(
        subject_id=subject_id,
        why=str(why),
        situation=line.situation if line else None,
        since=line.since if line else None,
        at=at,
    )
    return ended


def running(situation: str) -> list[tuple[UUID, date]]:
    """The dossiers whose time runs in a situation, each since its day; for who may know better."""
    lines = Keeping.objects.filter(situation=situation, expired_at=None, since__isnull=False)
    return list(lines.order_by("subject_id").values_list("subject_id", "since"))


def days_kept(situation: str, on: date) -> int | None:
    """How long the rule of a day keeps files in a situation; None without a rule."""
    rule = rules(on).get(situation)
    return rule.days if rule else None


def would_end(subject_id: UUID) -> Ended:
    """What `expire` would take."""
    found = StoredFile.objects.about(subject_id).aggregate(files=Count("pk"), size=Sum("size"))
    return Ended(subject_id, found["files"], found["size"] or 0)


def destroy_key_objects(subject_id: UUID) -> None:
    """Delete every object of a destroyed key, those that a killed rotation left included.

    Raises StorageDown when the store did not answer; doing it again deletes what is left.
    """
    with door.acting(None, scope="system"):
        if not DataKey.objects.filter(subject_id=subject_id, destroyed_at__isnull=False).exists():
            raise LookupError("this dossier's key lives")
    while names := stores.names_after(stores.KEYS, f"{keys.folder_of(subject_id)}/"):
        for name in names:
            if not stores.delete(stores.KEYS, name):
                raise StorageDown("a wrapped key was not deleted")


def hold(subject_id: UUID, reason: str) -> LegalHold:
    """Keep a dossier's files until the hold ends. Raises DomainRefusal when they have gone.

    Holding again keeps the first hold.
    """
    with constraints.refusing(_REFUSALS):
        line, made = LegalHold.objects.get_or_create(
            subject_id=subject_id,
            ended_at=None,
            defaults={"reason": reason, "begun_at": clock.now()},
        )
    if made:
        _record_hold("documents.held", line)
    return line


def release(subject_id: UUID) -> bool:
    """End a dossier's hold: its rule counts again, from the day that it did before."""
    line = LegalHold.objects.filter(subject_id=subject_id, ended_at=None).first()
    if line is None:
        return False
    line.ended_at = clock.now()
    line.save(update_fields=["ended_at"])
    _record_hold("documents.released", line)
    return True


def end_passing(at: datetime) -> int:
    """End the copies whose own time is over; their dossiers stay as they are. Returns how many.

    A hold keeps the dossier's own files, of which such a copy holds nothing more.
    """
    over = StoredFile.objects.kept().filter(ends_at__lte=at).order_by("ends_at", "id")
    return sum(services.remove(stored, why=Removal.EXPIRED) for stored in over[:_PASSING_AT_ONCE])


def _record_hold(act, line):
    journal.record(
        act,
        subject_type="legal_hold",
        subject_id=line.pk,
        dossier_id=line.subject_id,
    )


def _destroy_key(subject_id, at):
    """Mark the key as destroyed; a dossier that never had one gets the mark all the same.

    False when it was destroyed before.
    """
    DataKey.objects.bulk_create(
        [
            DataKey(
                subject_id=subject_id,
                generation=keyring.newest(),
                storage_key=f"{keys.folder_of(subject_id)}/none",
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    with constraints.refusing(_REFUSALS):
        living = DataKey.objects.filter(subject_id=subject_id, destroyed_at=None)
        return bool(living.update(destroyed_at=at))
