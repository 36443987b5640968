"""Says what an agent handles, lives by, and their staff number; run with the worker's role."""

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.enums import Kind
from portal.accounts.management.commands.add_agent import (
    SENTENCES,
    add_contact_arguments,
    contacts_of,
)
from portal.accounts.models import User
from portal.accounts.services import number_agent
from portal.accounts.staff import set_contacts, set_skills
from portal.core import clock, door
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal


class Command(BaseCommand):
    """What is given replaces what was known; what is not given stays."""

    help = "Set an agent's staff number, procedures, or own address, phone and e-mail."

    def add_arguments(self, parser):
        """The agent's professional address, then what to set."""
        parser.add_argument("email")
        parser.add_argument("--staff-number")
        parser.add_argument("--skill", action="append", help="code of a procedure; the only ones")
        add_contact_arguments(parser)

    def handle(self, *args, email, staff_number, skill, **options):
        """Refuse in one sentence, or say whom it is about."""
        contacts = contacts_of(options)
        try:
            with door.acting(None, scope="system") as act, refusing(SENTENCES):
                user = self._agent(email)
                if staff_number:
                    number_agent(user, staff_number)
                if skill:
                    set_skills(user, skill, on=clock.today())
                if any(contacts.values()):
                    set_contacts(user, at=act.now, **contacts)
        except DomainRefusal as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(f"{user.email}: {user.staff_number}")

    def _agent(self, email):
        address = User.objects.normalize_email(email)
        user = User.objects.filter(email=address, kind=Kind.AGENT).first()
        if user is None:
            raise CommandError("No agent has this address.")
        return user
