from pathlib import Path

import duckdb
import pytest

from tools.lake.drafts.columns.column import columns
from tools.lake.drafts.keys import Key, find_key
from tools.lake.drafts.samples.reading import read_sample
from tools.lake.drafts.times import order_column


def key_of(tmp_path: Path, names: str, *rows: str) -> Key:
    """Return the key of a CSV file."""
    path = tmp_path / "sample.csv"
    path.write_text("\n".join([names, *rows]))
    with duckdb.connect() as connection:
        sample = read_sample(connection, path)
        found, _ = columns(sample)
        return find_key(sample.table, found, order_column(found))


def rows(count: int, form: str) -> list[str]:
    return [form.format(n=n, third=n % 3, seventh=n % 7, tens=n // 10, ones=n % 10) for n in range(count)]


@pytest.mark.parametrize(
    ("names", "lines", "expected"),
    [
        ("id,city", ["1,a", "2,a"], ("id",)),
        ("order_id,line_no,sku", rows(30, "{tens},{ones},s{third}"), ("order_id", "line_no")),
        ("city,temperature", ["Rome,3", "Oslo,1"], ()),
        ("city,temperature", rows(12, "c{n},{third}"), ("city",)),
        ("store,weekday,sales", rows(50, "s{tens},w{ones},{third}"), ("store", "weekday")),
        ("height,weight", rows(40, "5{n},{third}"), ()),
        ("length,mass", rows(40, "{n},5{n}"), ()),
        ("color,mass,size", rows(21, "c{third},{seventh},{n}"), ("color", "mass")),
        ("color,mass,size", [*rows(21, "c{third},{seventh},{n}"), "c0,0,0"], ()),
        ("id,city", ["1,a", "1,a", "2,b"], ("id",)),
        ("id,city", ["1,a", "1,b", "2,b"], ()),
        ("ratio", ["1.5", "2.5"], ()),
    ],
)
def test_key_is_drafted_only_where_it_says_something_that_no_records_share_it(
    tmp_path: Path, names: str, lines: list[str], expected: tuple[str, ...]
) -> None:
    assert key_of(tmp_path, names, *lines).columns == expected


def test_repeated_number_is_the_key_when_an_order_tells_its_versions_apart(tmp_path: Path) -> None:
    versions = [f"{n % 20},2026-01-{1 + n // 20:02},{n}" for n in range(60)]
    key = key_of(tmp_path, "id,updated,size", *versions)
    assert key.columns == ("id",)
    assert "40 records repeat it with another updated" in key.check


def test_draft_without_a_key_tells_what_merge_would_drop(tmp_path: Path) -> None:
    key = key_of(tmp_path, "color,size", *["red,1"] * 3, "blue,1", "blue,2")
    assert "merge would drop 2 of 5 records" in key.check
    assert "each record is a row" in key.check
