"""One journey per procedure over HTTP, generated from its data file: a new file needs no new test.

A person without JavaScript follows the pages: start, one page of questions after another, one
file for each box, check, swear, file. Answers are invented from what the file says of each field.
"""

import re
import shutil

import pytest
from django.urls import reverse
from psycopg.types.json import Jsonb

from dossiers import api
from dossiers.catalogue import loader
from dossiers.catalogue.conditions import evidence_for, prune, visible_fields, visible_steps
from dossiers.catalogue.loader import catalogue
from dossiers.demo import example_answers
from dossiers.forms.posting import as_posted
from dossiers.models import Dossier, Submission
from portal.core import clock
from portal.core.door import acting
from portal.correspondence.models import Letter
from tests.factories.dossiers import picture
from workflows.enums import ROUTING_DESK
from workflows.models import Case

pytestmark = pytest.mark.django_db
AGAIN = 4

MADE_UP = """
code = "garden-permit"
source_code = "GARDEN"
family = "first"
authority = "residence"
prints = "required"
confidence = "recalled"
legal_basis = ["Code des jardins, art. 1"]
grounds = ["grant-student", "refuse-identity", "close-not-supplied"]
window = "anytime"
deadlines = ["implicit-refusal-2-months", "completion-30-days"]
fees = [{ fee = "stamp-duty", due = "hand-over", when = { field = "garden", equals = "roof" } }]
title = { fr = "Faire un jardin", en = "Make a garden", ar = "إنشاء حديقة" }
summary = { fr = "Un jardin.", en = "A garden.", ar = "حديقة." }
audience = { fr = "Pour tous.", en = "For all.", ar = "للجميع." }
sworn_statement = { fr = "Je jure.", en = "I swear.", ar = "أقسم." }

[title_months]
offered = [12]
maximum = 12
legal = ["Code des jardins, art. 2"]
rule = { fr = "Un an.", en = "One year.", ar = "سنة." }

[[steps]]
use = "identity"

[[steps]]
use = "passport"

[[steps]]
code = "garden"
title = { fr = "Le jardin", en = "The garden", ar = "الحديقة" }
why = { fr = "Pour savoir.", en = "To know.", ar = "لنعرف." }

[[steps.fields]]
name = "garden"
kind = "choice"
label = { fr = "Où ?", en = "Where?", ar = "أين؟" }
options = [
  { value = "ground", label = { fr = "Au sol", en = "On the ground", ar = "على الأرض" } },
  { value = "roof", label = { fr = "Sur le toit", en = "On the roof", ar = "على السطح" } },
]

[[steps.fields]]
name = "plants"
kind = "integer"
minimum = 1
when = { field = "garden", equals = "roof" }
label = { fr = "Combien de plantes ?", en = "How many plants?", ar = "كم نبتة؟" }

[[steps]]
use = "address"

[[steps]]
use = "contact"

[[evidence]]
use = "passport"

[[checks]]
use = "identity"
evidence = ["passport"]
"""


class Walker:
    """A person's browser going through one procedure, page by page."""

    def __init__(self, client, person, code, **given):
        self.client, self.person, self.code = client, person, code
        with acting(person.pk):
            self.answers = example_answers(catalogue()[code], clock.today(), **given)

    def starts(self):
        start = reverse("dossiers:start", args=[self.code])
        shown = self.client.get(start)
        assert shown.context["facts"].title == catalogue()[self.code].title.fr
        tasks = self.client.post(start)["Location"]
        self.pk = re.search(r"[0-9a-f-]{36}", tasks)[0]

    def page(self, name, *more):
        return reverse(f"dossiers:{name}", args=[self.pk, *more])

    def answers_every_page(self):
        """Send each page until it leads elsewhere: a choice may bring new questions."""
        for step in visible_steps(catalogue()[self.code], self.answers):
            address = self.page("step", step.code)
            for _ in range(AGAIN):
                shown = self.client.get(address)
                answer = self.client.post(address, self._typed(step, shown.text))
                if answer.status_code != 302:
                    raise AssertionError(f"{step.code}: {answer.context['form'].errors.as_text()}")
                if answer["Location"] != address:
                    break
            else:
                raise AssertionError(f"{step.code} is shown again and again")

    def _typed(self, step, html):
        typed = {"continue": ""}
        for name in re.findall(r'name="(seen)" value="([^"]*)"', html):
            typed[name[0]] = name[1]
        for field in visible_fields(step, self.answers):
            typed |= as_posted(field, self.answers.get(field.name))
        return typed

    def gives_every_paper(self):
        for rule in evidence_for(self._dossier().procedure, self.answers):
            if rule.required:
                box = self.page("evidence_box", rule.code)
                assert self.client.post(box, {"file": picture()}).status_code == 302, rule.code

    def files(self):
        checked = self.client.get(self.page("check"))
        assert checked.context["problems"] == []
        done = self.client.post(self.page("declare"), {"sworn": "on"}, follow=True)
        assert done.status_code == 200
        return self._dossier(), done

    def _dossier(self):
        with acting(self.person.pk):
            return Dossier.objects.get(pk=self.pk)


