"""A procedure with a question of every kind, published for one test and never for the next."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg.types.json import Jsonb

from dossiers.catalogue.loader import FOLDER, digest_of, load_catalogue, to_json
from dossiers.models import ProcedureVersion

CODE = "typed-example"

TYPED_STEPS = """
[[steps]]
code = "papers"
title = { fr = "Vos papiers", en = "Your papers", ar = "وثائقكم" }
why = { fr = "Pour vous reconnaître.", en = "To know you.", ar = "لمعرفتكم." }

[[steps.fields]]
name = "visa"
kind = "visa_number"
required = false
label = { fr = "Numéro de visa", en = "Visa number", ar = "رقم التأشيرة" }

[[steps.fields]]
name = "stamp"
kind = "stamp_number"
required = false
label = { fr = "Timbre fiscal", en = "Tax stamp", ar = "الطابع" }

[[steps.fields]]
name = "employer"
kind = "siret"
required = false
label = { fr = "SIRET", en = "SIRET number", ar = "رقم سيريت" }

[[steps.fields]]
name = "account_mail"
kind = "email"
required = false
filled_from = "account_email"
label = { fr = "Adresse du compte", en = "Account address", ar = "بريد الحساب" }

[[steps]]
code = "children"
title = { fr = "Vos enfants", en = "Your children", ar = "أطفالكم" }
why = { fr = "Pour leur droit au séjour.", en = "For their stay.", ar = "من أجل إقامتهم." }

[[steps.fields]]
name = "with_children"
kind = "yes_no"
label = { fr = "Avez-vous des enfants ?", en = "Do you have children?", ar = "هل لديكم أطفال؟" }

[[steps.fields]]
name = "children"
kind = "list"
maximum = 3
when = { field = "with_children", equals = true }
label = { fr = "Vos enfants", en = "Your children", ar = "أطفالكم" }
entry = { fr = "Enfant", en = "Child", ar = "طفل" }

[[steps.fields.fields]]
name = "child_name"
kind = "text"
label = { fr = "Prénom de l’enfant", en = "Child’s first name", ar = "اسم الطفل" }

[[steps.fields.fields]]
name = "child_born"
kind = "date"
partial = true
must_be = "past"
label = { fr = "Né ou née le", en = "Born on", ar = "تاريخ الميلاد" }

[[steps.fields.fields]]
name = "child_in_france"
kind = "yes_no"
label = { fr = "Vit en France", en = "Lives in France", ar = "يقيم في فرنسا" }

[[steps.fields.fields]]
name = "child_country"
kind = "country"
when = { field = "child_in_france", equals = false }
label = { fr = "Pays de l’enfant", en = "Child’s country", ar = "بلد الطفل" }

[[steps.fields]]
name = "guardian"
kind = "text"
required = false
when = { not = { field = "birth_date", age_at_least = 18, at = "filing" } }
label = { fr = "Qui vous représente", en = "Who acts for you", ar = "من يمثلكم" }
"""

SHARED = """
[fields.passport_lines]
kind = "mrz"
required = false
label = { fr = "Lignes du passeport", en = "Passport lines", ar = "أسطر الجواز" }

[steps.identity]
fields = [
    "passport_lines", "birth_name", "given_names", "sex", "birth_date", "nationality",
    "passport_number", "passport_ends_on",
]

[steps.passport]
fields = ["usage_name", "birth_city", "birth_country", "foreigner_number"]
"""


def typed_text(**changes: str) -> str:
    """The text of the data file; `changes` replace words of it."""
    text = (FOLDER / "student_renewal.toml").read_text(encoding="utf-8")
    text = text.replace('code = "student-renewal"', f'code = "{CODE}"', 1) + TYPED_STEPS
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


@cache
def loaded(text: str):
    """The procedure of such a text, with everything that procedures share."""
    with TemporaryDirectory() as place:
        folder = Path(shutil.copytree(FOLDER, Path(place) / "procedures"))
        for other in folder.glob("[!_]*.toml"):
            other.unlink()
        shared = folder / "_fields.toml"
        shared.write_text(_shared(shared.read_text(encoding="utf-8")), encoding="utf-8")
        (folder / f"{CODE.replace('-', '_')}.toml").write_text(text, encoding="utf-8")
        return load_catalogue(folder)[CODE]


def _shared(words: str) -> str:
    """The shared questions, the passport's lines on the page of identity; one page for all."""
    added, *steps = SHARED.partition("[steps.identity]")
    identity, passport = "".join(steps).split("\n\n", 1)
    for code, lines in (("identity", identity), ("passport", passport)):
        head, rest = words.split(f"[steps.{code}]\n", 1)
        words = f"{head}{lines.strip()}\n{rest.split(chr(10), 1)[1]}"
    # its own list of children takes the place of the shared one
    head, family = words.split("[steps.family-update]\n", 1)
    words = head + "[steps.family-update]\n" + family.replace('"children", ', "", 1)
    return words.replace("[steps.identity]", f"{added}\n[steps.identity]", 1)


def publish(owner, procedure) -> int:
    """Publish as a release does, once; nothing else in the tests uses this code."""
    text = [procedure.code, digest_of(procedure), Jsonb(to_json(procedure))]
    owner.execute(
        "insert into dossiers_procedureversion (code, digest, definition) values (%s, %s, %s)"
        " on conflict do nothing",
        text,
    )
    return ProcedureVersion.objects.get(code=text[0], digest=text[1]).pk
