import pytest

from kepler_keras.data.sources import injected


@pytest.fixture
def plant(monkeypatch):
    """Lets any curves be the base."""

    def planted(curves):
        monkeypatch.setattr(injected, "read_source", lambda name, path, options: curves)

    return planted
