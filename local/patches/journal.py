"""What is noted while requests are answered, and written a few seconds later by a thread of its own."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from local.emulator import control

Note = TypeVar("Note")

_SECONDS = 3.0
"""AWS takes minutes; whoever waits on a laptop should not."""
_MOST = 100_000
"""Notes that wait: the answer to a request never waits for room."""

_logger = logging.getLogger("journal")


class Journal(Generic[Note]):
    """Collects notes and writes them together.

    Args:
        name: Of the thread, for people.
        write: Called with what has come since the last time, never with nothing.
    """

    def __init__(self, name: str, write: Callable[[Sequence[Note]], None]) -> None:
        self._name = name
        self._write = write
        self._waiting: queue.Queue[Note] = queue.Queue(_MOST)
        self._lost = 0
        self._started = threading.Lock()
        self._writing = threading.Lock()

    def add(self, note: Note) -> None:
        """Note something; what finds no room is counted, and told in the log."""
        try:
            self._waiting.put_nowait(note)
        except queue.Full:
            self._lost += 1
        if self._started.acquire(blocking=False):
            control.ON_STOP.append(self.flush)
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def flush(self) -> None:
        """Write what waits, now."""
        with self._writing:
            notes = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
            lost, self._lost = self._lost, 0
            if lost:
                _logger.error("%s: %d notes found no room and are lost", self._name, lost)
            if notes:
                self._write(notes)

    def _run(self) -> None:
        while True:
            time.sleep(_SECONDS)
            try:
                self.flush()
            except Exception:
                _logger.exception("%s: what was noted could not be written", self._name)
