"""What is typed on a page of the draft is kept as it is typed, without leaving the page."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dossiers import rules
from dossiers.forms.answers import questions_of, write_marks
from dossiers.forms.posting import as_posted
from dossiers.queries.answers import fingerprint, show, stored_state
from dossiers.queries.pages import page as page_of
from dossiers.services.drafting import Place
from dossiers.views.steps import OwnStep
from portal.core import clock


class KeepStep(OwnStep):
    """The same save as the page's own button, answered in data: when, and what others changed.

    Nothing is said of what is missing or wrong: the person is still typing.
    """

    def dispatch(self, request, *args, **kwargs):
        if rules.may_edit(self.dossier):
            return super().dispatch(request, *args, **kwargs)
        return self._closed()

    def get(self, request, *args, **kwargs):
        """A fresh proof that the page is ours, for one that was shown before a new sign-in."""
        return JsonResponse({"csrf": get_token(request)})

    def post(self, request, *args, **kwargs):
        page = self.posted(request.POST)
        typed = page.typed()
        try:
            saved = self.save(page, Place(self.step.code, self.step.code, is_left=False))
        except rules.DossierClosed:
            return self._closed()
        self.dossier = saved.dossier
        others = self._said_by_others(page, typed)
        kept = {q.name: q for q in self.step.fields if q.name in page.seen}
        marks = {
            name: page.seen[name]
            if name in others
            else fingerprint(stored_state(self.dossier, name))
            for name in kept
        }
        at = timezone.localtime(clock.now(), clock.PARIS)
        return JsonResponse(
            {
                "said": _("Enregistré à %(time)s")
                % {"time": formats.time_format(at, _("G \\h i"))},
                "marks": write_marks(self.dossier, marks),
                "others": list(others.values()),
            }
        )

    def _said_by_others(self, page, typed) -> dict[str, dict]:
        """Each answer shown here that the draft holds otherwise: its words, and how to take it."""
        asked = {question.name for question in questions_of(self.step, self.dossier.answers)}
        return {
            question.name: self._other(question)
            for question in page.questions
            if question.name in asked
            and stored_state(self.dossier, question.name) != typed[question.name].state
        }

    def _other(self, question):
        state = stored_state(self.dossier, question.name)
        raw = self.dossier.raw_answers.get(question.name)
        value = self.dossier.answers.get(question.name)
        if raw:
            words = " ".join(filter(None, (raw[name].strip() for name in raw)))
        else:
            words = show(question, value, self.language)
        return {
            "name": question.name,
            "words": words or _("pas de réponse"),
            "posted": None if question.kind == "list" else raw or as_posted(question, value),
            "mark": fingerprint(state),
        }

    def _closed(self):
        return JsonResponse(
            {
                "closed": _(
                    "Ce brouillon ne peut plus changer : il a été déposé ou supprimé depuis que "
                    "cette page est affichée. Ce que vous venez d’écrire n’y est pas."
                ),
                "href": page_of("tasks", self.dossier.pk),
            }
        )
