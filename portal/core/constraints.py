"""What the database refused, said in words to the person who asked."""

import contextlib
from collections.abc import Iterator, Mapping

from django.db import IntegrityError, transaction

from portal.core.errors import DomainRefusal, Sentence


@contextlib.contextmanager
def refusing(sentences: Mapping[str, Sentence]) -> Iterator[None]:
    """Turn the violation of a named constraint into its sentence; any other stays a bug."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name in sentences:
            raise DomainRefusal(sentences[name]) from error
        raise
