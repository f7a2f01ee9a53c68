"""docs/clients.md: what each client needs, runs and prints, as `make clients` last recorded it."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby

from config.load import PROJECT_ROOT
from tests.local.clients.client import HERE, ROOT_USER, Client
from tests.local.clients.clients import CLIENTS

PAGE = PROJECT_ROOT / "docs" / "clients.md"
RUNS = HERE / "runs.json"
MARK = "<!-- What follows is written by `LAKE_CLIENTS=record make clients`. -->\n"
_PASSING = {r"localhost:\d+": "localhost:PORT", r"\d+\.\d+ seconds": "… seconds", r"(?m) +$": ""}


def runs() -> dict[str, dict[str, str]]:
    """What was recorded, by client and script."""
    return dict(json.loads(RUNS.read_text())) if RUNS.is_file() else {}


def lasting(printed: str) -> str:
    """What was printed without what differs from run to run."""
    for pattern, text in _PASSING.items():
        printed = re.sub(pattern, text, printed)
    return printed.strip() + "\n"


def made_of(client: Client) -> str:
    """Digest of what a client runs and is made of."""
    files = sorted(path for path in client.folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def record(client: Client, script: str, printed: str) -> None:
    """Note what a script has printed today, and write the page anew."""
    run = {"made_of": made_of(client), "date": f"{datetime.now(UTC):%Y-%m-%d}", "printed": lasting(printed)}
    found = {**runs(), f"{client.name}/{script}": run}
    RUNS.write_text(json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    before = PAGE.read_text().partition(MARK)[0]
    PAGE.write_text(before + MARK + render(found))


def render(found: Mapping[str, Mapping[str, str]]) -> str:
    """The recorded part of the page."""
    return "\n".join([_table(found), *(_section(name, list(same), found) for name, same in _by_folder())])


def _by_folder() -> "groupby[str, Client]":
    return groupby(CLIENTS, key=lambda client: client.name)


def _table(found: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        "",
        "| client | version | asks as | needs beside `lake env` | last run |",
        "|---|---|---|---|---|",
    ]
    for client in CLIENTS:
        dates = [
            found[key]["date"] for script in client.scripts if (key := f"{client.name}/{script}") in found
        ]
        who = "the root user" if client.who == ROOT_USER else "a persona"
        row = (client.title, client.version, who, client.needs, min(dates, default="never"))
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join([*lines, ""])


def _section(name: str, clients: list[Client], found: Mapping[str, Mapping[str, str]]) -> str:
    lines = [f"## {clients[0].title}", "", f'`pip install "{clients[0].wanted}"`', ""]
    for client in clients:
        for script in (*client.shown, *client.scripts):
            if script.endswith(".ipynb"):
                lines += [
                    f"[{script}](../tests/local/clients/{name}/{script}), run from top to bottom by",
                    "",
                ]
                continue
            language = {"sh": "sh", "py": "python", "yml": "yaml"}[script.rpartition(".")[2]]
            lines += [
                f"`{script}`:",
                "",
                f"```{language}",
                (client.folder / script).read_text().strip(),
                "```",
                "",
            ]
            if run := found.get(f"{name}/{script}"):
                lines += ["prints", "", "```text", run["printed"].rstrip(), "```", ""]
    return "\n".join(lines)
