"""Tell a person that there is news; issue a letter; follow a dossier to another prefecture."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.core import clock, door, rows
from portal.core.errors import Sentence
from portal.core.jobs import enqueue, enqueue_many
from portal.correspondence import mail
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine

_subjects: dict[str, Sentence] = {
    "news": _("Il y a du nouveau dans votre espace"),
    "letter": _("Un courrier vous attend dans votre espace"),
    "dossier_filed": _("Nous avons reçu votre demande"),
    "dossier_withdrawn": _("Vous avez retiré votre demande"),
    "dossier_acknowledged": _("Votre dossier est complet"),
    "dossier_rerouted": _("Votre dossier a changé de préfecture"),
    "dossier_reopened": _("L’examen de votre dossier reprend"),
    "completion_asked": _("La préfecture vous demande de compléter votre dossier"),
    "completion_received": _("Nous avons reçu votre complément"),
    "decision_served": _("Une décision a été prise"),
    "case_closed": _("Votre dossier est clos"),
    "card_ready": _("Votre titre est prêt"),
}
_titles: dict[str, Sentence] = {}


def declare_mails(subjects: dict) -> None:
    """Add codes of `tell` with their subjects, which name no person and no dossier."""
    _subjects.update(subjects)


def declare_letters(titles: dict) -> None:
    """Say under which title each kind of letter is listed."""
    _titles.update(titles)


def letter_title(letter: Letter) -> str:
    """The title of a letter in the language that is active."""
    return str(_titles.get(letter.title_code, _("Courrier de la préfecture")))


def tell(user, template_code: str, *, dossier_id: UUID | None = None) -> OutgoingMail:
    """Tell a person, in their language, to sign in and read. The mail says nothing else.

    It holds no name, no number and no decision: a mailbox is not a safe place. Raises
    LookupError for a code that nobody declared.
    """
    if template_code not in _subjects:
        raise LookupError(f"no mail is declared as {template_code!r}: {sorted(_subjects)}")
    subject, body = _news(template_code, user.language)
    return mail.write(user.email, subject=subject, body=body, recipient=user, dossier_id=dossier_id)


def invite(address: str, template_code: str, *, language: str, path: str) -> OutgoingMail:
    """Write to an address that may have no account: the mail is the same, whoever reads it there.

    Raises LookupError for a code that nobody declared.
    """
    if template_code not in _subjects:
        raise LookupError(f"no mail is declared as {template_code!r}: {sorted(_subjects)}")
    subject, body = _news(template_code, language, path=path)
    return mail.write(address, subject=subject, body=body)


def tell_many(told: Iterable[tuple], template_code: str, *, sentence: Sentence = "") -> int:
    """The same mail for many (person, dossier) at once, by two statements. Returns their number.

    `sentence` says more than the subject, to everybody alike: it names no person and no dossier.
    """
    if template_code not in _subjects:
        raise LookupError(f"no mail is declared as {template_code!r}: {sorted(_subjects)}")
    texts: dict[str, tuple[str, str]] = {}
    drafts = []
    for user, dossier_id in told:
        if user.language not in texts:
            texts[user.language] = _news(template_code, user.language, sentence)
        drafts.append((user, dossier_id, *texts[user.language]))
    return mail.write_many(drafts)


def _news(
    template_code: str, language: str, sentence: Sentence = "", *, path: str = "/mon-espace/"
) -> tuple[str, str]:
    with translation.override(language):
        subject = str(_subjects[template_code])
        return subject, render_to_string(
            "mail/news.txt",
            {
                "subject": subject,
                "sentence": str(sentence),
                "url": f"{settings.BASE_URL}{path}",
            },
        )


def tell_agent(user, template_code: str, *, path: str, sentence) -> OutgoingMail:
    """Tell an agent that a page of the desk waits for them, in one lazy sentence.

    It holds numbers at most: no name and no dossier. Raises LookupError for an unknown code.
    """
    if template_code not in _subjects:
        raise LookupError(f"no mail is declared as {template_code!r}: {sorted(_subjects)}")
    with translation.override(user.language):
        subject = str(_subjects[template_code])
        body = render_to_string(
            "mail/desk.txt", {"sentence": str(sentence), "url": f"{settings.BASE_URL}{path}"}
        )
    return mail.write(user.email, subject=subject, body=body, recipient=user)


@transaction.atomic
def issue_letter(
    kind: str,
    *,
    dossier_id: UUID,
    applicant_id: int,
    prefecture_code: str | None,
    context: dict,
    language: str,
    at: datetime | None = None,
) -> Letter:
    """Decide a letter now; a job makes its PDF from `letters/<kind>.html` and this context.

    The context is kept as it is: what the letter says does not depend on when it is made.
    """
    letter = Letter.objects.create(
        dossier_id=dossier_id,
        applicant_id=applicant_id,
        prefecture_code=prefecture_code or None,
        kind=kind,
        title_code=kind,
        context=context,
        language=language,
        issued_at=at or clock.now(),
    )
    enqueue("correspondence.render_letter", letter_id=str(letter.pk))
    return letter


@transaction.atomic
def issue_letters(kind: str, drafts: Iterable[Letter], *, at: datetime) -> None:
    """Decide many letters at once, by two statements; a job makes each PDF.

    A draft holds its key, person, dossier, office, context and language; the rest is set here.
    """
    letters = list(drafts)
    for letter in letters:
        letter.kind = letter.title_code = kind
        letter.issued_at = at
    rows.insert_many(letters)
    enqueue_many(
        "correspondence.render_letter", [{"letter_id": str(letter.pk)} for letter in letters]
    )


@transaction.atomic
def revoke_letter(letter_id: UUID) -> bool:
    """Take a letter back, as when a decision is reopened: it can no longer be downloaded."""
    return bool(Letter.objects.filter(pk=letter_id, revoked_at=None).update(revoked_at=clock.now()))


@transaction.atomic
def set_prefecture(dossier_id: UUID, code: str) -> None:
    """The dossier goes to this prefecture: its letters and timeline become visible there."""
    with door.also(code):
        Letter.objects.filter(dossier_id=dossier_id).update(prefecture_code=code)
        TimelineLine.objects.filter(dossier_id=dossier_id).update(prefecture_code=code)
