"""One asks another, over both ways that there are; here each in a thread of its own."""

import asyncio
import json
import logging
import os
import socket
import stat
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from midback.control import ask, door, serve, server
from midback.control.door import read_door
from midback.control.line import LONGEST, encode_line
from midback.errors import MonitorUnreachable, UsageError
from midback.recording import Store

WAYS = [
    pytest.param(
        True, id="socket", marks=pytest.mark.skipif(sys.platform == "win32", reason="none here")
    ),
    pytest.param(False, id="port"),
]


async def echo(facts):
    return {"heard": facts}


async def refuse(facts):
    raise UsageError(f"not with {facts['what']}")


async def fail(_):
    raise KeyError("a mistake of ours")


async def say_too_much(_):
    return {"words": "x" * LONGEST}


REQUESTS = {"echo": echo, "refuse": refuse, "fail": fail, "say too much": say_too_much}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Each way that processes can reach each other, whatever this system would choose."""
    real = door.open_door

    async def open_door(folder, receive):
        return await real(folder, receive, unix=request.param)

    monkeypatch.setattr(server, "open_door", open_door)
    return request.param


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@contextmanager
def running(folder, requests=REQUESTS):
    """Somebody who records into *folder* and answers."""
    with Store.open(folder, write=True), serving(folder, requests):
        yield


@contextmanager
def serving(folder, requests=REQUESTS):
    loop = asyncio.new_event_loop()
    task = loop.create_task(serve(folder, requests))

    def work():
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()

    before = read_door(folder)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        while read_door(folder) in (before, None) and thread.is_alive():
            time.sleep(0.005)
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def door_of(folder):
    found = read_door(folder)
    assert found is not None
    return found


@contextmanager
def connected(folder):
    """A client that says what it likes."""
    at = door_of(folder)
    if at.socket:
        client = socket.socket(socket.AF_UNIX)
        client.connect(at.socket)
    else:
        client = socket.create_connection(("127.0.0.1", at.port))
    client.settimeout(10.0)
    with client, client.makefile("rb") as answers:
        yield client, answers


def said(folder, request, **facts):
    return encode_line({"token": door_of(folder).token, "ask": request, **facts})


def answer_to(folder, line):
    with connected(folder) as (client, answers):
        client.sendall(line)
        return json.loads(answers.readline())


@pytest.mark.usefixtures("way")
def test_a_request_is_answered(folder):
    with running(folder):
        assert ask(folder, "echo", minutes=30, words="ü") == {
            "heard": {"minutes": 30, "words": "ü"}
        }


@pytest.mark.usefixtures("way")
def test_a_request_that_cannot_be_met_says_why(folder):
    with running(folder), pytest.raises(UsageError, match=r"^not with that$"):
        ask(folder, "refuse", what="that")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("request_", ["fail", "say too much"])
def test_our_own_mistake_is_logged_and_the_next_request_is_answered(folder, caplog, request_):
    caplog.set_level(logging.ERROR)
    with running(folder):
        with pytest.raises(UsageError, match=r"^the monitor failed at this$"):
            ask(folder, request_)
        assert ask(folder, "echo") == {"heard": {}}

    assert len(caplog.records) == 1


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"hello\n", "one JSON object"),
        (b'{"midback":7}\n', "version 7"),
        (b'{"midback":1}\n', "not the token of this monitor: ask again"),
        (b'{"midback":1,"token":1,"ask":"echo"}\n', "token"),
        (b'{"midback":1,"token":"\\ud800","ask":"echo"}\n', "token"),
        (b"x" * (2 * LONGEST) + b"\n", "too long"),
    ],
)
def test_a_malformed_request_is_answered_with_an_error_and_harms_nothing(folder, line, why):
    with running(folder):
        answer = answer_to(folder, line)
        assert ask(folder, "echo") == {"heard": {}}

    assert answer["ok"] is False
    assert why in answer["error"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("wanted", ["nothing", None, ["echo"], 1])
def test_an_unknown_request_is_answered_with_an_error(folder, wanted):
    with running(folder):
        answer = answer_to(folder, said(folder, wanted))

    assert answer["ok"] is False
    assert answer["error"].endswith("is no request of this Midback")


@pytest.mark.usefixtures("way")
def test_a_client_can_ask_several_things_one_after_the_other(folder):
    with running(folder), connected(folder) as (client, answers):
        client.sendall(said(folder, "echo", n=1) + b"\n" + said(folder, "echo", n=2))
        answered = [json.loads(answers.readline()) for _ in range(3)]

    assert [each["ok"] for each in answered] == [True, False, True]
    assert answered[2]["heard"] == {"n": 2}


@pytest.mark.usefixtures("way")
def test_several_clients_are_answered_at_once(folder):
    with (
        running(folder),
        connected(folder) as (first, answers),
        connected(folder) as (second, others),
    ):
        first.sendall(said(folder, "echo", n=1)[:9])
        second.sendall(said(folder, "echo", n=2))
        assert json.loads(others.readline())["heard"] == {"n": 2}
        first.sendall(said(folder, "echo", n=1)[9:])
        assert json.loads(answers.readline())["heard"] == {"n": 1}


@pytest.mark.usefixtures("way")
def test_a_client_that_hangs_is_dropped(folder, monkeypatch):
    monkeypatch.setattr(server, "IDLE_S", 0.05)
    with running(folder), connected(folder) as (client, answers):
        client.sendall(said(folder, "echo")[:9])

        assert answers.readline() == b""


@pytest.mark.usefixtures("way")
def test_more_clients_than_can_be_are_told_so(folder, monkeypatch):
    monkeypatch.setattr(server, "MOST_CLIENTS", 1)
    with running(folder), connected(folder) as (client, answers):
        client.sendall(said(folder, "echo"))
        assert json.loads(answers.readline())["ok"] is True
        with connected(folder) as (_, others):
            refusal = json.loads(others.readline())
            assert others.readline() == b""

    assert refusal["error"] == "too many ask at once: try again"


@pytest.mark.usefixtures("way")
def test_a_client_that_leaves_without_its_answer_harms_nothing(folder):
    with running(folder):
        for _ in range(5):
            with connected(folder) as (client, _):
                client.sendall(said(folder, "echo"))
        assert ask(folder, "echo") == {"heard": {}}


@pytest.mark.usefixtures("way")
def test_clients_who_are_there_at_the_end_do_not_keep_it_from_ending(folder):
    with ExitStack() as those_who_ask:
        with running(folder):
            client, answers = those_who_ask.enter_context(connected(folder))
            client.sendall(said(folder, "echo"))
            answers.readline()

        assert answers.readline() == b""


def test_nobody_there_is_told_plainly(folder):
    with pytest.raises(MonitorUnreachable, match="start 'midback live', then ask again"):
        ask(folder, "echo")


@pytest.mark.usefixtures("way")
def test_somebody_who_has_ended_leaves_nothing_and_is_not_asked(folder):
    with running(folder):
        at = door_of(folder)

    assert read_door(folder) is None
    assert not at.socket or not Path(at.socket).exists()
    with pytest.raises(MonitorUnreachable):
        ask(folder, "echo")


def test_somebody_who_records_but_is_not_to_be_asked_is_named(folder):
    with (
        Store.open(folder, write=True),
        pytest.raises(MonitorUnreachable, match=rf"process {os.getpid()}.*does not answer"),
    ):
        ask(folder, "echo")


async def nobody(*_):
    raise AssertionError("nobody is to come")


@contextmanager
def kept(path):
    """Closing a server removes its socket from Python 3.13 on; a kill would leave it."""
    if not path:
        yield
        return
    other = Path(f"{path}.other")
    other.hardlink_to(path)
    yield
    Path(path).unlink(missing_ok=True)
    other.rename(path)


def leave_as_killed(folder, unix):
    """What stays of one that was killed: its file and its socket."""

    async def open_and_forget():
        listening, at = await door.open_door(folder, nobody, unix=unix)
        with kept(at.socket):
            listening.close()
        return at

    folder.mkdir(exist_ok=True)
    return asyncio.run(open_and_forget())


@pytest.mark.usefixtures("way")
def test_what_a_killed_one_left_is_nobody(folder):
    with Store.open(folder, write=True):
        pass
    at = leave_as_killed(folder, way)

    assert read_door(folder) == at
    with pytest.raises(MonitorUnreachable, match="no Midback runs"):
        ask(folder, "echo")


@pytest.mark.usefixtures("way")
def test_what_a_killed_one_left_is_cleared_away_by_the_next(folder):
    old = leave_as_killed(folder, way)
    with running(folder):
        assert ask(folder, "echo") == {"heard": {}}
        assert door_of(folder).token != old.token


def test_the_socket_of_a_killed_one_elsewhere_goes_with_its_folder(folder, monkeypatch):
    if sys.platform == "win32":
        pytest.skip("no sockets")
    monkeypatch.setattr(door, "_fits", lambda path: "data" not in str(path))
    old = leave_as_killed(folder, unix=True)
    assert Path(old.socket).exists()
    with running(folder):
        assert not Path(old.socket).parent.exists()
        new = Path(door_of(folder).socket)
        assert new.parent.stat().st_mode & 0o077 == 0

    assert not new.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no sockets")
def test_a_folder_too_far_from_the_root_is_reached_all_the_same(tmp_path):
    folder = tmp_path / ("far" * 40) / ("away" * 20)
    with running(folder):
        assert len(os.fsencode(door_of(folder).socket)) <= 100
        assert ask(folder, "echo") == {"heard": {}}


@pytest.mark.skipif(sys.platform == "win32", reason="no sockets")
def test_a_file_system_without_sockets_is_no_hindrance(folder, monkeypatch):
    real = asyncio.start_unix_server

    async def start(serve, path, **options):
        if Path(path).parent == folder:
            raise OSError("not supported")
        return await real(serve, path, **options)

    monkeypatch.setattr(asyncio, "start_unix_server", start)
    with running(folder):
        assert ask(folder, "echo") == {"heard": {}}


def test_where_nobody_can_listen_the_monitor_goes_on_and_the_log_says_so(
    folder, monkeypatch, caplog
):
    async def start(*_, **__):
        raise OSError("no place")

    monkeypatch.setattr(asyncio, "start_unix_server", start)
    monkeypatch.setattr(asyncio, "start_server", start)
    folder.mkdir()
    asyncio.run(serve(folder, REQUESTS))

    assert [record.getMessage() for record in caplog.records] == [
        "other commands cannot reach this Midback: no place"
    ]
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_only_the_owner_can_reach_it(folder):
    with running(folder):
        at = door_of(folder)
        modes = [stat.S_IMODE(p.stat().st_mode) for p in folder.glob("*.door")]
        assert modes == [0o600]
        assert stat.S_IMODE(Path(at.socket).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"[]", b"{}", b'{"socket":"","port":"x","token":""}']
)
def test_a_file_that_says_nothing_of_use_is_no_door(folder, content):
    folder.mkdir()
    (folder / "midback.sqlite3.door").write_bytes(content)

    assert read_door(folder) is None


def test_a_file_that_names_something_else_does_not_cost_it(folder, tmp_path):
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    facts = {"socket": str(precious), "port": 0, "token": "t"}
    (folder / "midback.sqlite3.door").write_text(json.dumps(facts))
    door.clear_away(folder)

    assert precious.read_text() == "mine"


def test_another_program_at_the_port_of_a_killed_one_learns_nothing(folder):
    """The port may be somebody else's by now: nobody is asked unless somebody records."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.settimeout(0.2)
        folder.mkdir()
        facts = {"socket": "", "port": stranger.getsockname()[1], "token": "t"}
        (folder / "midback.sqlite3.door").write_text(json.dumps(facts))
        with pytest.raises(MonitorUnreachable):
            ask(folder, "echo")
        with pytest.raises(TimeoutError):
            stranger.accept()


def test_whoever_answers_something_else_is_not_believed(folder):
    answered = threading.Event()

    def stranger(listening):
        client, _ = listening.accept()
        with client:
            client.recv(LONGEST)
            client.sendall(b"HTTP/1.1 400 Bad Request\r\n")
        answered.set()

    with Store.open(folder, write=True), socket.create_server(("127.0.0.1", 0)) as listening:
        facts = {"socket": "", "port": listening.getsockname()[1], "token": "t"}
        (folder / "midback.sqlite3.door").write_text(json.dumps(facts))
        thread = threading.Thread(target=stranger, args=(listening,))
        thread.start()
        with pytest.raises(MonitorUnreachable, match="does not answer"):
            ask(folder, "echo")
        thread.join()
