"""Gives or ends a delegation of signature; run with the worker's role, after the order is out."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.api import User
from portal.core import clock
from portal.core.errors import DomainRefusal
from workflows.enums import Family, Outcome
from workflows.services.delegating import Order, delegate, end_delegation


class Command(BaseCommand):
    """What the published order says, word for word; `--end` closes every one of that person."""

    help = "Write who may sign which decisions, as a published order says."

    def add_arguments(self, parser):
        """The person, the office, and the order."""
        parser.add_argument("email")
        parser.add_argument("--prefecture", required=True, help="its code")
        parser.add_argument("--act", action="append", default=[], choices=Outcome.values)
        parser.add_argument(
            "--family", action="append", default=[], choices=Family.values, help="all if none"
        )
        parser.add_argument("--quality", default="", help="printed on the letter")
        parser.add_argument("--order", default="", help="the reference of the order")
        parser.add_argument("--order-date", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--from", dest="starts_on", type=date.fromisoformat)
        parser.add_argument("--until", dest="ends_on", type=date.fromisoformat)
        parser.add_argument("--end", action="store_true", help="end them after --until, or today")

    def handle(self, *args, email, prefecture, end, ends_on, **facts):
        """Refuse in one sentence, or say what was written."""
        signatory = User.objects.filter(email=User.objects.normalize_email(email)).first()
        if signatory is None:
            raise CommandError("No account has this address.")
        try:
            if end:
                on = ends_on or clock.today()
                count = end_delegation(signatory=signatory, prefecture_code=prefecture, on=on)
                self.stdout.write(f"{signatory.email}: {count} ended on {on}")
                return
            order = self._order(prefecture, ends_on, **facts)
            delegation = delegate(signatory=signatory, order=order)
        except DomainRefusal as refusal:
            raise CommandError(" ".join(str(reason) for reason in refusal.reasons)) from refusal
        self.stdout.write(f"{signatory.email}: {', '.join(delegation.acts)} from {order.starts_on}")

    def _order(self, prefecture, ends_on, *, act, family, order_date, starts_on, **facts):
        if order_date is None:
            raise CommandError("An order has a date: give --order-date.")
        return Order(
            prefecture_code=prefecture,
            acts=tuple(act),
            families=tuple(family),
            quality=facts["quality"],
            reference=facts["order"],
            signed_on=order_date,
            starts_on=starts_on or order_date,
            ends_on=ends_on,
        )
