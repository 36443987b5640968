"""The values that components accept; anything else is a mistake of the template's author."""

from django.template import TemplateSyntaxError

CALLOUT_TONES = ("info", "success", "warning", "danger", "quiet")
BADGE_TONES = ("neutral", "info", "success", "warning", "danger")
CARD_TONES = ("plain", "accent", "quiet", "strong")
BUTTON_TONES = ("primary", "secondary", "quiet", "danger")
VERDICT_TONES = ("success", "warning", "danger")
FILE_STATES = ("missing", "sending", "checking", "checked", "problem")
TASK_STATES = ("todo", "started", "done", "blocked", "problem")


def checked(tag, argument, value, allowed):
    """Refuse a value nobody drew: a misspelt tone would otherwise be an unstyled box."""
    if value not in allowed:
        allowed_words = ", ".join(allowed)
        raise TemplateSyntaxError(
            f"{tag} has no {argument} {value!r}; choose among: {allowed_words}"
        )
    return value
