"""What failed on our side: recorded by the server alone, then certified when its person asks."""

import secrets
import uuid
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dossiers.enums import FailureKind
from dossiers.models import Downtime, Failure, IncidentCertificate
from dossiers.models.incident import MOST_AN_HOUR
from dossiers.queries.freezes import CERTIFIED_FOR, words_of
from dossiers.queries.letters import AUTHORITATIVE
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from portal.core import clock, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence

# No letter and no digit that is taken for another.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _LENGTH = 3, 4
_RECORD = """
insert into dossiers_failure (id, applicant_id, dossier_id, kind, place, hour, rank)
select %(id)s, %(person)s,
    (select id from dossiers_dossier where id = %(dossier)s and applicant_id = %(person)s),
    %(kind)s, %(place)s, date_trunc('hour', portal_now()), coalesce(max(rank), 0) + 1
from dossiers_failure
where applicant_id = %(person)s and hour = date_trunc('hour', portal_now())
having coalesce(max(rank), 0) < %(most)s
on conflict do nothing
"""
_KNOWN = "select dossiers_certificate_known(%s, %s)"


class NoSuchIncident(DomainRefusal):
    """Nothing of the kind was recorded for this person."""


def record(person_id: int, kind: str, *, place: str, dossier_id: UUID | None = None) -> bool:
    """Write that something failed for a person; beyond the number of an hour, nothing.

    Runs in a transaction of its own, after the one that failed. A dossier of somebody else is
    left out.
    """
    pk = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "id": pk,
                "person": person_id,
                "dossier": dossier_id,
                "kind": FailureKind(kind).value,
                "place": place[:100],
                "most": MOST_AN_HOUR,
            },
        )
        written = bool(cursor.rowcount)
    if written:
        journal.record(
            "failure.recorded",
            subject_type="failure",
            subject_id=pk,
            facts={"kind": str(kind), "place": place[:100]},
        )
    return written


@transaction.atomic
def declare_downtime(*, begun_at: datetime, ended_at: datetime, actor, at: datetime) -> Downtime:
    """Say that the portal did not answer, once it does again. Saying it twice says it once.

    Raises DomainRefusal for what has not ended, or ends before it begins.
    """
    sentences = {
        "a_downtime_ends_after_it_begins": _("La fin de la panne précède son début."),
        "a_downtime_is_declared_once_over": _("Déclarez la panne une fois qu’elle est finie."),
    }
    with refusing(sentences):
        found, made = Downtime.objects.get_or_create(
            begun_at=begun_at, ended_at=ended_at, defaults={"declared_by_id": actor.pk}
        )
    if made:
        journal.record("downtime.declared", subject_type="downtime", subject_id=found.pk)
    return found


@transaction.atomic
def certify(*, source: str, dossier_id: UUID, applicant, at: datetime) -> IncidentCertificate:
    """Give the certificate of a recorded failure for a dossier; asking again gives the same one.

    From then on the window of that procedure is frozen for the person. Raises NoSuchIncident, or
    Dossier.DoesNotExist for a dossier of somebody else.
    """
    dossier = lock_own(dossier_id, applicant)
    which = _recorded(source, dossier, at)
    held = IncidentCertificate.objects.filter(dossier=dossier, **which).first()
    if held is not None:
        return held
    number = "-".join(
        "".join(secrets.choice(_SIGNS) for _sign in range(_LENGTH)) for _group in range(_GROUPS)
    )
    certificate = IncidentCertificate(
        number=number, applicant_id=dossier.applicant_id, dossier=dossier, **which
    )
    certificate.letter = _letter(certificate, at)
    certificate.begun_at = certificate.ended_at = at  # a trigger writes what was recorded
    certificate.frozen_until = clock.legal_day(at)
    certificate.save(force_insert=True)
    certificate.refresh_from_db()
    telling.add_line(
        dossier,
        "incident_certified",
        by_role="",
        params={"number": number, "until_on": certificate.frozen_until},
        letter=certificate.letter,
    )
    journal.record(
        "incident.certified",
        subject_type="incident_certificate",
        subject_id=certificate.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"source": source},
    )
    return certificate


def is_known(number: str, day) -> bool:
    """Whether a certificate of that number states a failure of that day; nothing else is said.

    One statement, whatever the answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [number, day])
        return bool(cursor.fetchone()[0])


def _recorded(source, dossier, at) -> dict:
    """The record that is certified: this person's failure, or a downtime of everybody's."""
    kind, _dash, pk = source.partition("-")
    try:
        found = UUID(pk)
    except ValueError:
        found = None
    since = at - CERTIFIED_FOR
    if found and kind == "failure":
        own = Failure.objects.filter(applicant_id=dossier.applicant_id, happened_at__gte=since)
        failure = own.filter(pk=found).first()
        if failure and failure.dossier_id in {None, dossier.pk}:
            return {"failure": failure}
    if found and kind == "downtime":
        downtime = Downtime.objects.filter(pk=found, ended_at__gte=since).first()
        if downtime:
            return {"downtime": downtime}
    raise NoSuchIncident(_("Nous n’avons rien enregistré de tel. Écrivez à votre préfecture."))


def _letter(certificate, at):
    """The PDF, in French, the language that counts."""
    failure, downtime = certificate.failure, certificate.downtime
    begun_at = failure.happened_at if failure else downtime.begun_at
    ended_at = failure.happened_at if failure else downtime.ended_at
    dossier = certificate.dossier
    with translation.override(AUTHORITATIVE):
        context = {
            "number": certificate.number,
            "dossier_number": dossier.number or "",
            "procedure": dossier.procedure.title.fr,
            "what": str(words_of(failure or downtime)),
            "begun_text": _at(begun_at),
            "ended_text": _at(ended_at) if downtime else "",
            "day_text": date_format(clock.legal_day(begun_at), "j F Y"),
        }
    return correspondence.issue_letter(
        "incident_certificate",
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        context=context,
        language=AUTHORITATIVE,
        at=at,
    )


def _at(moment):
    return date_format(moment.astimezone(clock.PARIS), "j F Y à H:i:s")
