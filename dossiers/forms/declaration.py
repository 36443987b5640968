"""The sworn statement, the withdrawal: one box to tick, one sentence to read."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeclarationForm(forms.Form):
    """What the person swears before filing; the text is the procedure's own."""

    use_required_attribute = False

    sworn = forms.BooleanField(
        error_messages={"required": _("Cochez la déclaration sur l’honneur pour déposer.")}
    )

    def __init__(self, *args, statement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sworn"].label = statement


class FilingForm(DeclarationForm):
    """The same at the first filing; `asks_about_card` offers to say that a card never came."""

    card_not_given = forms.BooleanField(
        label=_("Ma carte précédente ne m’a jamais été remise"),
        help_text=_("Si c’est le cas, cochez : un agent la cherche. La demande part de même."),
        required=False,
    )

    def __init__(self, *args, asks_about_card=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks_about_card:
            del self.fields["card_not_given"]


class ConfirmForm(forms.Form):
    """One box that keeps a slip of the finger from ending a request."""

    use_required_attribute = False

    sure = forms.BooleanField(
        label=_("Je confirme"),
        error_messages={"required": _("Cochez la case pour confirmer.")},
    )

    def __init__(self, *args, label, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = label


class SendForm(forms.Form):
    """A button without a question."""
