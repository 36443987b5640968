"""Each kind of mistake is refused with its file, its place and its key."""

import pytest

from dossiers.catalogue.loader import load_catalogue
from dossiers.catalogue.schema import CatalogueError

STUDENT = "student_renewal.toml"
FIELDS = "_fields.toml"
FIRST_TITLE_FIELD = 'name = "title_kind"\nkind = "choice"'

MISTAKES = {
    "an unknown key of a field": (
        STUDENT,
        FIRST_TITLE_FIELD,
        f"{FIRST_TITLE_FIELD}\nrequierd = true",
        "student_renewal.toml: steps[2].fields[0].requierd: clé inconnue",
    ),
    "an unknown key of the file": (
        STUDENT,
        'family = "renewal"',
        'family = "renewal"\ncolour = "blue"',
        "student_renewal.toml: colour: clé inconnue",
    ),
    "an absent key": (
        STUDENT,
        'prints = "on-record"\n',
        "",
        "student_renewal.toml: prints: clé obligatoire absente",
    ),
    "a value outside the list": (
        STUDENT,
        'family = "renewal"',
        'family = "annual"',
        "student_renewal.toml: family: « annual » n'est pas une valeur admise "
        "(first, renewal, duplicate, change)",
    ),
    "a wrong type": (
        STUDENT,
        "max_length = 1500",
        'max_length = "long"',
        "student_renewal.toml: steps[5].fields[6].max_length: un nombre entier est attendu",
    ),
    "yes is not a number": (
        STUDENT,
        "max_length = 1500",
        "max_length = true",
        "student_renewal.toml: steps[5].fields[6].max_length: un nombre entier est attendu",
    ),
    "a word instead of a list": (
        STUDENT,
        'legal_basis = ["CESEDA L.422-1", "CESEDA L.433-4", "CESEDA L.411-4 8°", "CESEDA R.431-5"]',
        'legal_basis = "CESEDA L.422-1"',
        "student_renewal.toml: legal_basis: une liste est attendue",
    ),
    "a word instead of a text in three languages": (
        STUDENT,
        'title.fr = "Vos études"\ntitle.en = "Your studies"\ntitle.ar = "دراستكم"',
        'title = "Vos études"',
        "student_renewal.toml: steps[5].title: une table { fr, en, ar } est attendue",
    ),
    "a missing translation": (
        STUDENT,
        'title.ar = "دراستكم"\n',
        "",
        "student_renewal.toml: steps[5].title.ar: traduction absente",
    ),
    "an empty translation": (
        STUDENT,
        'title.ar = "دراستكم"',
        'title.ar = " "',
        "student_renewal.toml: steps[5].title.ar: un texte est attendu",
    ),
    "an unknown language": (
        STUDENT,
        'title.ar = "دراستكم"',
        'title.ar = "دراستكم"\ntitle.de = "Studium"',
        "student_renewal.toml: steps[5].title.de: clé inconnue",
    ),
    "an unknown window": (
        STUDENT,
        'window = "online-renewal"',
        'window = "some-day"',
        "student_renewal.toml: window: délai de dépôt inconnu « some-day »",
    ),
    "an unknown evidence": (
        STUDENT,
        'use = "passport"\n\n[[evidence]]',
        'use = "pasport"\n\n[[evidence]]',
        "student_renewal.toml: evidence[0].use: pièce inconnue « pasport »",
    ),
    "an unknown shared field": (
        STUDENT,
        'use = "title_starts_on"',
        'use = "title_begins_on"',
        "student_renewal.toml: steps[2].fields[2].use: champ partagé inconnu « title_begins_on »",
    ),
    "an unknown shared step": (
        STUDENT,
        'use = "address"',
        'use = "adress"',
        "student_renewal.toml: steps[3].use: étape partagée inconnue « adress »",
    ),
    "an unknown deadline": (
        STUDENT,
        '"completion-30-days"',
        '"completion-31-days"',
        "student_renewal.toml: deadlines[1]: échéance inconnue « completion-31-days »",
    ),
    "an unknown fee": (
        STUDENT,
        'fee = "stamp-duty"',
        'fee = "stamp"',
        "student_renewal.toml: fees[1].fee: taxe inconnue « stamp »",
    ),
    "an unknown late charge": (
        STUDENT,
        'late_fee = "late-charge"',
        'late_fee = "late"',
        "student_renewal.toml: late_fee: taxe inconnue « late »",
    ),
    "a condition on an unknown field": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "repeated", equals = true }',
        "student_renewal.toml: steps[5].fields[6].when: champ inconnu « repeated »",
    ),
    "a condition on a field asked later": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "means_kind", equals = "work" }',
        "student_renewal.toml: steps[5].fields[6].when: "
        "le champ « means_kind » est demandé plus loin",
    ),
    "a condition on an absent option": (
        FIELDS,
        'when = { field = "means_kind", equals = "third_party" }\nlabel',
        'when = { field = "means_kind", equals = "uncle" }\nlabel',
        "student_renewal.toml: steps[6].fields[1].when: "
        "« uncle » n'est pas une option de « means_kind »",
    ),
    "a condition on an answer of another type": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "repeated_year", equals = "yes" }',
        "student_renewal.toml: steps[5].fields[6].when: "
        "« yes » n'est pas une réponse possible à « repeated_year »",
    ),
    "an earlier-than on something that is no date": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "repeated_year", before = 2020-01-01 }',
        "student_renewal.toml: steps[5].fields[6].when: « repeated_year » n'est pas une date",
    ),
    "a condition with two operators": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "repeated_year", equals = true, filled = true }',
        "student_renewal.toml: steps[5].fields[6].when: "
        "un champ et un seul opérateur sont attendus",
    ),
    "a condition with an unknown operator": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { field = "repeated_year", is = true }',
        "student_renewal.toml: steps[5].fields[6].when.is: clé inconnue",
    ),
    "an unknown combination": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        'when = { none = [{ field = "repeated_year", equals = true }] }',
        "student_renewal.toml: steps[5].fields[6].when: "
        "une condition est « field » et un opérateur, ou all, any, not",
    ),
    "an empty combination": (
        STUDENT,
        'when = { field = "repeated_year", equals = true }',
        "when = { any = [] }",
        "student_renewal.toml: steps[5].fields[6].when.any: une liste non vide est attendue",
    ),
    "an evidence condition on an unknown field": (
        STUDENT,
        'when = { field = "health_affiliated", equals = false }',
        'when = { field = "health", equals = false }',
        "student_renewal.toml: evidence[12].when: champ inconnu « health »",
    ),
    "a field asked twice": (
        STUDENT,
        'use = "programme"',
        'use = "institution"',
        "student_renewal.toml: steps: fields: « institution » est déclaré 2 fois",
    ),
    "a step declared twice": (
        STUDENT,
        'code = "studies"',
        'code = "means"',
        "student_renewal.toml: steps: code: « means » est déclaré 2 fois",
    ),
    "an evidence declared twice": (
        STUDENT,
        'use = "enrolment"',
        'use = "passport"',
        "student_renewal.toml: evidence: code: « passport » est déclaré 2 fois",
    ),
    "an option declared twice": (
        FIELDS,
        'value = "widowed"',
        'value = "single"',
        "student_renewal.toml: steps[4].fields[0]: options: « single » est déclaré 2 fois",
    ),
    "options outside a choice": (
        STUDENT,
        FIRST_TITLE_FIELD,
        'name = "title_kind"\nkind = "text"',
        "student_renewal.toml: steps[2].fields[0].options: "
        "des options sont attendues pour un choix, et pour lui seul",
    ),
    "an unknown meaning": (
        STUDENT,
        'means = "title_kind"',
        'means = "title_sort"',
        "student_renewal.toml: steps[2].fields[0].means: « title_sort » : sens inconnu",
    ),
    "a meaning that the kind cannot have": (
        STUDENT,
        'means = "title_kind"',
        'means = "birth_name"',
        "student_renewal.toml: steps[2].fields[0].means: « birth_name » : impossible pour choice",
    ),
    "a length for a number": (
        FIELDS,
        "minimum = 1\nmaximum = 8",
        "max_length = 8",
        "student_renewal.toml: steps[5].fields[3].max_length: sans objet pour « integer »",
    ),
    "a bound of another type": (
        FIELDS,
        "minimum = 1\nmaximum = 8",
        "minimum = 2020-01-01",
        "student_renewal.toml: steps[5].fields[3].minimum: sans objet pour « integer »",
    ),
    "bounds that cross": (
        FIELDS,
        "minimum = 1\nmaximum = 8",
        "minimum = 9\nmaximum = 8",
        "student_renewal.toml: steps[5].fields[3].minimum: dépasse maximum",
    ),
    "a name with a capital": (
        STUDENT,
        'name = "repeat_explanation"',
        'name = "Repeat"',
        "student_renewal.toml: steps[5].fields[6].name: "
        "« Repeat » devrait s'écrire en minuscules avec des soulignés",
    ),
    "a duration above the maximum": (
        STUDENT,
        "maximum = 48",
        "maximum = 36",
        "student_renewal.toml: title_months.maximum: absent ou dépassé par une durée proposée",
    ),
    "a late charge from a window to be confirmed": (
        "_windows.toml",
        'late_charge = true\nextension_by_right = true\nlegal = ["CESEDA R.431-5 1°", '
        '"CESEDA R.431-8", "CESEDA L.436-5"]\nconfidence = "sourced"',
        'late_charge = true\nlegal = ["CESEDA R.431-8"]\nconfidence = "recalled"',
        "student_renewal.toml: window.late_charge: ne se déduit pas d'un délai à confirmer",
    ),
    "a silence that is to be confirmed": (
        "_deadlines.toml",
        'legal = ["CESEDA R.432-2 al. 2", "CESEDA R.422-5"]\nconfidence = "sourced"',
        'legal = ["CESEDA R.432-2 al. 2", "CESEDA R.422-5"]\nconfidence = "recalled"',
        "student_renewal.toml: deadlines[0].confidence: "
        "un refus ne naît pas d'un délai à confirmer",
    ),
    "a dated schedule that is to be confirmed": (
        "_fees.toml",
        "[schedules.LF2026]\n",
        "[schedules.LF2026]\nsince = 2026-05-01\n",
        "student_renewal.toml: fees[0].fee: LF2026: une date d'effet ne peut être à confirmer",
    ),
    "a row that ends before it begins": (
        STUDENT,
        "since = 2021-05-01\n",
        "since = 2021-05-01\nuntil = 2021-04-30\n",
        "student_renewal.toml: channels[0].until: précède since",
    ),
    "a territory that is none": (
        STUDENT,
        'territories = ["977", "978"]',
        'territories = ["977", "20"]',
        "student_renewal.toml: channels[1].territories: « 20 » n'est pas un code de département",
    ),
    "a channel that says it was read, and not where": (
        STUDENT,
        'legal = ["arrêté du 27 avril 2021"]',
        "legal = []",
        "student_renewal.toml: channels[0].legal: "
        "une source est attendue, ou confidence à « recalled »",
    ),
    "words for a form that is not asked": (
        FIELDS,
        'pattern = "[0-9]{5}"\n',
        'wrong = { fr = "Non.", en = "No.", ar = "لا." }\n',
        "employee_first.toml: steps[3].fields[6].wrong: sans objet sans « pattern »",
    ),
    "a delay for an answer that nobody gives": (
        "talent_qualified.toml",
        'equals = "researcher" } }',
        'equals = "poet" } }',
        "talent_qualified.toml: deadlines[1].when: "
        "« poet » n'est pas une option de « talent_category »",
    ),
    "an unknown shared check": (
        STUDENT,
        'use = "residence"',
        'use = "home"',
        "student_renewal.toml: checks[5].use: vérification inconnue « home »",
    ),
    "a meaning that every procedure needs": (
        STUDENT,
        'use = "address"',
        'use = "identity"\ncode = "identity-again"',
        "student_renewal.toml: steps: aucun champ n'a le sens « commune »",
    ),
    "a refusal that does not say where to go": (
        "visa_validation.toml",
        'channel = "online"',
        'channel = "counter"',
        "visa_validation.toml: channels[0].where: à qui l'on refuse de commencer ici, "
        "on dit où aller",
    ),
    "a card that is never made, and sometimes": (
        "visa_validation.toml",
        "makes_card = false",
        'makes_card = false\ncard_when = { field = "visa_motive", equals = "student" }',
        "visa_validation.toml: card_when: sans objet pour une démarche qui ne fait pas de carte",
    ),
    "a window without its date": (
        STUDENT,
        'use = "title_ends_on"',
        'use = "children"',
        "student_renewal.toml: window: aucun champ n'a le sens « title_ends_on », "
        "dont ce délai dépend",
    ),
    "a late charge that the procedure does not name": (
        STUDENT,
        'late_fee = "late-charge"\n',
        "",
        "student_renewal.toml: window.late_charge: "
        "la procédure ne dit pas sa taxe de retard (late_fee)",
    ),
    "a code that is not the name of the file": (
        STUDENT,
        'code = "student-renewal"',
        'code = "student"',
        "student_renewal.toml: code: le fichier devrait s'appeler student.toml",
    ),
    "a code taken by another file": (
        STUDENT,
        'code = "student-renewal"',
        'code = "duplicate"',
        "student_renewal.toml: code: « duplicate » est déjà déclaré par duplicate.toml",
    ),
    "a shared field": (
        "_fields.toml",
        'means = "birth_name"\nmax_length = 80',
        'means = "birth_name"\nmax_lenght = 80',
        "_fields.toml: fields.birth_name.max_lenght: clé inconnue",
    ),
    "a shared step": (
        "_fields.toml",
        'title.en = "Your address in France"\n',
        "",
        "_fields.toml: steps.address.title.en: traduction absente",
    ),
    "a bad pattern": (
        "_fields.toml",
        '"[0-9]{5}"',
        '"[0-9{5}"',
        "student_renewal.toml: steps[3].fields[6].pattern: expression invalide "
        "(unterminated character set at position 0)",
    ),
    "a window without its numbers": (
        "_windows.toml",
        "months_left = 3\n",
        "",
        "duplicate.toml: window.months_left: attendu pour « while-valid »",
    ),
    "an evidence accepting nothing": (
        "_evidence.toml",
        'accept = ["image/jpeg", "image/png", "image/heic", "application/pdf"]',
        "accept = []",
        "duplicate.toml: evidence[2].accept: au moins un format est attendu",
    ),
    "a delay in days and months": (
        "_deadlines.toml",
        "months = 4",
        "months = 4\ndays = 120",
        "spouse_of_french_first.toml: deadlines[0]: « days » ou « months », l'un des deux",
    ),
    "an unknown schedule": (
        "_fees.toml",
        "amounts = { LF2022 = 25, LF2026 = 50 }",
        "amounts = { LF2022 = 25, LF2027 = 50 }",
        "_fees.toml: fees.stamp-duty.amounts.LF2027: barème inconnu",
    ),
    "an unknown key of a schedule": (
        "_fees.toml",
        "since = 2022-01-01",
        "from = 2022-01-01",
        "_fees.toml: schedules.LF2022.from: clé inconnue",
    ),
    "an unknown section": (
        "_fees.toml",
        "[fees.first-tax]",
        "[taxes.first-tax]",
        "_fees.toml: taxes: clé inconnue",
    ),
}


