"""Hostile input: files damaged on purpose, through the very functions that the commands call.

`python -m tests.fuzz` is the long version, with its figures; `test_fuzzed_input.py` a short one.
"""
