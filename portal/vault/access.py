"""Who may read a file: its applicant, and the offices that were given its dossier."""

from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from portal.core import clock, door
from portal.vault.enums import FileKind
from portal.vault.models import AccessGrant, StoredFile


def may_read(stored: StoredFile, user) -> bool:
    """Whether this person may read this file now; asked again at every opening."""
    if stored.removed_at is not None or not user.is_authenticated or not user.is_active:
        return False
    if stored.ends_at is not None and stored.ends_at <= clock.now():
        return False
    if stored.applicant_id == user.pk:
        return True
    if stored.kind == FileKind.EXPORT:
        return False  # a copy of the whole dossier is its person's alone
    if _is_lent(stored):
        return True
    if not user.prefectures:
        return False
    return (
        AccessGrant.objects.open()
        .filter(
            subject_id=stored.subject_id,
            prefecture_code__in=user.prefectures,
            roles__overlap=sorted(user.roles),
        )
        .exists()
    )


def _is_lent(stored: StoredFile) -> bool:
    """Whether a mandate lets this file through now: row security is asked again."""
    act = door.current()
    if act is None or act.behalf is None or stored.applicant_id != act.behalf.person_id:
        return False
    return StoredFile.objects.filter(pk=stored.pk, removed_at=None).exists()


@transaction.atomic
def grant_access(subject_id: UUID, prefecture_code: str, roles, reason: str) -> AccessGrant:
    """Let these roles of a prefecture read a dossier's files; replaces its open grant.

    Giving the same roles again changes nothing. Raises RuntimeError outside the door.
    """
    roles = sorted(str(role) for role in roles)
    with door.also(prefecture_code):
        opened = (
            AccessGrant.objects.select_for_update(of=("self",))
            .open()
            .filter(subject_id=subject_id, prefecture_code=prefecture_code)
        )
        for grant in opened:
            if grant.roles == roles:
                return grant
            grant.revoked_at = max(grant.granted_at, clock.now())
            grant.save(update_fields=["revoked_at"])
        return AccessGrant.objects.create(
            subject_id=subject_id,
            prefecture_code=prefecture_code,
            roles=roles,
            reason=reason,
            granted_at=clock.now(),
        )


@transaction.atomic
def revoke_access(subject_id: UUID, prefecture_code: str | None) -> bool:
    """Take a prefecture's access back: its agents' next request finds nothing.

    One given by an act that began later, and ended while this one waited, is taken back at the
    moment when it was given.
    """
    with door.also(prefecture_code):
        return bool(
            AccessGrant.objects.open()
            .filter(subject_id=subject_id, prefecture_code=prefecture_code)
            .update(revoked_at=Greatest("granted_at", Value(clock.now())))
        )
