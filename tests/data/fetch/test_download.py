"""Whatever a server does: the whole right file, or one sentence and nothing under its name."""

import fcntl
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
import requests
from archive_server import Fault

from kepler_keras.data.fetch.checks import DamagedError, refuse_page
from kepler_keras.data.fetch.connection import Patience, open_session, retry_after
from kepler_keras.data.fetch.download import Remote, download
from kepler_keras.data.fetch.part import Part
from kepler_keras.errors import InputError

BODY = np.random.default_rng(0).bytes(300_000)
OTHER = np.random.default_rng(1).bytes(300_000)
PAGE = b"<html><body><h1>Service is down</h1></body></html>"


@pytest.fixture
def fetch(server, tmp_path, waits):
    """Brings /file and checks that it is BODY, or whatever the server has by now."""
    server.files["/file"] = BODY

    def check(path):
        refuse_page(path, "a file")
        if path.read_bytes() != server.files["/file"]:
            raise DamagedError("what came is not the file")

    remote = Remote(f"{server.address}/file", tmp_path / "deep" / "file", check)

    def run(**patience):
        session = open_session(server.address)
        download(session, remote, patience=Patience(**patience), bar=False)
        return remote.path.read_bytes()

    run.remote, run.part = remote, Part(remote.path)
    return run


WHOLE = {
    "nothing": [],
    "no_etag": [Fault(etag=False)],
    "drops_once": [Fault(stop=100_000)],
    "drops_often": [Fault(stop=70_000)] * 3,
    "drops_at_once": [Fault(stop=0)] * 4,
    "drops_without_etag": [Fault(stop=100_000, etag=False), Fault(etag=False)],
    "half_a_file_with_the_length_of_half": [Fault(claim=-150_000)],
    "ignores_range": [Fault(stop=100_000), Fault(ignore_range=True)],
    "goes_on_elsewhere": [Fault(stop=100_000), Fault(shift=5)],
    "busy": [Fault(status=503)] * 4,
    "too_many_requests": [Fault(status=429, retry_after="3")],
    "busy_in_the_middle": [Fault(stop=100_000), Fault(status=503)],
    "claims_too_much": [Fault(claim=10)],
    "chunked": [Fault(chunked=True)],
    "chunked_drops": [Fault(chunked=True, stop=100_000)],
    "no_length": [Fault(unknown=True)],
    "no_length_drops": [Fault(unknown=True, stop=100_000)],
    "a_page_once": [Fault(body=PAGE)],
    "stalls": [Fault(stop=100_000, stall=True)],
}


@pytest.mark.parametrize("case", WHOLE)
def test_the_whole_file_arrives(case, fetch, server):
    server.faults.extend(WHOLE[case])
    assert fetch(read=0.3) == BODY
    assert not server.faults
    assert [path.name for path in fetch.remote.path.parent.iterdir()] == ["file"]


