"""Blocks of text: no image, no embed, nothing fetched from another site."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

PLAIN = ("bold", "italic", "link")
RICH = ("h2", "h3", *PLAIN, "ol", "ul")

TONES = (
    ("info", _("Bon à savoir")),
    ("success", _("Ce qui est acquis")),
    ("warning", _("À ne pas manquer")),
)
DOORS = (
    ("ask", _("Demander : la liste des démarches")),
    ("follow", _("Suivre : l'espace personnel")),
    ("understand", _("Comprendre : les pages d'aide")),
)


class Callout(blocks.StructBlock):
    tone = blocks.ChoiceBlock(choices=TONES, default="info", label=_("Ton"))
    title = blocks.CharBlock(max_length=120, label=_("Titre : ce qu'il faut savoir"))
    text = blocks.RichTextBlock(features=PLAIN, label=_("Texte : ce qu'il faut faire"))

    class Meta:
        template = "cms/blocks/callout.html"
        icon = "info-circle"
        label = _("Encadré")


class Step(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Étape"))
    text = blocks.RichTextBlock(features=PLAIN, label=_("Explication"))

    class Meta:
        icon = "order"
        label = _("Étape")


class Question(blocks.StructBlock):
    question = blocks.CharBlock(max_length=160, label=_("Question, dans les mots des personnes"))
    answer = blocks.RichTextBlock(features=(*PLAIN, "ol", "ul"), label=_("Réponse"))

    class Meta:
        template = "cms/blocks/question.html"
        icon = "help"
        label = _("Question et réponse")


class Steps(blocks.ListBlock):
    def __init__(self, **kwargs):
        super().__init__(Step(), min_num=2, max_num=8, **kwargs)

    class Meta:
        template = "cms/blocks/steps.html"
        icon = "list-ol"
        label = _("Suite d'étapes")


class Body(blocks.StreamBlock):
    """The body of a page, in the order chosen by the editor."""

    text = blocks.RichTextBlock(
        features=RICH, template="cms/blocks/rich_text.html", icon="pilcrow", label=_("Texte")
    )
    steps = Steps()
    callout = Callout()
    question = Question()


class Door(blocks.StructBlock):
    target = blocks.ChoiceBlock(choices=DOORS, label=_("Où mène cette porte"))
    title = blocks.CharBlock(max_length=60, label=_("Ce que la personne veut faire"))
    text = blocks.CharBlock(max_length=200, label=_("Ce qu'elle y trouve"))

    class Meta:
        icon = "link"
        label = _("Porte")


class Doors(blocks.StreamBlock):
    """The entrances of the home page, one for each thing people come to do."""

    door = Door()

    class Meta:
        block_counts = {"door": {"min_num": 1, "max_num": 3}}
