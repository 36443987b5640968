"""What an editor may put in a page."""

from cms.blocks.text import Body, Doors

__all__ = ["Body", "Doors"]
