"""What is due next, in one sentence: what, by when, under which article."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Case

_VERBS = {
    "routing": gettext_lazy("Orienter le dossier"),
    "completion": gettext_lazy("Recevoir le complément"),
    "opinion": gettext_lazy("Recevoir l’avis"),
    "supply": gettext_lazy("Recevoir ce que la décision attend, ou le redemander"),
    "supply-read": gettext_lazy("Lire ce qui est arrivé et constater la réception"),
    "follow-grant": gettext_lazy("Lancer la suite de la décision"),
    "appeal-silence": gettext_lazy("Répondre au recours"),
    "judgment": gettext_lazy("Réexaminer après le jugement"),
    "reasons": gettext_lazy("Communiquer les motifs du refus né du silence"),
}
_DECIDE = gettext_lazy("Décider")


def verb_of(rule: str) -> str:
    """What a rule asks for; the rules of silence ask for a decision."""
    return str(_VERBS.get(rule, _DECIDE))


def due_sentence(case: Case) -> str:
    """The next day with its act and its article; empty when nothing is due.

    A day fixed by the office, such as that of an opinion, has no article.
    """
    if not case.due_on:
        return ""
    words = {
        "act": verb_of(case.due_rule),
        "day": date_format(case.due_on, _("l j F Y")),
        "article": case.due_article,
    }
    if case.due_article:
        return _("%(act)s avant le %(day)s (%(article)s).") % words
    return _("%(act)s avant le %(day)s.") % words
