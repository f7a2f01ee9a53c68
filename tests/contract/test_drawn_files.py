"""Whatever a file holds, its draft lets every record be a row, or says how many it does not and why."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.fixtures.environments import FIXTURE
from tools.lake.main import app

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "words": WORDS,
    "whole numbers": st.integers(-(2**70), 2**70).map(str),
    "small numbers": st.integers(0, 9).map(str),
    "numbers": st.floats(allow_nan=False, allow_infinity=False).map(str),
    "amounts": st.decimals(-9999, 9999, places=2).map(str),
    "commas": st.decimals(-9999, 9999, places=2).map(lambda number: str(number).replace(".", ",")),
    "dates": st.dates().map(str),
    "days first": st.dates().map(lambda day: f"{day:%d.%m.%Y}"),
    "slashes": st.dates().map(lambda day: f"{day:%m/%d/%Y}"),
    "times": st.datetimes().map(lambda at: at.isoformat()),
    "instants": st.datetimes().map(lambda at: f"{at.isoformat(' ', 'seconds')}+02"),
    "truths": st.sampled_from(["true", "False"]),
    "quotes": st.sampled_from(['"', "'", 'say "no"', "a\nb", "a,b", "a;b", "\\", "", "NA", "-", "01"]),
}


def tables(count: int) -> st.SearchStrategy[tuple[list[str], list[list[str]]]]:
    """Names of columns, and records whose values are mostly of one kind in each column."""
    kinds = st.lists(st.sampled_from([*VALUES]), min_size=2, max_size=5)
    return kinds.flatmap(
        lambda chosen: st.tuples(
            st.lists(
                WORDS.filter(lambda name: bool(name.strip())), min_size=len(chosen), max_size=len(chosen),
                unique_by=lambda name: name.strip().lower(),
            ),
            st.lists(st.tuples(*(VALUES[kind] for kind in chosen)).map(list), min_size=2, max_size=count),
        )
    )  # fmt: skip


def as_csv(names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([names, *rows])
    return text.getvalue().encode()


def as_json(names: Sequence[str], rows: Sequence[Sequence[str]], _delimiter: str) -> bytes:
    records = [dict(zip(names, row, strict=True)) for row in rows]
    return "".join(f"{json.dumps(each)}\n" for each in records).encode()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    shutil.copytree(FIXTURE, folder, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("write", [as_csv, as_json])
@settings(max_examples=15)
@given(table=tables(30), delimiter=st.sampled_from(",;\t|"))
def test_draft_keeps_its_word(
    project: Path,
    write: Callable[..., bytes],
    table: tuple[list[str], list[list[str]]],
    delimiter: str,
) -> None:
    def call(*words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--root", str(project)])

    sample = project / "sample"
    sample.write_bytes(write(*table, delimiter))
    drafted = call("new", "wild/real", "--from", str(sample), "--no-sample", "--force")
    assert isinstance(drafted.exception, SystemExit | None), drafted.exception
    if drafted.exit_code:
        assert "allowed" in drafted.stderr
        return
    told = json.loads(call("test", "wild/real", str(sample), "--json").stdout)
    said = " ".join(drafted.stdout.split())
    whole = f"each of the {told['records_in']} records would be a row" in said
    assert whole is (told["accepted"] == told["records_in"]), told
    assert whole or f"{told['accepted']:,} would be rows, {told['rejected']:,} rejected" in said
    assert told["superseded"] == 0 or f"{told['superseded']:,} dropped" in said
