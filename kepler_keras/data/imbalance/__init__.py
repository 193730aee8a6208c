"""Remedies for class imbalance: plans see training labels, resamplers training views and labels."""
