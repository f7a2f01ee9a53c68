"""Judges objects, in processes of their own if they are many bytes.

Pipes and processes are all that a function offers for that: it has no shared memory, so no locks between
processes, no queues and no pools. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from types import MappingProxyType

import pyarrow as pa

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.native.batch import Batch, OfObject, asked_for, gathered, judge_object, weight

WORTH_A_PROCESS = 32 * 1024 * 1024
"""Bytes of records from which on several processes are faster than one: each takes a second to start."""


_READERS = 8
"""Objects that are fetched at the same time: most of the time goes by until the first byte comes."""


class WorkerError(RuntimeError):
    """A process that judged objects has ended, or failed; nothing was written."""


@dataclass
class Judges:
    """Judges objects of one dataset."""

    dataset: Dataset
    keys: Keys
    read: Callable[[BronzeObject], bytes]
    processes: int

    def __post_init__(self) -> None:
        """Put the judge of this process together."""
        self._judge = Judge(self.dataset, self.keys)
        self._pipes: list[Connection] = []
        self._ending = ExitStack()

    def __enter__(self) -> "Judges":
        """Start no process before one is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self._ending.close()

    def judged(
        self, objects: Sequence[BronzeObject], records: Mapping[str, frozenset[int]] = MappingProxyType({})
    ) -> Batch:
        """Judge the records of objects; of those that `records` names by URI, only some by their hashes."""
        ordered = sorted(objects, key=lambda item: item.uri)
        if min(self.processes, len(ordered)) < 2 or sum(map(weight, ordered)) < WORTH_A_PROCESS:  # noqa: PLR2004 (one is no other)
            found = list(self._by_this_process(ordered))
        else:
            found = self._by_processes(ordered)
        found = [
            asked_for(of_object, records[item.uri]) if item.uri in records else of_object
            for item, of_object in zip(ordered, found, strict=True)
        ]
        return gathered(ordered, found, self._judge.breaches, self._judge.schema)

    def _by_this_process(self, objects: Sequence[BronzeObject]) -> Iterator[OfObject]:
        with ThreadPoolExecutor(_READERS) as pool:
            for item, content in zip(objects, pool.map(self.read, objects), strict=True):
                yield judge_object(self._judge, Source(item.uri, content))

    def _by_processes(self, objects: Sequence[BronzeObject]) -> list[OfObject]:
        waiting: SimpleQueue[int] = SimpleQueue()
        # Great ones first, so that no process works alone in the end.
        for number in sorted(range(len(objects)), key=lambda number: -weight(objects[number])):
            waiting.put(number)
        found: dict[int, OfObject] = {}

        def feed(pipe: Connection) -> None:
            while (number := _next(waiting)) is not None:
                found[number] = _ask(pipe, objects[number].uri, self.read(objects[number]))

        if not self._pipes:
            started = _started(self.processes, self.dataset, self.keys)
            self._pipes = self._ending.enter_context(started)
        with ThreadPoolExecutor(self.processes) as threads:
            for done in [threads.submit(feed, pipe) for pipe in self._pipes]:
                done.result()
        return [found[number] for number in range(len(objects))]


@contextmanager
def _started(count: int, dataset: Dataset, keys: Keys) -> Iterator[list[Connection]]:
    """Start processes, and end them with the block."""
    pipes: list[Connection] = []
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            ours, theirs = Pipe()
            pipes.append(ours)
            processes.append(_process(theirs))
            theirs.close()
            ours.send((dataset, keys))
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.kill()
            process.wait()


def _process(pipe: Connection) -> "subprocess.Popen[bytes]":
    """Start a process that imports the judge and no more, whatever program this one is.

    A copy of this process would have its locks, but not the threads that hold them, and one that
    multiprocessing starts anew imports the program once more.
    """
    number = pipe.fileno()
    return subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import serve; serve({number})"],
        pass_fds=[number],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _next(waiting: "SimpleQueue[int]") -> int | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def _ask(pipe: Connection, uri: str, content: bytes) -> OfObject:
    try:
        pipe.send(uri)
        pipe.send_bytes(content)
        fault = pipe.recv()
        if fault is not None:
            raise WorkerError(f"{uri}: {fault}")
        return OfObject(_unpacked(pipe.recv_bytes()), _unpacked(pipe.recv_bytes()))
    except (EOFError, OSError) as error:
        raise WorkerError(f"{uri}: the process that judged it has ended, for want of memory?") from error


def serve(number: int) -> None:
    """Judge what comes down a pipe, by its number among open files, until nobody holds its other end."""
    gc.disable()  # records hold no cycles
    pa.set_cpu_count(1)
    pipe = Connection(number)
    judge = Judge(*pipe.recv())
    try:
        while True:
            source = Source(pipe.recv(), pipe.recv_bytes())
            try:
                found = judge_object(judge, source)
            except Exception as error:
                pipe.send(repr(error))
                continue
            pipe.send(None)
            pipe.send_bytes(_packed(found.good))
            pipe.send_bytes(_packed(found.faults))
    except (EOFError, OSError):
        return


def _packed(rows: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue()


def _unpacked(content: bytes) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(content)).read_all()
