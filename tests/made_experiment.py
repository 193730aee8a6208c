"""The smallest experiment, for tests that change one thing of its entry."""

from kepler_keras.experiment import Experiment


def one_view_unless_named(entry):
    """The view of an entry that names none."""
    return {} if "views" in entry else {"view": "flux"}


def experiment_of(**entry):
    """An experiment of one entry `e1`; what is given goes before its own settings."""
    fields = {
        "name": "e1",
        "model": "mlp",
        **one_view_unless_named(entry),
        **entry,
    }
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "?",
            "data": {"source": "simulated"},
            "entries": [fields],
            "baseline": "e1",
        }
    )
