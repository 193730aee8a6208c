import pytest

from kepler_keras.errors import InputError
from kepler_keras.experiment_file import read_experiment


@pytest.fixture(autouse=True, scope="session")
def cache_of_this_run(tmp_path_factory):
    """Keeps the tests out of the user's own cache; commands that tests start inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEPLER_KERAS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def read(tmp_path):
    """Reads text as an experiment file."""

    def read_text(text, *overrides):
        path = tmp_path / "e.yaml"
        path.write_text(text, encoding="utf-8")
        return read_experiment(path, overrides)

    return read_text


@pytest.fixture
def refused(read, tmp_path):
    """The sentence that text ends in, without the folder of the file."""

    def sentence(text, *overrides):
        with pytest.raises(InputError) as caught:
            read(text, *overrides)
        assert "\n" not in str(caught.value)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return sentence


# With two processes the suite is over sooner if no long file is left to one of them at the end.
LONG_FILES = (
    "test_mlflow_run.py",
    "test_tune.py",
    "test_own_entries.py",
    "test_durable_command.py",
    "test_room.py",
    "test_durable_executor.py",
    "test_making.py",
    "test_kills.py",
    "test_postgres.py",
    "test_lost_answers.py",
    "test_server_away.py",
    "test_main_job.py",
    "test_predicting_page.py",
    "test_predict_command.py",
    "test_ready_views_served.py",
    "test_models.py",
    "test_canaries.py",
    "test_learning_curve.py",
    "test_tune_command.py",
    "test_hostile_names.py",
    "test_write_up.py",
    "test_outgoing.py",
    "test_larger_than_memory.py",
    "test_fit_larger_than_memory.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; within each half the order stays random."""
    items.sort(key=lambda item: item.path.name not in LONG_FILES)
