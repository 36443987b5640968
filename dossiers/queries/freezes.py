"""Since when a filing window is frozen by a failure of ours, and what a person may certify."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dossiers.enums import FailureKind
from dossiers.models import Dossier, Downtime, Failure, IncidentCertificate
from portal.core import clock
from portal.core.errors import Sentence

# How long a failure may still be certified: our own rule.
CERTIFIED_FOR = timedelta(days=60)
MOST_SHOWN = 20


@dataclass(frozen=True)
class Freeze:
    """The window counts as on that day, for a filing up to the last day; `number` says why."""

    number: str
    since: date
    until: date

    @property
    def days(self) -> tuple[date, date]:
        """From the day of the failure to the last day of the freeze."""
        return self.since, self.until


def freezes_of(applicant_id: int, procedure_code: str) -> tuple[Freeze, ...]:
    """The freezes of this person for this procedure, the oldest first; one query."""
    found = IncidentCertificate.objects.filter(
        applicant_id=applicant_id, procedure_code=procedure_code
    )
    return tuple(
        Freeze(one.number, clock.legal_day(one.begun_at), one.frozen_until)
        for one in found.order_by("begun_at", "pk")
    )


def latest_downtimes() -> tuple[Downtime, ...]:
    """What was declared, the newest first."""
    return tuple(Downtime.objects.order_by("-begun_at")[:MOST_SHOWN])


@dataclass(frozen=True)
class Incident:
    """Something that failed on our side, and the certificates that the person has of it."""

    source: str
    words: Sentence
    begun_at: datetime
    ended_at: datetime
    certificates: tuple[IncidentCertificate, ...]
    dossiers: tuple[Dossier, ...]


def incidents_of(person, at: datetime) -> tuple[Incident, ...]:
    """What failed for this person since two months, the newest first; four queries."""
    since = at - CERTIFIED_FOR
    own = tuple(
        Dossier.objects.of_applicant(person).filter(withdrawn_at=None).order_by("-created_at")
    )
    given: dict[object, list] = {}
    certificates = IncidentCertificate.objects.filter(applicant_id=person.pk)
    for one in certificates.select_related("letter").order_by("issued_at"):
        given.setdefault(one.failure_id or one.downtime_id, []).append(one)
    failures = Failure.objects.filter(applicant_id=person.pk, happened_at__gte=since)
    found = [
        _incident(f"failure-{one.pk}", one, one.happened_at, one.happened_at, given, own)
        for one in failures.order_by("-happened_at")[:MOST_SHOWN]
    ] + [
        _incident(f"downtime-{one.pk}", one, one.begun_at, one.ended_at, given, own)
        for one in Downtime.objects.filter(ended_at__gte=since).order_by("-begun_at")[:MOST_SHOWN]
    ]
    return tuple(sorted(found, key=lambda one: one.begun_at, reverse=True))


def _incident(source, record, begun_at, ended_at, given, own):
    held = tuple(given.get(record.pk, ()))
    certified = {one.dossier_id for one in held}
    named = getattr(record, "dossier_id", None)
    concerned = [one for one in own if named in {None, one.pk} and one.pk not in certified]
    return Incident(source, words_of(record), begun_at, ended_at, held, tuple(concerned))


def words_of(record: Failure | Downtime) -> Sentence:
    """What failed, in words."""
    kind = record.kind if isinstance(record, Failure) else FailureKind.DOWNTIME
    return FailureKind(kind).label
