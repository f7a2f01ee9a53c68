"""What is run in a process that has the package and Python, and nothing else, as a function of Lambda's has.

Semaphores are refused as Lambda refuses them, which has no `/dev/shm`:
https://aws.amazon.com/blogs/compute/parallel-processing-in-python-with-aws-lambda/

`python -P -S on_lambda.py COMMAND PACKAGE FOLDER` leaves its answer in the folder.
"""

import errno
import importlib
import json
import multiprocessing
import os
import pkgutil
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


class NoSemaphore:
    """A semaphore of Lambda's."""

    SEM_VALUE_MAX = 1

    def __init__(self, *_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


vars(importlib.import_module("_multiprocessing"))["SemLock"] = NoSemaphore

WAYS_TO_START = ("fork", "forkserver", "spawn")  # unasked, Python 3.11 takes the first, 3.14 the second


def modules(package: Path, _: Path) -> Answer:
    """Import every module that is no program, and tell which could not be."""
    warnings.simplefilter("ignore")
    names = [name for name in _modules(package, "") if not name.endswith("__main__")]
    return {"modules": names, "failed": dict(_failures(names))}


def _modules(folder: Path, prefix: str) -> Iterator[str]:
    for module in pkgutil.iter_modules([str(folder)], prefix):
        yield module.name
        if module.ispkg:
            yield from _modules(folder / module.name.rpartition(".")[2], f"{module.name}.")


def _failures(names: list[str]) -> Iterator[tuple[str, str | None]]:
    """Yield modules that failed, each with the module that it missed, where it says so."""
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            yield name, error.name
        except ImportError:
            yield name, None


def clients(_: Path, __: Path) -> Answer:
    """Make a client of each service whose model there is."""
    session = importlib.import_module("boto3").session.Session(region_name="eu-central-1")
    made = [session.client(name).meta.service_model.service_name for name in session.get_available_services()]
    return {"services": made}


def silver(_: Path, folder: Path) -> Answer:
    """Do once what a run of silver does."""
    answer = runpy.run_path(str(Path(__file__).with_name("silver_on_lambda.py")))["run"](folder)
    return {**answer, "numpy": "numpy" in sys.modules}


def processes(_: Path, __: Path) -> Answer:
    """Start processes and send through pipes; then try what needs a semaphore."""
    sent = {way: _doubled(way, 21) for way in WAYS_TO_START}
    tried = (multiprocessing.Pool, multiprocessing.Queue, multiprocessing.Lock, ProcessPoolExecutor)
    return {"sent": sent, "refused": [make.__name__ for make in tried if _is_refused(make)]}


def _is_refused(make: Callable[[], object]) -> bool:
    try:
        make()
    except OSError as error:
        return error.errno == errno.ENOSYS
    return False


def _doubled(way: str, number: int) -> int:
    context: Any = multiprocessing.get_context(way)
    here, there = context.Pipe()
    process = context.Process(target=_double, args=(there,))
    process.start()
    here.send(number)
    answer = int(here.recv())
    process.join()
    return answer


def _double(there: "Connection[Any, Any]") -> None:
    there.send(there.recv() * 2)


COMMANDS = {each.__name__: each for each in (modules, clients, silver, processes)}

if __name__ == "__main__":
    command, library, work = sys.argv[1:]
    answer = COMMANDS[command](Path(library), Path(work))
    Path(work, "answer.json").write_text(json.dumps(answer))
