"""What a device sends of an arrival that it noted without the server."""

from datetime import UTC, datetime

from django import forms
from django.core.validators import RegexValidator


class EntryForm(forms.Form):
    """Written by our own script; its errors are never shown one by one."""

    key = forms.UUIDField()
    mark = forms.CharField(max_length=32, validators=[RegexValidator(r"\A[0-9a-f]{32}\Z")])
    by = forms.CharField(max_length=32, validators=[RegexValidator(r"\A[0-9a-f]{32}\Z")])
    claimed = forms.IntegerField(min_value=1_600_000_000, max_value=4_000_000_000)
    counter = forms.IntegerField(min_value=1, max_value=2**31 - 1)

    def clean_claimed(self):
        """A moment, from seconds."""
        return datetime.fromtimestamp(self.cleaned_data["claimed"], UTC)
