"""Decisions are one file each, all of one form, and the index lists them."""

import re
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
FORM = re.compile(
    r"# (?P<number>\d+)\. (?P<title>[^\n]+)\n\n"
    r"Date: (?P<date>\d{4}-\d\d-\d\d)\n\n"
    r"Status: (Accepted|Proposed|Superseded by \[[^\n]+\]\([^\n]+\))\n\n"
    r"## Context\n\n.+?\n\n## Decision\n\n.+?\n\n(## Rejected\n\n.+?\n\n)?## Consequences\n\n.+\n",
    re.DOTALL,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_decision_has_the_form_of_all(record: Path) -> None:
    assert FORM.fullmatch(record.read_text()), "see docs/adr/README.md for the form"


def test_decisions_are_numbered_without_gaps_and_dated_in_their_order() -> None:
    matches = [match for record in RECORDS if (match := FORM.fullmatch(record.read_text()))]
    numbers = [int(match["number"]) for match in matches]
    assert numbers == list(range(1, len(RECORDS) + 1))
    assert [int(record.name[:4]) for record in RECORDS] == numbers
    dates = [date.fromisoformat(match["date"]) for match in matches]
    assert dates == sorted(dates)


def test_index_lists_every_decision() -> None:
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| [")]
    expected = []
    for record in RECORDS:
        match = FORM.fullmatch(record.read_text())
        assert match
        expected.append(f"| [{record.name[:4]}]({record.name}) | {match['title']} | {match['date']} |")
    assert rows == expected
