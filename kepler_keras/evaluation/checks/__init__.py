"""Checks of a whole comparison, each with a code that stays: a module lists its own in `CHECKS`."""
