"""Arrays in, numbers out: nothing here ever loads a model."""
