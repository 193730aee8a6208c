"""Fitting: one fold, all folds, and the final refit."""
