"""Refusals the person can act on. Anything else is a bug and must reach the logs."""


class DomainRefusal(Exception):
    """A rule said no; the sentences are written for the person who asked."""

    def __init__(self, *reasons):
        super().__init__(*[str(reason) for reason in reasons])
        self.reasons = [str(reason) for reason in reasons]
