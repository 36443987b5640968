"""A page of questions on which the person may keep what is already known instead of typing it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers import rules
from dossiers.forms.answers import again_form, questions_of
from dossiers.forms.posting import as_posted
from dossiers.queries.proposals import proposals_for
from dossiers.services import proposing
from dossiers.services.drafting import Place
from dossiers.views import steps
from dossiers.views.own import after_the_draft, said_by_another_tab
from portal.core import clock

KEEP, REFUSE, CONTEST, AGREE = "keep", "refuse", "contest", "agree"
BUTTONS = frozenset({KEEP, REFUSE, CONTEST, AGREE})


class StepPage(steps.StepPage):
    """One page of questions, above them what may be kept; whatever was typed is kept with it."""

    def proposals(self, questions):
        return proposals_for(self.dossier, questions, clock.now(), self.language)

    def post(self, request, *args, **kwargs):
        if not BUTTONS & set(request.POST):
            return super().post(request, *args, **kwargs)
        offers = self._offers()
        kept = self._pressed(offers, KEEP)
        page = self.posted(self._as_typed(kept))
        try:
            saved = self.save(page, Place(self.step.code, self.step.code))
            self._set_aside(offers)
        except rules.DossierClosed:
            return after_the_draft(request, self.find(self.dossier.pk))
        if saved.conflicts:
            self.dossier = page.dossier = self.find(self.dossier.pk)
            questions = questions_of(self.step, page.answers_after())
            said = said_by_another_tab(saved)
            return self._show(again_form(page, questions, said_by_others=said), questions)
        self._tell(kept)
        return redirect(request.get_full_path())

    def _offers(self):
        """What the page proposes now, by the key of its buttons."""
        questions = questions_of(self.step, self.dossier.answers)
        return {offer.key: offer for offer in self.proposals(questions).offers}

    def _pressed(self, offers, button):
        """The offers that this button names and that are still what they were."""
        keys = self.request.POST.get(button, "").split()
        return [offers[key] for key in keys if key in offers]

    def _as_typed(self, kept):
        """The posted page, as if the person had typed what they keep: it is read the same way."""
        data = self.request.POST.dict()
        for offer in kept:
            data |= as_posted(self.procedure.field(offer.name), offer.value)
        return data

    def _set_aside(self, offers):
        facts = {"dossier_id": self.dossier.pk, "applicant": self.applicant, "at": clock.now()}
        if refused := self._pressed(offers, REFUSE):
            proposing.refuse(offers=refused, **facts)
        if contested := self._pressed(offers, CONTEST):
            proposing.contest(offers=contested, **facts)
        if self.request.POST.get(AGREE) in self.dossier.set_aside:
            proposing.contest_no_more(names=[self.request.POST[AGREE]], **facts)

    def _tell(self, kept):
        if kept:
            labels = ", ".join(offer.label for offer in kept)
            messages.success(
                self.request, _("Gardé dans votre demande : %(labels)s.") % {"labels": labels}
            )
        elif self.request.POST.get(KEEP):
            messages.info(
                self.request,
                _("Cette proposition a changé. Rien n’a été gardé : relisez ce qui est proposé."),
            )
        else:
            messages.info(self.request, _("C’est noté. Ce que vous avez écrit est gardé."))
