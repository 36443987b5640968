"""Stored files: evidence, letters, cards. Who may read them, and how they are served."""
