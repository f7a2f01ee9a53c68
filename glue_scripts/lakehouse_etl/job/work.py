"""Works through the datasets or products of a domain; one that fails stops none of its siblings."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import Protocol, TypeVar

from lakehouse_etl.job.discretion import trace_of, words_of
from lakehouse_etl.job.log import logger, report

_REASON_LENGTH = 600
"""Characters of a message and of its cause; Spark's go on for pages, and the log has them whole."""

_CAUSE = re.compile(r"Caused by: (.+)")
"""How Java names what lies behind an error; the last one is where it began, such as a denied action."""


class Named(Protocol):
    """A dataset or product."""

    @property
    def name(self) -> str:
        """Name, unique in its domain."""
        ...


Item = TypeVar("Item", bound=Named)


class WorkError(RuntimeError):
    """Some of the work failed; the message gives the reason of each."""

    def __init__(self, message: str, errors: Sequence[BaseException]) -> None:
        """Keep what was raised, so that kinds of failure are told by their types."""
        super().__init__(message)
        self.errors = errors


def chosen(items: Sequence[Item], names: frozenset[str]) -> list[Item]:
    """Return the items that are named, all of them if no name is given.

    Raises:
        ValueError: A name is not among the items.
    """
    unknown = names - {item.name for item in items}
    if unknown:
        allowed = ", ".join(item.name for item in items)
        raise ValueError(f"--datasets: got {', '.join(sorted(unknown))}; allowed: {allowed}")
    return [item for item in items if not names or item.name in names]


def work_through(
    items: Sequence[Item],
    do: Callable[[Item], Mapping[str, object]],
    parallel: int,
    needs: Callable[[Item], Iterable[str]] = lambda _: (),
) -> dict[str, Mapping[str, object]]:
    """Do every item, `parallel` at a time and in order, report on each, and return the reports by name.

    `needs` names items that have to be over first, whether they failed or not.

    Raises:
        WorkError: After all are done, if one or more failed.
    """
    by_name = {item.name: item for item in items}
    order = TopologicalSorter({item.name: by_name.keys() & set(needs(item)) for item in items})
    order.prepare()
    done: dict[str, Future[Mapping[str, object]]] = {}
    running: dict[Future[Mapping[str, object]], str] = {}
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        while order.is_active():
            running |= {pool.submit(do, by_name[name]): name for name in order.get_ready()}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                done[name] = future
                _report(name, future)
                order.done(name)
    errors = {name: error for name, future in sorted(done.items()) if (error := future.exception())}
    if errors:
        reasons = " | ".join(f"{name}: {reason_of(error)}" for name, error in errors.items())
        raise WorkError(f"{len(errors)} of {len(items)} failed: {reasons}", list(errors.values()))
    return {name: future.result() for name, future in done.items()}


def _report(name: str, future: Future[Mapping[str, object]]) -> None:
    error = future.exception()
    if error is None:
        report(dataset=name, **future.result())
        return
    logger.error("%s failed\n%s", name, trace_of(error))
    report(dataset=name, failed=reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return what is told of a failure, in a line, without values of records."""
    return f"{type(error).__name__}: {_short(words_of(error))}"


def _short(message: str) -> str:
    """The beginning of a message, and the first cause that it names."""
    causes = _CAUSE.findall(message)
    short = " ".join(message.split())[:_REASON_LENGTH]
    return f"{short} … caused by: {causes[-1][:_REASON_LENGTH]}" if causes else short
