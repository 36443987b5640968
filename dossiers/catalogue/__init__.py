"""Procedures as data: what is asked, when, for how much; pure Python, without Django."""
