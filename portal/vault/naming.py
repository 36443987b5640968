"""Which rows name which objects: asked before anything is set aside, or deleted with its file.

Every model of this room that names an object of a store does so in a field of one name, so that a
table added later cannot be forgotten here.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models

from portal.vault.models import DataKey, QuarantinedObject, StoredFile

_FIELD = "storage_key"
_OTHERS = (DataKey, QuarantinedObject)


def namers() -> Iterator[tuple[type[models.Model], str]]:
    """Each table that names objects of the files' stores, with the field that does."""
    for model in apps.get_app_config("vault").get_models():
        names = {field.name for field in model._meta.local_concrete_fields}
        if model not in _OTHERS and _FIELD in names:
            yield model, _FIELD


def named(keys: Iterable[str]) -> set[str]:
    """Those of these objects that a row names."""
    keys, found = list(keys), set()
    for model, field in namers():
        rows = model.objects.filter(**{f"{field}__in": keys})
        found.update(rows.values_list(field, flat=True))
    return found


def of_files() -> Iterator[tuple[type[models.Model], str, str]]:
    """The same for what is a file or was made of one, with the way from the row to the file."""
    for model, field in namers():
        if model is StoredFile:
            yield model, field, ""
        for link in model._meta.local_concrete_fields:
            if link.related_model is StoredFile and not link.null:
                yield model, field, link.name


def objects_of(stored: StoredFile) -> list[str]:
    """Every object that was made of a file: its own, and those of the rows that point to it."""
    keys = []
    for model, field, path in of_files():
        rows = model.objects.filter(**{path or "pk": stored.pk}).order_by(field)
        keys += rows.values_list(field, flat=True)
    return [key for key in keys if key]
