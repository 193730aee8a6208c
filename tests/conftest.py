import pytest


@pytest.fixture(autouse=True, scope="session")
def cache_of_this_run(tmp_path_factory):
    """Keeps the tests out of the user's own cache; commands that tests start inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEPLER_KERAS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
