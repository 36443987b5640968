"""What the database refused, said in words to the person who asked."""

import contextlib

from django.db import IntegrityError, transaction

from portal.core.errors import DomainRefusal


@contextlib.contextmanager
def refusing(sentences: dict[str, str]):
    """Turn the violation of a named constraint into its sentence; any other stays a bug."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name in sentences:
            raise DomainRefusal(sentences[name]) from error
        raise
