"""Augmentation: transforms of training batches, each with its physics and where it fails."""
