"""What question marks of saved questions stand for, by what somebody asks about."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer

from config.naming import Naming
from lakehouse.model.dataset import Layer
from tests.unit.lakehouse.project import Project, column, source
from tools.lake.audit import _day, _values
from tools.sql.athena import Asking, Saved

NAMING = Naming("proof", "local", "000000000000", "us-east-1")
SINCE = date(2026, 11, 30)


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    project = Project(tmp_path)
    project.write(source("shop/orders", column("email")))
    return Asking(None, "officer", project.load(), NAMING)


def question(*values: str) -> Saved:
    lines = [f"-- ? {value}: what it is" for value in values]
    return Saved("Who?", "database", "\n".join(["-- Who?", *lines, "SELECT 1"]))


@pytest.mark.parametrize("subject", ["shop/orders", "shop.orders", "orders", "shop.orders.email"])
def test_dataset_stands_for_its_table_and_its_files(asking: Asking, subject: str) -> None:
    found = _values(question("since", "table", "files"), asking, subject, None, SINCE)
    assert found == [
        "2026/11/30",
        "%:table/proof_local_silver_shop/orders",
        f"{NAMING.bucket('silver')}/shop/orders/%",
    ]


def test_layer_is_the_one_that_is_asked_for(asking: Asking) -> None:
    [table] = _values(question("table"), asking, "shop/orders", Layer.BRONZE, SINCE)
    assert table == "%:table/proof_local_bronze_shop/orders"


@pytest.mark.parametrize(
    ("subject", "layer", "expected"),
    [
        ("s3://any/prefix/x", None, "any/prefix/x%"),
        ("shop/orders", None, "%/shop/orders/%"),
        ("shop/orders", Layer.BRONZE, f"{NAMING.bucket('bronze')}/shop/orders/%"),
    ],
)
def test_objects_are_those_of_a_place_or_of_a_dataset(
    asking: Asking, subject: str, layer: Layer | None, expected: str
) -> None:
    found = _values(question("since", "objects", "since", "objects"), asking, subject, layer, SINCE)
    assert found == ["2026/11/30", expected] * 2


@pytest.mark.parametrize(
    ("values", "subject", "told"),
    [
        (("since",), "shop/orders", "no subject"),
        (("since", "key"), None, "a subject"),
        (("table",), "shop/ordres", "shop/orders"),
        (("table",), "shop.orders.emial", "email"),
    ],
)
def test_subject_that_does_not_fit_is_refused(
    asking: Asking, values: tuple[str, ...], subject: str | None, told: str
) -> None:
    with pytest.raises(typer.BadParameter, match=told):
        _values(question(*values), asking, subject, None, SINCE)


def test_first_day_is_a_date_or_so_long_ago() -> None:
    assert _day("2026-11-30") == SINCE
    assert _day("48h") == _day("2d") == (datetime.now(UTC) - timedelta(days=2)).date()
    with pytest.raises(typer.BadParameter, match="7d"):
        _day("yesterday")
