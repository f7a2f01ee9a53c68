"""What the router knows of the datasets whose data is dropped into landing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import TerminalError

_PACKABLE = {"csv": (".csv",), "json": (".json", ".jsonl", ".ndjson")}
EXTENSIONS = {
    "parquet": (".parquet",),
    **{
        name: tuple(whole for end in ends for whole in (end, f"{end}.gz")) for name, ends in _PACKABLE.items()
    },
}
"""How names of files may end, by format; Parquet compresses by itself."""

ROUTE_PARTS = 2
"""Folders that name a dataset: `<domain>/<dataset>`."""


@dataclass(frozen=True)
class Route:
    """What is known of a dataset whose data is dropped into landing."""

    format: str
    """`csv`, `json` or `parquet`."""
    requests: str
    """Prefix in bronze of requests to process late objects."""
    versions: bool = False
    """Whether a file, or a folder, is a version of the whole content; names then keep folders and time."""
    marker: str | None = None
    """Name of the file that closes such a folder; None: each file is a version."""
    encoding: str = "utf-8"
    """How its texts are bytes."""
    delimiter: str = ""
    """What stands between values where that is no character of a text."""


Routes = Mapping[str, Route]
"""Routes by `<domain>/<dataset>`."""


def parse_routes(text: str) -> Routes:
    """Read the routes, such as `{"shop/prices": {"format": "csv", "requests": "shop/_requests/prices/"}}`.

    Raises:
        TerminalError: The text is not of that form; the message names every fault.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TerminalError(f"routes are no JSON ({error}); deploy the routes again") from error
    if not isinstance(document, dict):
        raise TerminalError(f"routes are a JSON {type(document).__name__}; allowed: an object per dataset")
    if faults := list(_route_faults(document)):
        raise TerminalError("; ".join(faults))
    return {dataset: Route(**route) for dataset, route in document.items()}


def _route_faults(document: Mapping[str, Any]) -> Iterator[str]:
    for dataset, route in document.items():
        if len([part for part in dataset.split("/") if part]) != ROUTE_PARTS:
            yield f"routes: got dataset {dataset!r}; allowed: <domain>/<dataset>"
        if not isinstance(route, dict) or route.get("format") not in EXTENSIONS or not route.get("requests"):
            allowed = " or ".join(EXTENSIONS)
            yield f"routes: {dataset}: got {route!r}; allowed: a format ({allowed}) and a prefix for requests"
        elif unknown := route.keys() - Route.__dataclass_fields__.keys():
            allowed = ", ".join(Route.__dataclass_fields__)
            yield f"routes: {dataset}: got {', '.join(sorted(unknown))}; allowed: {allowed}"
