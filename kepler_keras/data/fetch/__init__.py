"""Brings data from the archives: whole and checked under its own name, or not at all."""
