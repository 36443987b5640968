"""Makes an agent, an editor, an auditor or an administrator; run with the worker's role."""

import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.enums import POST_ROLES, Kind
from portal.accounts.models import User
from portal.accounts.services import appoint
from portal.accounts.staff import set_contacts
from portal.core import clock, door
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

SENTENCES = {
    "one_human_has_one_agent_account": "Another account has this staff number already.",
    "a_staff_number_is_written_one_way": "A staff number holds letters, digits and hyphens.",
}


def add_contact_arguments(parser):
    """What the agent lives by: only keyed digests are kept, to keep them from their own circle."""
    parser.add_argument("--own-email", action="append", default=[])
    parser.add_argument("--own-phone", action="append", default=[])
    parser.add_argument(
        "--own-address", action="append", default=[], nargs=2, metavar=("LINE", "POSTCODE")
    )
    parser.add_argument(
        "--applicant-account",
        action="append",
        default=[],
        help="address of the account by which the agent files their own requests",
    )


def contacts_of(options) -> dict:
    """The arguments above, as `set_contacts` takes them."""
    return {
        "emails": [*options["own_email"], *options["applicant_account"]],
        "phones": options["own_phone"],
        "addresses": options["own_address"],
    }


class Command(BaseCommand):
    """Ask for the password on the terminal; it is never an argument."""

    help = "Add an account of the administration, with its posts in one prefecture."

    def add_arguments(self, parser):
        """The address, the kind, and for an agent the prefecture and roles."""
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="name shown to colleagues")
        parser.add_argument(
            "--kind", default=Kind.AGENT, choices=[k for k in Kind if k != Kind.APPLICANT]
        )
        parser.add_argument("--prefecture", help="its code, for an agent")
        parser.add_argument("--role", action="append", default=[], choices=list(POST_ROLES))
        parser.add_argument("--staff-number", help="the agent's own number (matricule), for life")
        add_contact_arguments(parser)

    def handle(self, *args, email, name, kind, prefecture, role, staff_number, **options):
        """Refuse in one sentence, or say who was made."""
        if (kind == Kind.AGENT) != bool(prefecture and role and staff_number):
            raise CommandError(
                "An agent needs --prefecture, --role and --staff-number; nobody else has them."
            )
        facts = {"staff_number": staff_number} if staff_number else {}
        password = getpass.getpass("Password: ")
        user = User(email=email, kind=kind, display_name=name)
        try:
            validate_password(password, user)
            with door.acting(None, scope="system") as act, refusing(SENTENCES):
                user = User.objects.create_user(
                    email, password, kind=kind, display_name=name, **facts
                )
                if kind == Kind.AGENT:
                    set_contacts(user, at=act.now, **contacts_of(options))
                for one in role:
                    appoint(user, prefecture_code=prefecture, role=one, starts_on=clock.today())
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except DomainRefusal as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(f"{user.email}: {kind}")
