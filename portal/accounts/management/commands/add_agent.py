"""Makes an agent, an editor, an auditor or an administrator; run with the worker's role."""

import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.enums import POST_ROLES, Kind
from portal.accounts.models import User
from portal.accounts.services import appoint
from portal.core import clock, door
from portal.core.errors import DomainRefusal


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

    def handle(self, *args, email, name, kind, prefecture, role, **options):
        """Refuse in one sentence, or say who was made."""
        if (kind == Kind.AGENT) != bool(prefecture and role):
            raise CommandError("An agent needs --prefecture and --role; nobody else has them.")
        password = getpass.getpass("Password: ")
        user = User(email=email, kind=kind, display_name=name)
        try:
            validate_password(password, user)
            with door.acting(None), transaction.atomic():
                user = User.objects.create_user(email, password, kind=kind, display_name=name)
                for one in role:
                    appoint(user, prefecture_code=prefecture, role=one, starts_on=clock.today())
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except DomainRefusal as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(f"{user.email}: {kind}")
