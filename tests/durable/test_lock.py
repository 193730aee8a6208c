"""The lock of a folder, and those who only look at it."""

import threading
import time

import pytest

from kepler_keras.durable import lock
from kepler_keras.errors import InputError


def test_a_held_folder_is_refused_with_the_holder(tmp_path):
    with lock.hold(tmp_path):
        assert lock.is_held(tmp_path)
        there = "another comparison is at work there, process"
        with pytest.raises(InputError, match=there), lock.hold(tmp_path):
            pass
    assert not lock.is_held(tmp_path)


def test_who_may_only_read_sees_the_holder(tmp_path, monkeypatch):
    with lock.hold(tmp_path):
        (tmp_path / lock.FILE).chmod(0o444)
        opened = []
        real = type(tmp_path).open

        def noted(path, mode="r", **options):
            opened.append(mode)
            return real(path, mode, **options)

        monkeypatch.setattr(type(tmp_path), "open", noted)
        assert lock.is_held(tmp_path)
    assert opened == ["r"]


def test_looking_hinders_nobody(tmp_path):
    with lock.hold(tmp_path):
        pass
    ended = threading.Event()

    def look():
        while not ended.is_set():
            lock.is_held(tmp_path)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(200):
            with lock.hold(tmp_path):
                time.sleep(0.0005)
    finally:
        ended.set()
        watcher.join()
