"""News that travels up, inside the transaction of the act that caused it."""

from django.db import connection
from django.dispatch import Signal


class DomainEvent(Signal):
    """A Django signal whose receivers must succeed, or the act is undone."""

    def __init__(self, doc):
        super().__init__()
        self.__doc__ = doc

    def announce(self, **facts):
        """Tell every listener now. Raises RuntimeError outside a transaction."""
        if not connection.in_atomic_block:
            raise RuntimeError("Announce an event inside the act's transaction.")
        return self.send(sender=self, **facts)
