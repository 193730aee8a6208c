"""What a learner sees: sources, examples, splits, scaling, imbalance and augmentation."""
