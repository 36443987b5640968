"""What an agent writes at the counter before typing for somebody: who, why, and their consent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.enums import AssistanceReason, Consent
from dossiers.forms.builder import MailField
from dossiers.forms.printed import CodeField
from portal.accounts.models import LANGUAGES
from portal.core.forms import DatePartsField, PlainTextField


class IdentifyForm(forms.Form):
    """An account is found by two things that its person knows."""

    use_required_attribute = False

    email = MailField(
        label=_("Adresse e-mail du compte"),
        help_text=_("Si la personne ne la connaît pas, son numéro étranger suffit."),
        max_length=254,
        required=False,
    )
    foreigner_number = CodeField(
        label=_("Ou son numéro étranger"),
        help_text=_("Dix chiffres, sur le titre de séjour ou le récépissé."),
        pattern=r"[0-9]{10}",
        wrong=_("Le numéro étranger compte dix chiffres."),
        max_length=20,
        required=False,
    )
    birth_date = DatePartsField(
        label=_("Date de naissance"), help_text=_("Telle qu’elle est écrite sur le passeport.")
    )

    def clean(self):
        """One of the two is enough, and one is needed."""
        found = super().clean()
        if not self.errors and not (found.get("email") or found.get("foreigner_number")):
            raise forms.ValidationError(
                _("Écrivez l’adresse e-mail du compte, ou le numéro étranger.")
            )
        return found


class EnrolForm(forms.Form):
    """An account for somebody who has none: an address that they, or somebody they trust, read."""

    use_required_attribute = False

    email = MailField(
        label=_("Adresse e-mail"),
        help_text=_(
            "Celle de la personne. Si elle n’en a pas, celle d’un proche de confiance qu’elle "
            "choisit : il recevra les avis, qui ne disent rien du dossier."
        ),
        max_length=254,
    )
    language = forms.ChoiceField(label=_("Langue des messages"), choices=LANGUAGES)


class OpenForm(forms.Form):
    """Why the person files here, and how they agreed (CESEDA R.431-2, paragraph 3)."""

    use_required_attribute = False

    procedure = forms.ChoiceField(label=_("Démarche"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Pourquoi la personne ne peut pas déposer seule"),
        choices=AssistanceReason.choices,
        widget=forms.RadioSelect,
    )
    reason_text = PlainTextField(
        label=_("Précisez, si c’est une autre raison"), max_length=500, rows=3, required=False
    )
    consent = forms.ChoiceField(
        label=_("Comment la personne a donné son accord"),
        choices=Consent.choices,
        widget=forms.RadioSelect,
    )
    present = forms.BooleanField(
        label=_(
            "La personne est devant moi. J’ai lu son passeport ou son titre. Elle sait que je tape "
            "pour elle et qu’elle peut arrêter quand elle veut."
        ),
        error_messages={"required": _("Sans la personne, aucun dépôt assisté n’est possible.")},
    )

    def __init__(self, *args, procedures, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = procedures

    def clean(self):
        """Another reason is written in words."""
        found = super().clean()
        if found.get("reason") == AssistanceReason.OTHER and not found.get("reason_text"):
            self.add_error("reason_text", _("Écrivez la raison en quelques mots."))
        return found


class SignForm(forms.Form):
    """At the counter the person reads the summary and signs; the agent says that they did."""

    use_required_attribute = False

    sworn = forms.BooleanField(
        error_messages={"required": _("La personne n’a pas signé : rien n’est déposé.")}
    )
    read_back = forms.BooleanField(
        label=_(
            "La personne a relu toutes ses réponses, ou je les lui ai lues, et elle a signé le "
            "récapitulatif imprimé."
        ),
        error_messages={"required": _("La personne doit relire ses réponses et signer.")},
    )

    def __init__(self, *args, statement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sworn"].label = _("Déclaration de la personne : %(statement)s") % {
            "statement": statement
        }
