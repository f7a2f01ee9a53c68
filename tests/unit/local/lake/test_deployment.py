import signal
from collections.abc import Iterator

import pytest

from local.lake.deployment import _interrupts_wait


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """What a shell starts in the background ignores interrupts, and so would these tests."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def _work(done: list[str]) -> None:
    with _interrupts_wait():
        signal.raise_signal(signal.SIGINT)
        done.append("what must not be cut")
    done.append("what comes after")


def test_interrupt_waits_for_the_end_of_what_must_not_be_cut() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _work(done)
    assert done == ["what must not be cut"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
