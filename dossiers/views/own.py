"""Loading the person's own dossier: another's does not exist, a filed one leads to its page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers import rules
from dossiers.queries.answers import short_language, show_date
from dossiers.queries.owned import owned
from dossiers.queries.pages import page


class OwnDossier:
    """The dossier of the address, when it is this person's.

    At the counter, `assisted.AtTheCounter` finds it and names its person in another way; all
    the rest is the same.
    """

    session = None
    """The help at the counter under which an agent types; None for the person themselves."""

    def setup(self, request, *args, dossier_id, **kwargs):
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        self.dossier = self.find(dossier_id)
        self.language = short_language()

    def find(self, dossier_id):
        """The dossier; Http404 for any other, as if it did not exist."""
        return own_dossier(self.request.user, dossier_id)

    @property
    def applicant(self):
        """Whose dossier it is: who reads this page."""
        return self.request.user

    @property
    def procedure(self):
        return self.dossier.procedure

    def titled(self, **context):
        """What every page of a dossier shows."""
        return {
            "dossier": self.dossier,
            "procedure_title": self.procedure.title.get(self.language),
            "session": self.session,
            **context,
        }


class OwnDraft(OwnDossier):
    """A page of the draft. After filing, going back shows the filed page, never an error."""

    def dispatch(self, request, *args, **kwargs):
        if not rules.may_edit(self.dossier):
            return after_the_draft(request, self.dossier)
        return super().dispatch(request, *args, **kwargs)


def own_dossier(user, dossier_id):
    """The person's dossier; Http404 for any other, as if it did not exist."""
    dossier = owned(user, dossier_id)
    if dossier is None:
        raise Http404
    return dossier


def after_the_draft(request, dossier):
    """Where a page of the draft leads once there is no draft."""
    if dossier.filed_at is None:
        raise Http404
    if request.method == "POST":
        messages.info(request, _already_filed(dossier))
    return redirect(page("filed", dossier.pk))


def _already_filed(dossier):
    try:
        rules.refuse_unless_draft(dossier)
    except rules.DossierClosed as refusal:
        return " ".join(refusal.reasons)
    return ""


def window_note(checked, language):
    """When to file and what being late costs, in words; nothing while no date is known."""
    return note_of(checked.window, checked.late_charge, language)


def note_of(window, charge, language):
    """The same of a window and of what being late in it costs."""
    if window.status == "unknown":
        return None
    tone = "info" if window.status == "open" else "warning"
    note = {
        "tone": tone,
        "sentence": window.sentence(language, show=show_date),
        "frozen": _frozen_sentence(window.frozen),
        "charge": "",
    }
    if charge is not None:
        note["charge"] = _(
            "%(label)s : %(amount)s euros (%(legal)s). Il n’est pas dû en cas de force majeure ou "
            "si votre visa est encore valable : un agent le vérifie."
        ) % {
            "label": charge.label.get(language),
            "amount": charge.amount_eur,
            "legal": charge.legal[0],
        }
    return note


def _frozen_sentence(frozen):
    """Why being late counts for nothing; an empty text when no failure of ours is behind it."""
    if frozen is None:
        return ""
    since, until = frozen
    return _(
        "Le portail a eu une panne le %(since)s : votre délai est gelé depuis ce jour. Déposez "
        "jusqu’au %(until)s, vous n’êtes pas en retard."
    ) % {"since": show_date(since), "until": show_date(until)}


def said_by_another_tab(saved):
    """The sentence for each answer that was left alone because it changed meanwhile."""
    sentence = _(
        "Cette réponse a été changée depuis que cette page est affichée, par exemple dans un "
        "autre onglet. Vérifiez la vôtre : en continuant, c’est elle qui sera gardée."
    )
    return dict.fromkeys(saved.conflicts, sentence)


def back_to(dossier):
    """The page of the boxes: the draft's, or that of the completion."""
    return page("evidence" if dossier.filed_at is None else "completion", dossier.pk)
