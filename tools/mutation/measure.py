"""Learns from one run of the tests which of them run which line, and how long each takes."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

from tools.mutation.mutants import Mutant
from tools.mutation.session import Selection, child, run
from tools.mutation.settings import Group

_CPU_SECONDS = 600


class TestsFailedError(Exception):
    """The tests fail without any fault of ours."""


@dataclass(frozen=True)
class Measured:
    """What tests there are for a group."""

    seconds: dict[str, float]
    """By the id of the test."""
    contexts: dict[Path, dict[int, list[str]]]
    """Tests that run a line, by module and line; the empty text is the import."""

    def on_import(self, mutant: Mutant) -> bool:
        """Whether an import runs the line of a mutant."""
        return "" in self._found(mutant)

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that may notice a mutant, the fastest first.

        What an import runs may show anywhere, in a table that another module reads or a rule that another
        module makes from it: all tests of the group are tried, those that run the module first.
        """
        if not self.on_import(mutant):
            return sorted(self._found(mutant), key=self.seconds.__getitem__)
        near = {test for tests in self.contexts[mutant.path].values() for test in tests}
        return sorted(self.seconds, key=lambda test: (test not in near, self.seconds[test]))

    def _found(self, mutant: Mutant) -> set[str]:
        lines = self.contexts[mutant.path]
        return {test for line in mutant.lines for test in lines.get(line, ())}


def measure(group: Group, root: Path, folder: Path) -> Measured:
    """Run the tests of a group once.

    Raises:
        TestsFailedError: One of them fails.
    """
    data, times = folder / "coverage", folder / "seconds"
    sources = dict.fromkeys(f"--cov={path.parent}" for path in group.modules(root))

    def task() -> int:
        os.environ["COVERAGE_FILE"] = str(data)
        selection = Selection()
        result = run([*group.tests, *sources, "--cov-context=test", "--cov-report="], selection)
        times.write_text(json.dumps(selection.seconds))
        return result

    process = os.fork()
    if process == 0:
        child(task, folder, _CPU_SECONDS)
    _, status = os.waitpid(process, 0)
    if status:
        raise TestsFailedError((folder / "output").read_text())
    read = CoverageData(str(data))
    read.read()
    contexts = {
        path: {line: _tests(found) for line, found in read.contexts_by_lineno(str(path)).items()}
        for path in group.modules(root)
    }
    return Measured(json.loads(times.read_text()), contexts)


def _tests(contexts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(context.rpartition("|")[0] for context in contexts))
