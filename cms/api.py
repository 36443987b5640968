"""What other rooms may use of the public pages."""

from cms.publishing import admit_editor

__all__ = ["admit_editor"]
