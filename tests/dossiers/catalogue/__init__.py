"""Tests of the catalogue: pure, without a database."""
