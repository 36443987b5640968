"""What the person writes beside an answer: why not, why more time, what is not right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField


class ExplainForm(forms.Form):
    """Why an item cannot be given; an empty text takes the explanation back."""

    use_required_attribute = False

    explanation = PlainTextField(
        label=_("Pourquoi vous ne pouvez pas le donner, et ce que vous avez à la place"),
        help_text=_("L’agent lit ce texte avant de décider. Quelques phrases suffisent."),
        max_length=2000,
        rows=4,
        required=False,
    )


class ExtendForm(forms.Form):
    """The wish for more time; no reason is needed."""

    reason = PlainTextField(
        label=_("Pourquoi vous avez besoin de temps"),
        help_text=_("Par exemple : j’attends un document de mon pays."),
        max_length=500,
        rows=2,
        required=False,
    )


class ContestForm(forms.Form):
    """What is not right in a correction of the office."""

    use_required_attribute = False

    text = PlainTextField(
        label=_("Ce qui n’est pas exact, et ce qu’il faut écrire"),
        help_text=_("Un agent de la préfecture le lira et vous répondra."),
        max_length=1000,
        rows=3,
    )
