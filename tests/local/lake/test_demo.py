"""The demonstration ends cleanly: on Ctrl-C at any moment, and on a port that is taken."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300.0
"""Seconds; synthesis alone takes minutes where other suites run beside this."""

Start = Callable[[int], subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Let children heed Ctrl-C, though a shell that runs tests in the background has it ignored."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the demonstration on a port; a test that fails leaves none running."""
    with ExitStack() as started:

        def run(port: int) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.demo", "run"],
                cwd=ROOT,
                env={**os.environ, "LAKE_PORT": str(port), "LAKE_BUILD": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.send_signal, signal.SIGINT)
            return process

        yield run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _mentions(build: Path) -> list[psutil.Process]:
    """Processes that were started below this run's own folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(build) in " ".join(process.cmdline()) or str(build) in process.environ().get("TMPDIR", ""):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return [process for process in found if process.pid != os.getpid()]


@pytest.mark.parametrize(
    "reached",
    [pytest.param("logs/emulator.log", id="starting"), pytest.param("logs/deploy.log", id="deploying")],
)
def test_interrupt_leaves_no_process_and_no_port_when(reached: str, start: Start, tmp_path: Path) -> None:
    port = _free_port()
    run = start(port)
    _wait_for((tmp_path / "lake" / reached).exists, f"{reached} never came")

    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=PATIENCE)

    assert run.returncode == 130, said
    assert "nothing is left running" in said
    assert "Traceback" not in said
    _wait_for(lambda: not _mentions(tmp_path), f"left running: {_mentions(tmp_path)}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_taken_port_is_one_clear_line_when_another_program_listens(start: Start) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        run = start(port)
        said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert f"port {port}" in said
    assert "LAKE_PORT" in said
    assert "Traceback" not in said
