"""Programs under the warden: start, readiness, failure, pause, end; and the ports that they listen on."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.ports import PortTakenError, free_ports, is_listening, with_free_ports
from testbed.process import Command, Process, StartFailedError, WardenGoneError
from testbed.run import Run
from testbed.service import Service
from testbed.waiting import WaitedTooLongError, until

SERVER = """
import http.server, sys
address = ("127.0.0.1", int(sys.argv[1]))
http.server.HTTPServer.allow_reuse_address = False
http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def run() -> Iterator[Run]:
    with Run() as run:
        yield run


def shell(script: str, grace: float = 0.0) -> Command:
    return Command("script", ["/bin/sh", "-c", script], grace=grace)


def server(port: int) -> Command:
    return Command("server", [sys.executable, "-c", SERVER, str(port)])


def said(process: Process, line: str) -> bool:
    return line in process.tail()


def test_a_program_that_ends_early_is_reported_with_the_last_lines_of_its_log(run: Run) -> None:
    process = run.start(shell("seq 1 100; echo broken >&2; exit 3"))
    with pytest.raises(StartFailedError) as failure:
        process.await_ready(lambda: False, 10)
    message = str(failure.value)
    assert "script ended with code 3 before it was ready" in message
    assert message.endswith("\n".join([*map(str, range(82, 101)), "broken"]))
    assert "\n81\n" not in message
    assert str(process.log) in message


def test_what_an_earlier_start_said_is_not_held_against_a_later_one(run: Run) -> None:
    run.start(shell("echo address already in use; exit 1")).wait(5)
    with pytest.raises(StartFailedError) as failure:
        run.start(shell("echo something else; exit 1")).await_ready(lambda: False, 5)
    assert "already in use" not in str(failure.value)


def test_a_program_that_is_never_ready_is_reported_after_the_time_given(run: Run) -> None:
    process = run.start(shell("echo waiting for godot; sleep 1000"))
    with pytest.raises(StartFailedError, match=r"was not ready after 0\.3 s(.|\n)*waiting for godot"):
        process.await_ready(lambda: False, 0.3)


def test_a_program_that_does_not_exist_is_reported_by_name(run: Run) -> None:
    with pytest.raises(StartFailedError, match=r"script could not be started: .*no-such-program"):
        run.start(Command("script", ["/no-such-program"]))


def test_the_log_stays_after_the_run() -> None:
    with Run() as run:
        process = run.start(shell("echo remember me"))
        process.wait(5)
    assert process.log.read_text() == "remember me\n"


def test_a_program_is_given_its_grace_to_end_in_order(run: Run) -> None:
    process = run.start(shell("trap 'echo goodbye; exit 7' TERM; echo up; while :; do sleep 0.05; done", grace=10))
    until(lambda: said(process, "up"), 5, "the script to be up")
    assert process.stop() == 7
    assert said(process, "goodbye")


def test_a_program_that_ignores_its_grace_is_killed(run: Run) -> None:
    process = run.start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done", grace=0.2))
    until(lambda: said(process, "up"), 5, "the script to be up")
    assert process.stop() == -9


def test_a_paused_program_stands_still_and_can_still_be_stopped(run: Run) -> None:
    process = run.start(shell("trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done", grace=10))
    until(lambda: said(process, "up"), 5, "the script to be up")
    process.pause()
    assert Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    assert process.alive
    assert process.stop() == 7


def test_a_program_gets_the_environment_of_its_command_and_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAY", "1")
    process = run.start(Command("env", ["/usr/bin/env"], env={"ONLY": "this"}))
    assert process.wait(5) == 0
    assert process.tail() == "ONLY=this"


def test_a_service_comes_back_on_the_same_port_after_it_was_killed(run: Run) -> None:
    (port,) = free_ports(1)
    service = Service(run, server(port), lambda: is_listening(port))
    service.start()
    first = service.process.pid
    assert service.kill9() == -9
    assert not is_listening(port)
    service.start()
    assert is_listening(port)
    assert service.process.pid != first


def test_a_taken_port_is_tried_once_more_with_another(run: Run) -> None:
    (taken,) = free_ports(1)
    Service(run, server(taken), lambda: is_listening(taken)).start()
    tried: list[int] = []

    def start(ports: list[int]) -> int:
        port = taken if not tried else ports[0]
        tried.append(port)
        process = run.start(server(port))
        process.await_ready(lambda: process.alive and port != taken and is_listening(port), 10)
        return port

    assert with_free_ports(1, start) == tried[1]
    assert tried[0] == taken


def test_a_port_that_is_taken_twice_is_an_error(run: Run) -> None:
    (taken,) = free_ports(1)
    Service(run, server(taken), lambda: is_listening(taken)).start()
    with pytest.raises(PortTakenError, match="Address already in use"):
        with_free_ports(1, lambda _: run.start(server(taken)).await_ready(lambda: False, 10))


def test_free_ports_are_all_different() -> None:
    assert len(set(free_ports(50))) == 50


def test_a_run_that_was_closed_says_so(run: Run) -> None:
    process = run.start(shell("sleep 1000"))
    run.close()
    with pytest.raises(WardenGoneError):
        _ = process.alive
    run.close()


def test_waiting_returns_the_first_truthy_answer() -> None:
    answers = iter([None, 0, "there"])
    assert until(lambda: next(answers), 5, "an answer") == "there"


def test_waiting_in_vain_says_what_for_and_what_was_seen_last() -> None:
    with pytest.raises(WaitedTooLongError, match=r"waited 0\.1 s for rain; last seen: \[\]"):
        until(lambda: [], 0.1, "rain")


def test_waiting_passes_over_the_errors_that_it_was_told_to_expect() -> None:
    answers = iter(["x", "7"])
    assert until(lambda: int(next(answers)), 5, "a number", ignoring=(ValueError,)) == 7
    with pytest.raises(WaitedTooLongError, match="no such thing"):
        until(_missing, 0.1, "a thing", ignoring=(KeyError,))
    with pytest.raises(KeyError):
        until(_missing, 5, "a thing")


def _missing() -> str:
    raise KeyError("no such thing")