def walk(client, person, code, **given):
    walker = Walker(client, person, code, **given)
    walker.starts()
    walker.answers_every_page()
    walker.gives_every_paper()
    dossier, shown = walker.files()
    return walker, dossier, shown


def other_answers(code):
    """What the first journey does not say: every "yes", and the last option of every choice."""
    answers = {}
    for field in catalogue()[code].all_fields():
        if field.kind == "yes_no":
            answers[field.name] = True
        if field.kind == "choice" and field.means != "preferred_language":
            answers[field.name] = field.options[-1].value
    return answers


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_procedure_is_filed_page_by_page_from_its_data_file(signed_in, applicant, code):
    walker, dossier, shown = walk(signed_in, applicant, code)

    procedure = catalogue()[code]
    assert dossier.number in shown.text
    assert "Elle ne prouve pas que votre séjour est régulier." in shown.text
    with acting(applicant.pk):
        submission = Submission.objects.get(dossier=dossier)
        letter = Letter.objects.get(dossier_id=dossier.pk, kind="filing_receipt")
    assert submission.answers == prune(procedure, walker.answers)
    assert submission.sworn_text == procedure.sworn_statement.fr
    assert letter.context["procedure"] == procedure.title.fr


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_the_other_answers_of_a_procedure_lead_to_filing_too(signed_in, applicant, code):
    walker, dossier, _shown = walk(signed_in, applicant, code, **other_answers(code))

    asked = {rule.code for rule in evidence_for(dossier.procedure, dossier.answers)}
    assert dossier.number
    assert dossier.answers == prune(catalogue()[code], walker.answers)
    assert asked >= {box.rule_code for box in dossier_summary(applicant, dossier).evidence}


def dossier_summary(person, dossier):
    with acting(person.pk):
        return api.dossier_summary(dossier.pk, "fr")


@pytest.fixture
def with_a_made_up_procedure(tmp_path, monkeypatch, owner):
    """A folder of data files with one more, and its text published by the owner."""
    folder = shutil.copytree(loader.FOLDER, tmp_path / "procedures")
    (folder / "garden_permit.toml").write_text(MADE_UP, encoding="utf-8")
    monkeypatch.setattr(loader, "FOLDER", folder)
    catalogue.cache_clear()
    made_up = catalogue()["garden-permit"]
    owner.execute(
        "insert into dossiers_procedureversion (code, digest, definition) values (%s, %s, %s)"
        " on conflict do nothing",
        [made_up.code, loader.digest_of(made_up), Jsonb(loader.to_json(made_up))],
    )
    yield made_up.code
    catalogue.cache_clear()


@pytest.mark.django_db(transaction=True)  # what the owner published goes with the database
def test_one_more_data_file_is_one_more_procedure_and_no_python(
    with_a_made_up_procedure, signed_in, applicant
):
    code = with_a_made_up_procedure

    walker, dossier, shown = walk(signed_in, applicant, code, garden="roof")

    assert dossier.number in shown.text
    assert dossier.procedure_code == code
    assert dossier.answers["garden"] == "roof"
    assert walker.answers["plants"] == 1
    with acting(applicant.pk):
        case = Case.objects.get(dossier_id=dossier.pk)
    assert (case.clock_rule, case.prefecture_code) == ("implicit-refusal-2-months", "69")
    assert code in {fact.code for fact in api.procedures("fr")}


@pytest.mark.parametrize(("category", "days"), [("researcher", 60), ("blue_card_mobile", 30)])
def test_the_clock_of_a_case_is_that_of_what_was_answered(signed_in, applicant, category, days):
    _, dossier, _ = walk(signed_in, applicant, "talent-qualified", talent_category=category)

    with acting(applicant.pk):
        case = Case.objects.get(dossier_id=dossier.pk)
    assert (case.clock_days, case.clock_rule) == (days, f"implicit-refusal-{days}-days")


def test_a_national_procedure_waits_for_an_office_and_says_why(signed_in, applicant):
    _, dossier, _ = walk(signed_in, applicant, "visa-validation")

    with acting(applicant.pk):
        case = Case.objects.get(dossier_id=dossier.pk)
    assert (case.prefecture_code, case.routing_rule) == (ROUTING_DESK, "without_national_office")


def test_a_visa_is_validated_without_any_paper(signed_in, applicant):
    walker = Walker(signed_in, applicant, "visa-validation")
    walker.starts()

    shown = signed_in.get(walker.page("evidence"))

    assert "Cette démarche ne demande aucune pièce." in shown.text


def test_a_number_of_the_wrong_form_is_refused_with_its_form(signed_in, applicant):
    walker = Walker(signed_in, applicant, "visa-validation", stamp_number="12")
    walker.starts()

    with pytest.raises(AssertionError, match="Le numéro du timbre fiscal compte 16 chiffres"):
        walker.answers_every_page()
