"""When a draft was last worked on, and the day on which it ends, as its person was told."""

from datetime import date

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from dossiers.models import Dossier, Evidence


def touched(dossiers):
    """With the last moment at which the person wrote in them, or sent a file."""
    sent = (
        Evidence.objects.filter(dossier=OuterRef("pk"))
        .order_by()
        .values("dossier")
        .annotate(last=Max("file__created_at"))
        .values("last")
    )
    return dossiers.annotate(
        touched_at=Greatest("updated_at", Coalesce(Subquery(sent), "updated_at"))
    )


def said_to_end_on(dossier: Dossier) -> date | None:
    """The day on which this draft goes; None as soon as somebody worked on it after the warning."""
    if dossier.ends_on is None or not dossier.is_draft:
        return None
    last = getattr(dossier, "touched_at", None)
    if last is None:
        last = touched(Dossier.objects.filter(pk=dossier.pk)).get().touched_at
    return None if last >= dossier.warned_at else dossier.ends_on
