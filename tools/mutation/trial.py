"""Tries the mutants of a group.

A mutant inside a function that no import calls is put into the function where it is, in a process forked from
one in which all tests are collected. For any other one the project is imported anew, with the mutant in it.
"""

import ast
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType

import pytest

from tools.mutation.measure import Measured, TestsFailedError, measure
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.session import (
    UNTRIED,
    Children,
    Loop,
    Selection,
    Task,
    child,
    forget,
    run,
    run_items,
    run_with,
)
from tools.mutation.settings import Group
from tools.mutation.swap import Functions

_SECONDS_LEAST, _FACTOR = 3, 3
_CPU_SECONDS = 36_000

_CONTROL = -1


class NotTriedError(Exception):
    """A mutant was not in the code that the tests ran."""


class Trials:
    """The mutants of one group."""

    def __init__(self, group: Group, root: Path, folder: Path, processes: int) -> None:
        self._group = group
        self._root = root
        self._folder = folder
        self._processes = processes
        self._trees = {path: ast.parse(path.read_text(), str(path)) for path in group.modules(root)}
        self.mutants = [mutant for path, tree in self._trees.items() for mutant in mutants(path, tree)]

    def killed(self) -> set[int]:
        """Return the numbers of the mutants that a test noticed.

        Raises:
            TestsFailedError: A test fails without any mutant.
            NotTriedError: The tests import the module from elsewhere.
        """
        folders = [self._folder / name for name in ("measured", "collected", "anew")]
        for folder in folders:
            folder.mkdir()
        measured = measure(self._group, self._root, folders[0])
        numbers = range(len(self.mutants))
        inside = {number for number in numbers if not measured.on_import(self.mutants[number])}
        killed, untried = self._collected(sorted(inside), measured, folders[1])
        rest, missed = self._anew(sorted(set(numbers) - inside | untried), measured, folders[2])
        if missed:
            raise NotTriedError(
                f"tests import these from elsewhere: {[self.mutants[each] for each in missed]}"
            )
        return killed | rest

    def _collected(self, numbers: list[int], measured: Measured, folder: Path) -> tuple[set[int], set[int]]:
        """Try mutants in functions of modules that are imported; return those killed, and those not tried."""
        found = folder / "found"

        def try_all(items: dict[str, pytest.Item]) -> None:
            functions = Functions()

            def swapped(number: int, tests: list[str]) -> int:
                mutant = self.mutants[number]
                if not functions.swap(mutant.path, self._code(mutant)):
                    return UNTRIED
                return run_items([items[test] for test in tests])

            tasks = self._tasks(numbers, measured, swapped)
            control = (_CONTROL, sum(measured.seconds.values()), lambda: run_items([*items.values()]))
            found.write_text(json.dumps([[*each] for each in self._ended([control, *tasks], folder)]))

        def task() -> int:
            return run(self._group.tests, Selection(), Loop(try_all))

        process = os.fork()
        if process == 0:
            child(task, folder, _CPU_SECONDS)
        os.waitpid(process, 0)
        if not found.exists():
            raise TestsFailedError((folder / "output").read_text())
        killed, untried = json.loads(found.read_text())
        return set(killed), set(untried)

    def _anew(self, numbers: list[int], measured: Measured, folder: Path) -> tuple[set[int], set[int]]:
        """Try mutants in what an import runs; return those killed, and those not tried."""
        if run([*self._group.tests, "--collect-only", "-qq"], Selection()):
            raise TestsFailedError(f"pytest does not collect {' '.join(self._group.tests)}")
        forget(self._root)

        def imported(number: int, tests: list[str]) -> int:
            mutant = self.mutants[number]
            return run_with(mutant.path, self._code(mutant), tests)

        def task() -> int:
            return run(self._group.tests, Selection())

        control = (_CONTROL, sum(measured.seconds.values()), task)
        return self._ended([control, *self._tasks(numbers, measured, imported)], folder)

    def _tasks(
        self, numbers: list[int], measured: Measured, attempt: Callable[[int, list[str]], int]
    ) -> Iterator[Task]:
        for number in numbers:
            tests = measured.tests(self.mutants[number])
            if tests:
                seconds = sum(measured.seconds[test] for test in tests)
                yield number, seconds, lambda number=number, tests=tests: attempt(number, tests)  # type: ignore[misc]

    def _ended(self, tasks: Iterable[Task], folder: Path) -> tuple[set[int], set[int]]:
        allowed = ((number, _SECONDS_LEAST + _FACTOR * seconds, task) for number, seconds, task in tasks)
        killed: set[int] = set()
        untried: set[int] = set()
        for number, status, output in Children(folder, self._processes).ended(allowed):
            if number == _CONTROL and status:
                raise TestsFailedError(output)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) == UNTRIED:
                untried.add(number)
            elif status:
                killed.add(number)
        return killed, untried

    def _code(self, mutant: Mutant) -> CodeType:
        mutant.put()
        tree = ast.fix_missing_locations(self._trees[mutant.path])
        return compile(tree, str(mutant.path), "exec")
