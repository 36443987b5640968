"""Codes that serve once, taken by the dossier that is filed first with them."""

import hashlib
import hmac

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.conditions import is_answered, shown
from dossiers.enums import CodeKind
from dossiers.models import CodeUse, Dossier
from dossiers.queries.problems import Problem

USED = {
    CodeKind.PHOTO: _(
        "Ce code de photo a déjà servi pour une autre demande. Faites une nouvelle photo : "
        "le photographe vous donne un nouveau code."
    ),
    CodeKind.STAMP: _(
        "Ce timbre fiscal a déjà servi pour une autre demande. Achetez-en un autre, ou vérifiez "
        "son numéro."
    ),
}


def used_by_others(dossier: Dossier, questions) -> dict:
    """{name: sentence} for each code of these questions that another dossier has used."""
    found = {}
    for question in questions:
        value = dossier.answers.get(question.name)
        if (
            question.kind in set(CodeKind)
            and is_answered(value)
            and _is_used(dossier, value, question.kind)
        ):
            found[question.name] = USED[CodeKind(question.kind)]
    return found


def take_codes(dossier: Dossier) -> list[Problem]:
    """Take every code that the dossier is filed with; a problem for each that another has taken.

    Of two dossiers filed at once with one code, the second waits for the first, then is told.
    Filing the same dossier again takes nothing more.
    """
    procedure, problems = dossier.procedure, []
    found = shown(procedure, dossier.answers)
    for step, fields in found.pages:
        for field in fields:
            value = found.answers.get(field.name)
            if field.kind not in set(CodeKind) or not is_answered(value):
                continue
            if not _take(dossier, CodeKind(field.kind), str(value)):
                problems.append(Problem(USED[CodeKind(field.kind)], step.code))
    return problems


def _take(dossier, kind, value) -> bool:
    digest = _digest(kind, value)
    use = CodeUse(kind=kind, digest=digest, dossier=dossier, applicant_id=dossier.applicant_id)
    CodeUse.objects.bulk_create([use], ignore_conflicts=True)
    return CodeUse.objects.filter(kind=kind, digest=digest, dossier=dossier).exists()


def _is_used(dossier, value, kind) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select dossiers_code_is_used(%s, %s, %s)",
            [str(kind), _digest(kind, str(value)), dossier.pk],
        )
        return cursor.fetchone()[0]


def _digest(kind, value: str) -> str:
    """What only this installation can compute of a code."""
    secret = settings.PERSON_KEY
    secret = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(secret, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()
