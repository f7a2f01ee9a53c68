"""Works through the datasets or products of a domain; one that fails stops none of its siblings."""

import json
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


class WorkError(RuntimeError):
    """Some of the work failed; the message gives the reason of each."""


def work_through(
    items: Iterable[Item],
    name: Callable[[Item], str],
    do: Callable[[Item], Mapping[str, object]],
    parallel: int,
) -> None:
    """Do every item, `parallel` at a time, and print one JSON line about each.

    Raises:
        WorkError: After all are done, if one or more failed.
    """

    def attempt(item: Item) -> str | None:
        try:
            print(json.dumps({"dataset": name(item), **do(item)}), flush=True)
        except Exception as error:  # the job fails below, when the siblings are done
            traceback.print_exc()
            reason = f"{name(item)}: {type(error).__name__}: {error}"
            print(json.dumps({"dataset": name(item), "failed": reason}), flush=True)
            return reason
        return None

    with ThreadPoolExecutor(max_workers=parallel) as pool:
        failures = [reason for reason in pool.map(attempt, items) if reason]
    if failures:
        raise WorkError(f"{len(failures)} failed: " + " | ".join(failures))
