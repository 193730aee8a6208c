"""The tests, a package of their own: a dependency brings another one of this name."""
