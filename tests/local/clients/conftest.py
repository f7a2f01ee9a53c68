"""One lake for all clients: the shop of the framework's own project, with a few orders in it."""

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.load import BASE, ENVIRONMENTS
from lakehouse.access.load import POLICY
from tests.fixtures.environments import FIXTURE
from tests.local.clients.client import ROOT_USER
from tests.local.lake.laptop import Laptop
from tests.local.lake.project_copy import NAME, copy_project

ORDERS = (
    ("O-1", "paid", 10.00, "2026-01-31T08:00:00Z"),
    ("O-2", "paid", 99.00, "2026-01-31T09:00:00Z"),
    ("O-3", "created", 5.50, "2026-02-01T01:00:00Z"),
    ("O-4", "cancelled", 7.25, "2026-02-01T02:00:00Z"),
)

Variables = Callable[[str], dict[str, str]]


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("clients")
    found = Laptop(copy_project(folder / "project", FIXTURE / "contracts"), folder / "build")
    _use_settings_of_the_fixture(found.project)
    found.lake("up", "--select", "shop/daily_orders", "--select", "shop/articles")
    lines = (
        {"order_id": name, "email": f"{name}@example.com", "sku": "A-1", "status": status, "amount": amount,
         "ordered_at": at, "updated_at": at}
        for name, status, amount, at in ORDERS
    )  # fmt: skip
    found.lake("run", "orders", "--data", "-", given="\n".join(map(json.dumps, lines)))
    found.lake(
        "run", "articles", "--data", "-", given="sku,title,released_on\nA-1,Cup,2020-02-29\nB-2,Pot,\n"
    )
    yield found
    found.lake("down")


def _use_settings_of_the_fixture(project: Path) -> None:
    """Whatever this project's own settings and policy are, the lake's are those of the framework's tests."""
    text = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text()
    for key, value in (
        ("project", NAME), ("environment", "local"), ("account", '"000000000000"'), ("region", "us-east-1")
    ):  # fmt: skip
        text = re.sub(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
    (project / ENVIRONMENTS / "local.yaml").write_text(text)
    (project / ENVIRONMENTS / f"{BASE}.yaml").unlink()
    shutil.copy(FIXTURE / POLICY, project / POLICY)


@pytest.fixture(scope="session")
def variables(laptop: Laptop) -> Variables:
    """What `lake env` sets for somebody, and nothing of this process besides."""

    def of(who: str) -> dict[str, str]:
        lines = laptop.lake("env", *(() if who == ROOT_USER else ("--as", who))).splitlines()
        pairs = (line.removeprefix("export ").partition("=") for line in lines)
        found = {name: shlex.split(value)[0] for name, _, value in pairs}
        return {**found, "LAKE_PROJECT": str(laptop.project), "LANG": "C.UTF-8", "COLUMNS": "100"}

    return of
