"""Fits that outlive the command: each is kept in the report folder the moment it ends."""