@pytest.mark.parametrize("section", ["schedules = 3", "schedules.LF2022 = 3", "fees = []"])
def test_a_section_that_is_not_a_table_is_refused(folder, section):
    (folder / "_fees.toml").write_text(section, "utf-8")

    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)

    place = section.split(" = ")[0]
    assert f"_fees.toml: {place}: une table est attendue" in refused.value.problems


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused_with_its_place(spoil, mistake):
    file, old, new, expected = mistake
    assert expected in spoil(file, old, new)


def test_a_file_that_is_not_toml_is_refused_with_its_name(spoil):
    (problem,) = spoil(STUDENT, 'code = "student-renewal"', "code = ")
    assert problem.startswith("student_renewal.toml: fichier illisible (")


def test_one_mistake_in_a_shared_file_is_said_once(spoil):
    problems = spoil("_fields.toml", 'means = "birth_name"', 'means = "birth_name"\ncolour = "red"')
    assert problems == ("_fields.toml: fields.birth_name.colour: clé inconnue",)


def test_the_problems_of_all_files_come_together(folder):
    for name in ("duplicate.toml", STUDENT):
        path = folder / name
        path.write_text(f'colour = "red"\n{path.read_text(encoding="utf-8")}', "utf-8")

    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)

    assert refused.value.problems == (
        "duplicate.toml: colour: clé inconnue",
        "student_renewal.toml: colour: clé inconnue",
    )
    assert str(refused.value) == "\n".join(refused.value.problems)
