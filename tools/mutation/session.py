"""Runs pytest in processes forked from one in which every library is already imported."""

import gc
import os
import resource
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import HealthCheck, Phase, settings

UNTRIED = 97
"""Exit code of a child that tried nothing."""

_MEMORY_BYTES = 8 << 30

Task = tuple[int, float, Callable[[], int]]
"""Its number, the most seconds of CPU that it may take, and what to do."""


class Selection:
    """Keeps the tests with these ids, in this order; all of them without ids."""

    def __init__(self, ids: Sequence[str] = ()) -> None:
        self._ids = ids
        self.seconds: dict[str, float] = {}

    def pytest_configure(self) -> None:
        """Have Hypothesis stop at what it finds: how small or how slow it is tells nothing here."""
        settings.register_profile(
            "mutation",
            parent=settings(),
            phases=(Phase.explicit, Phase.generate),
            deadline=None,
            database=None,
            suppress_health_check=(HealthCheck.too_slow,),
        )
        settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out all other tests."""
        if self._ids:
            found = {item.nodeid: item for item in items}
            items[:] = [found[id_] for id_ in self._ids]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up how long each test takes."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration


class Loop:
    """Hands the collected tests to a function, in place of running them."""

    def __init__(self, task: Callable[[dict[str, pytest.Item]], None]) -> None:
        self._task = task

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Call the function with the tests by their ids."""
        gc.collect()
        self._task({item.nodeid: item for item in session.items})
        return True


def run(arguments: Sequence[str], *plugins: object) -> int:
    """Run pytest once."""
    common = ("-q", "-x", "--no-header", "--tb=line", "--assert=plain", "-p", "no:cacheprovider")
    return int(pytest.main([*common, "-m", "not spark", *arguments], plugins=list(plugins)))


def run_items(items: Sequence[pytest.Item]) -> int:
    """Run collected tests until one fails; return the exit code."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            return int(pytest.ExitCode.TESTS_FAILED)
    return int(pytest.ExitCode.OK)


def run_with(path: Path, code: CodeType, ids: Sequence[str]) -> int:
    """Run tests on other code of one module that is not imported yet; return the exit code.

    Code that cannot be imported is noticed as well: where a plugin of the tests imports it, pytest raises.
    """
    loaded = False
    original = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        nonlocal loaded
        if os.path.realpath(loader.path) != str(path):
            return original(loader, name)
        loaded = True
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    files = dict.fromkeys(id_.partition("::")[0] for id_ in ids)
    try:
        result = run([*files, "-p", "no:xdist", "-p", "no:cov"], Selection(ids))
    except Exception:
        if not loaded:
            raise
        traceback.print_exc()
        result = int(pytest.ExitCode.INTERNAL_ERROR)
    return result if loaded else UNTRIED


def forget(root: Path) -> None:
    """Let every module of the project, but for this tool, be imported anew."""
    ours = Path(__file__).parent
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and _is_below(Path(file), root) and ours not in Path(file).parents:
            del sys.modules[name]


def _is_below(file: Path, root: Path) -> bool:
    return file.is_relative_to(root) and not file.is_relative_to(Path(sys.prefix))


class Children:
    """Runs tasks in processes of their own, each with a folder for its temporary files."""

    def __init__(self, folder: Path, processes: int) -> None:
        self._folder = folder
        self._processes = processes

    def ended(self, tasks: Iterable[Task]) -> Iterator[tuple[int, int, str]]:
        """Run tasks; yield number, status and, if that is not 0, output as each ends."""
        gc.collect()
        gc.freeze()  # or each child copies what it looks at
        running: dict[int, int] = {}
        for number, seconds, task in tasks:
            running[self._fork(task, self._folder / str(number), seconds)] = number
            if len(running) == self._processes:
                yield self._next(running)
        while running:
            yield self._next(running)

    def _next(self, running: dict[int, int]) -> tuple[int, int, str]:
        process, status = os.wait()
        number = running.pop(process)
        folder = self._folder / str(number)
        output = (folder / "output").read_text(errors="replace") if status else ""
        shutil.rmtree(folder)
        return number, status, output

    def _fork(self, task: Callable[[], int], folder: Path, seconds: float) -> int:
        folder.mkdir()
        sys.stdout.flush()
        process = os.fork()
        if process == 0:
            child(task, folder, seconds)
        return process


def child(task: Callable[[], int], folder: Path, seconds: float) -> None:
    """Run a task in a process that has just been forked, and end the process."""
    code = UNTRIED
    try:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        code = task()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