REFUSED = {
    "missing": ([Fault(status=404)], r"answers 404 \(Not Found\)", 1),
    "gone": ([Fault(status=410)], r"answers 410 \(Gone\)", 1),
    "forbidden": ([Fault(status=403)], r"answers 403 \(Forbidden\)", 1),
    "nothing_in_it": ([Fault(status=204)], r"answers 204 \(No Content\)", 1),
    "busy_for_ever": ([Fault(status=503)] * 5, "after 5 attempts .* 503 .Service Unavail", 5),
    "come_back_tomorrow": ([Fault(status=429, retry_after="86400")], "back in 24 h 00 min", 1),
    "only_pages": ([Fault(body=PAGE)] * 2, "a page came that begins 'Service is down'", 2),
    "only_halves": ([Fault(claim=-150_000)] * 2, "what came is not the file; nothing", 2),
    "always_claims_too_much": ([Fault(claim=10, etag=False)] * 5, "brought nothing.*broke off", 5),
    "always_at_once": ([Fault(stop=0)] * 5, "5 attempts that brought nothing", 5),
    "redirects_for_ever": ([Fault(location="/file")] * 6, "more than 5 redirects", 6),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_no_file_under_the_final_name(case, fetch, server):
    faults, words, n_asked = REFUSED[case]
    server.faults.extend(faults)
    with pytest.raises(InputError, match=words) as caught:
        fetch()
    assert str(caught.value).startswith(f"{server.address}/file: ")
    assert "\n" not in str(caught.value)
    assert not fetch.remote.path.exists()
    assert len(server.asked) == n_asked


def test_a_broken_download_is_gone_on_with_by_the_next_command(fetch, server):
    server.faults.extend([Fault(stop=100_000)] + [Fault(stop=0)] * 4)
    with pytest.raises(InputError, match=r"98304 bytes so far are kept for the next time"):
        fetch()
    assert fetch.part.data.read_bytes() == BODY[:98_304]
    server.asked.clear()
    assert fetch() == BODY
    assert server.ranges() == ["bytes=98304-"]


def test_a_file_that_changed_in_between_is_begun_anew(fetch, server):
    server.faults.extend([Fault(stop=100_000)] + [Fault(stop=0)] * 4)
    with pytest.raises(InputError):
        fetch()
    server.files["/file"] = OTHER
    assert fetch() == OTHER
    assert server.ranges()[-1] == "bytes=98304-"  # asked for, and not given


def test_a_server_that_goes_on_with_another_file_is_not_believed(fetch, server):
    server.faults.append(Fault(stop=100_000))
    server.faults.extend([Fault(stop=0)] * 4)
    with pytest.raises(InputError):
        fetch()
    server.files["/file"] = OTHER
    memo = json.loads(fetch.part.memo.read_text())
    # If-Range now agrees with the new file, as with a server that pays no heed to it.
    session = open_session(server.address)
    etag = session.get(f"{server.address}/file").headers["ETag"]
    fetch.part.memo.write_text(json.dumps({**memo, "validator": etag}))
    assert fetch() == OTHER  # half of each fails the check and is asked for whole
    assert server.ranges()[-1] is None


def test_a_part_of_another_address_is_not_gone_on_with(fetch, server):
    fetch.part.path.parent.mkdir()
    fetch.part.data.write_bytes(b"something else")
    fetch.part.memo.write_text(json.dumps({"url": "https://elsewhere", "validator": '"1"'}))
    assert fetch() == BODY
    assert server.ranges() == [None]


@pytest.mark.parametrize("memo", ["", "[1]", "{", '{"url": 3, "validator": 4}'])
def test_a_damaged_memo_begins_anew(memo, fetch, server):
    fetch.part.path.parent.mkdir()
    fetch.part.data.write_bytes(BODY[:1000])
    fetch.part.memo.write_text(memo)
    assert fetch() == BODY


def test_what_stood_there_stays_until_the_new_file_is_whole(fetch, server):
    fetch.remote.path.parent.mkdir()
    fetch.remote.path.write_bytes(b"old")
    server.faults.extend([Fault(stop=100_000)] + [Fault(stop=0)] * 4)
    with pytest.raises(InputError):
        fetch()
    assert fetch.remote.path.read_bytes() == b"old"
    assert fetch() == BODY


def test_waits_grow_and_heed_the_server(fetch, server, waits):
    server.faults.extend([Fault(status=503)] * 2 + [Fault(status=503, retry_after="30")])
    assert fetch() == BODY
    assert waits == [1.0, 2.0, 30.0]


def test_retry_after_may_be_a_date():
    moment = datetime.now(UTC) + timedelta(seconds=100)
    assert 95 < retry_after(format_datetime(moment, usegmt=True)) <= 100
    assert retry_after("Thu, 01 Jan 2015 00:00:00 GMT") == 0.0
    assert retry_after("7") == 7.0
    assert retry_after("soon") is None
    assert retry_after(None) is None


def test_two_processes_do_not_bring_one_file_at_once(fetch, server):
    fetch.part.path.parent.mkdir()
    with fetch.part.lock.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InputError, match=r"file: another process is bringing it$"):
            fetch()
    assert server.asked == []
    assert fetch() == BODY


def test_a_request_says_who_asks(fetch, server):
    fetch()
    headers = server.asked[0][1]
    assert headers["User-Agent"].startswith("kepler_keras/")
    assert headers["Accept-Encoding"] == "identity"


def test_progress_is_shown_in_kilobytes(server, tmp_path, capsys):
    server.files["/file"] = BODY
    remote = Remote(f"{server.address}/file", tmp_path / "file", lambda path: None)
    download(open_session(server.address), remote)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "file (kB): 300"
    assert lines[-1].startswith("file (kB) 300/300  took ")


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "ftp://example.org", "example.org", "", "https://"]
)
def test_only_https_leaves_this_machine(address):
    with pytest.raises(InputError, match=r"must begin with https://, got "):
        open_session(address)


def test_a_redirect_to_plain_http_is_not_followed(fetch, server):
    server.faults.append(Fault(location="http://example.org/file"))
    with pytest.raises(InputError, match="leads on to an address that is not HTTPS"):
        fetch()


def test_no_such_name_says_to_look_at_the_network(tmp_path, monkeypatch, waits):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    remote = Remote("https://archive.invalid/file", tmp_path / "file", lambda path: None)
    with pytest.raises(InputError, match="is this machine online, or is a proxy needed") as caught:
        download(open_session(remote.url), remote)
    assert waits == []
    assert "\n" not in str(caught.value)


def test_nobody_there(tmp_path, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    remote = Remote(f"http://127.0.0.1:{port}/file", tmp_path / "file", lambda path: None)
    with pytest.raises(InputError, match=r"after 5 attempts .* no connection$"):
        download(open_session(remote.url), remote)
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_proxy_is_used_where_the_environment_names_one(tmp_path, server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", server.address)  # it answers CONNECT with 501
    monkeypatch.setenv("NO_PROXY", "")
    remote = Remote("https://archive.invalid/file", tmp_path / "file", lambda path: None)
    with pytest.raises(InputError, match="proxy of this machine does not let it through"):
        download(open_session(remote.url), remote)


def test_a_folder_that_cannot_be_made(fetch, server):
    fetch.remote.path.parent.write_text("a file where the folder should be")
    with pytest.raises(InputError, match=r"deep/file: cannot write it: "):
        fetch()


def test_the_guard_against_other_servers_bites():
    with pytest.raises(pytest.fail.Exception, match="a test asked for example"):
        requests.get("https://example.org", timeout=1)


def test_a_part_that_could_not_be_gone_on_with_is_not_kept(fetch, server):
    server.faults.extend([Fault(stop=100_000, etag=False)] * 5)
    with pytest.raises(InputError, match=r"the connection broke off$"):
        fetch()
    assert list(fetch.remote.path.parent.iterdir()) == []
