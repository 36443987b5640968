"""The one error of the local stack: a sentence that a person can act on."""


class LocalError(Exception):
    """Something on this machine prevents the local stack; its text is one clear sentence."""
