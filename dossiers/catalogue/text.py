"""A sentence in the three languages of the portal, French being the one that counts."""

from dataclasses import dataclass

LANGUAGES = ("fr", "en", "ar")


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in French (authoritative), English and Arabic."""

    fr: str
    en: str
    ar: str

    def get(self, language: str | None) -> str:
        """The sentence in `language` ("ar", "en-gb"…); French for a language we do not have."""
        short = (language or "fr").split("-")[0].lower()
        return getattr(self, short) if short in LANGUAGES else self.fr
