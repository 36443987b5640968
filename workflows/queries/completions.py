"""Completion requests as the desk reads them: what came, what was accepted, what is left."""

from dossiers import api as dossiers
from workflows.enums import ItemVerdict
from workflows.models import ItemReview


def reviews_of(requests) -> dict:
    """{item: its review} for these requests, in one statement."""
    items = [item.pk for request in requests for item in request.items.all()]
    rows = ItemReview.objects.filter(item__in=items).order_by("reviewed_at", "pk")
    return {row.item_id: row for row in rows}


def not_enough(requests) -> dict[tuple[str, str], str]:
    """What the last answers did not settle, with the agent's note: it prefills a next request."""
    last = requests[:1]
    reviews = reviews_of(last)
    return {
        (item.kind, item.code): reviews[item.pk].note
        for request in last
        for item in request.items.all()
        if item.pk in reviews and reviews[item.pk].verdict == ItemVerdict.NOT_ENOUGH
    }


def still_asked(dossier, requests) -> dict[tuple[str, str], str]:
    """What is asked now without stopping the review: asking anew replaces that request."""
    return {
        (words.item.kind, words.item.code): " ".join(words.why)
        for request in requests[:1]
        if request.closed_at is None
        for words in dossiers.items_in_words(dossier, request, "fr")
    }


def to_review(dossier) -> list[dossiers.ItemAnswer]:
    """The answers that came last and that nobody has read yet, each beside what was there."""
    supplied = [r for r in dossiers.completion_requests(dossier.pk) if r.answer_submission]
    if not supplied:
        return []
    reviews = reviews_of(supplied[:1])
    answers = dossiers.answers_to(dossier, supplied[0], "fr")
    return [answer for answer in answers if answer.item.pk not in reviews]


def requests_in_words(dossier) -> list:
    """Every request, newest first; each item with the person's words and the office's reading."""
    requests = dossiers.completion_requests(dossier.pk)
    reviews = reviews_of(requests)
    for request in requests:
        request.words = dossiers.items_in_words(dossier, request, "fr")
        for words in request.words:
            words.item.reading = reviews.get(words.item.pk)
        read = [words for words in request.words if words.item.reading]
        request.to_read = bool(request.answer_submission) and len(read) < len(request.words)
    return requests
