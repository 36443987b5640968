"""The way out of a false alarm: an infected file is looked at again when two people ask for it.

It stays infected, and is shown to nobody, until the antivirus has looked again with its present
signatures and found nothing. The database refuses the move without two different people.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.api import Kind, User
from portal.core import clock, journal
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault.antivirus import Verdict
from portal.vault.enums import LookOutcome, ScanState
from portal.vault.events import file_cleared
from portal.vault.judging import verdicts
from portal.vault.models import SecondLook, StoredFile


@transaction.atomic
def note(stored: StoredFile, verdict: Verdict) -> None:
    """What a later scan says of an infected file: told to the operators, the file stays hidden.

    A scan that says nothing changes nothing; one that finds no virus opens a look, once.
    """
    if verdict.state == ScanState.NOT_SCANNED:
        return
    infected = StoredFile.objects.suspects().filter(pk=stored.pk)
    if not infected.update(scanned_at=clock.now()) or verdict.state != ScanState.CLEAN:
        return
    look, opened = SecondLook.objects.get_or_create(
        file=stored,
        ended_at=None,
        defaults={"threat": stored.threat, "opened_at": clock.now()},
    )
    if opened:
        _record("file.no_longer_flagged", stored, {"threat": look.threat})
        _tell_administrators()


def opened() -> list[SecondLook]:
    """The looks that wait for somebody, the oldest first; in the scope of operations alone."""
    looks = SecondLook.objects.filter(ended_at=None).select_related("first_by")
    return list(looks.order_by("opened_at", "pk"))


@transaction.atomic
def ask(file_id: UUID, person: User, reason: str, at: datetime) -> SecondLook:
    """One person asks that an infected file be looked at again; the second one starts it.

    In the scope of operations, by the person who acts: the database refuses another name. Raises
    DomainRefusal for a file that is not set aside, for a person who has asked already or is no
    administrator, and without a reason.
    """
    if person.kind != Kind.ADMINISTRATOR or not person.is_active:
        raise DomainRefusal(_("Seul un administrateur peut demander une nouvelle analyse."))
    suspect = _suspect(file_id)
    if suspect is None:
        raise DomainRefusal(_("Ce fichier n’est pas mis à l’écart par l’antivirus."))
    look = _opened(file_id, suspect, at)
    if look.first_by_id is None:
        if not reason.strip():
            raise DomainRefusal(_("Dites pourquoi ce fichier doit être analysé à nouveau."))
        look.first_by, look.first_at, look.reason = person, at, reason.strip()[:200]
        look.save(update_fields=["first_by", "first_at", "reason"])
    elif look.second_by_id is not None:
        raise DomainRefusal(_("Ce fichier est déjà en cours de nouvelle analyse."))
    elif look.first_by_id == person.pk:
        raise DomainRefusal(_("Une deuxième personne doit le demander aussi."))
    else:
        look.second_by, look.second_at = person, at
        look.save(update_fields=["second_by", "second_at"])
        enqueue("vault.look_twice", file_id=str(file_id), _lock=f"judge {file_id}")
    journal.record(
        "file.second_look",
        subject_type="stored_file",
        subject_id=file_id,
        dossier_id=suspect.subject_id,
        prefecture=suspect.prefecture_code or "",
        facts={"person": "second" if look.second_by_id else "first"},
    )
    return look


@dataclass(frozen=True)
class _Suspect:
    subject_id: UUID
    prefecture_code: str | None
    threat: str


def _suspect(file_id):
    """What the database tells of an infected file; None of any other one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select subject_id, prefecture_code, threat from vault_suspect(%s)", [file_id]
        )
        row = cursor.fetchone()
    return _Suspect(*row) if row else None


def _opened(file_id, suspect, at):
    """The open look of a file, locked: of two who ask at once, one is the second person."""
    SecondLook.objects.get_or_create(
        file_id=file_id, ended_at=None, defaults={"threat": suspect.threat, "opened_at": at}
    )
    looks = SecondLook.objects.select_for_update(of=("self",))
    look = looks.filter(file_id=file_id, ended_at=None).first()
    if look is None:
        raise DomainRefusal(_("Ce fichier n’est pas mis à l’écart par l’antivirus."))
    return look


def begin(file_id) -> StoredFile | None:
    """The infected file that two people asked to look at again; None when there is none."""
    agreed = SecondLook.objects.filter(
        file_id=file_id, second_at__isnull=False, ended_at=None
    ).exists()
    suspects = StoredFile.objects.suspects().prefetch_related("renditions")
    return suspects.filter(pk=file_id).first() if agreed else None


@transaction.atomic
def settle(stored: StoredFile, verdict: Verdict, made: list) -> bool:
    """Write what the second look found. False when another run has done it."""
    facts = {"scanned_at": clock.now(), "signatures": verdict.signatures}
    cleared = verdict.state == ScanState.CLEAN
    facts |= {"threat": verdict.threat}
    held = StoredFile.objects.suspects().filter(pk=stored.pk)
    if not held.update(scan_state=verdict.state, **facts):
        return False
    _end(stored, LookOutcome.CLEAN if cleared else LookOutcome.INFECTED, verdict.signatures)
    if cleared:
        stored.refresh_from_db()
        verdicts.register(stored, made)
        file_cleared.announce(file=stored, at=clock.now())
    return True


@transaction.atomic
def refuse_unreadable(stored: StoredFile, verdict: Verdict) -> None:
    """No virus, and nothing can be made of the file: it is unreadable, and its person is told."""
    facts = {"scanned_at": clock.now(), "signatures": verdict.signatures, "threat": ""}
    held = StoredFile.objects.suspects().filter(pk=stored.pk)
    if held.update(scan_state=ScanState.UNREADABLE, **facts):
        _end(stored, LookOutcome.UNREADABLE, verdict.signatures)
        verdicts.tell_refused(stored, {"why": "second_look"})


def _end(stored, outcome, signatures):
    SecondLook.objects.filter(file=stored, ended_at=None).update(
        ended_at=clock.now(), outcome=outcome
    )
    _record("file.looked_twice", stored, {"outcome": str(outcome), "signatures": signatures})


def _record(act, stored, facts):
    journal.record(
        act,
        subject_type="stored_file",
        subject_id=stored.pk,
        dossier_id=stored.subject_id,
        prefecture=stored.prefecture_code or "",
        facts=facts,
    )


def _tell_administrators():
    for person in User.objects.filter(kind=Kind.ADMINISTRATOR, is_active=True).order_by("pk"):
        with translation.override(person.language):
            send_mail(
                _("Un fichier mis à l’écart n’est plus signalé par l’antivirus"),
                _(
                    "Les signatures d’aujourd’hui ne trouvent plus de virus dans un fichier mis à "
                    "l’écart. Il reste caché. Deux administrateurs peuvent demander qu’il soit "
                    "analysé à nouveau : manage.py vault suspects."
                ),
                None,
                [person.email],
            )
