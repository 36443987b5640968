"""Refusals the person can act on. Anything else is a bug and must reach the logs."""

from django.utils.functional import Promise

Sentence = str | Promise
"""Words for a person: written already, or translated when they are shown."""


class DomainRefusal(Exception):
    """A rule said no; the sentences are written for the person who asked."""

    def __init__(self, *reasons: Sentence):
        super().__init__(*[str(reason) for reason in reasons])
        self.reasons = [str(reason) for reason in reasons]
