"""Ten thousand mutated CSV records: each is accounted for, and what is accepted is what it says."""

import gzip
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.records.fuzz import (
    KINDS,
    SEED,
    TOKENS,
    RejectError,
    agree,
    judged_records,
    mutated,
    of_json,
    report,
)

pytestmark = pytest.mark.spark
RECORDS = 10_000
PER_FILE = 250
HEADER = b"note,id,count,big,ratio,price,wide,day,at,local,on,blob,lines"
SAMPLES = [
    b'"say ""x"", \xc3\xbc",1,3,-5,0.5,12.5,12345678901234567890.1234,2026-01-31,2026-01-31T10:00:00.5+01:00,'
    b'2026-01-31 10:00:00,true,AAE=,"[{""sku"": ""a"", ""units"": 1}]"',
    b"NA,2,,,,,,,,,,,",
    b'"two\r\nlines\n",3,4,NA,1e3,0.10,3,2024-02-29,1970-01-01T00:00:00Z,2026-01-01T00:00:00,FALSE,,[]',
]
_WIDTH = HEADER.count(b",") + 1


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of a value."""
    values = line.split(b",")
    values[rng.randrange(len(values))] = rng.choice(TOKENS)
    return b",".join(values)


def _files(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    for at in range(0, RECORDS, PER_FILE):
        lines = [mutated(rng, rng.choice(SAMPLES), (_swap,)) for _ in range(PER_FILE)]
        if at % (PER_FILE * 2):
            # An odd quote swallows what follows, so half of the files have none.
            lines = [line if line.count(b'"') % 2 == 0 else line.replace(b'"', b"") for line in lines]
        header = HEADER if rng.random() < 0.9 else mutated(rng, HEADER, (_swap,))
        bom = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
        end = rng.choice((b"\n", b"\r\n", b"\r"))
        yield f"{at:05}.csv", bom + end.join([header, *lines])


def _records(text: str) -> Iterator[tuple[str, list[str] | None]]:
    """A second reader of RFC 4180: every record with its values, None where its quotes do not match."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)
    at = 0
    while at < len(lines):
        raw, values = lines[at], None
        at += 1
        while (values := _values(raw)) == "open" and at < len(lines):
            raw += lines[at]
            at += 1
        yield raw, values if isinstance(values, list) else None


_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=,|\r?\n?\Z)|((?!")[^,\r\n]*)')


def _values(raw: str) -> list[str] | str | None:
    """Values of a record, None if it is none, `open` if a quote has no end yet."""
    found: list[str] = []
    at = 0
    while True:
        if raw[at : at + 1] == '"' and not re.match(r'"(?:[^"]|"")*"(?!")', raw[at:]):
            return "open"
        match = _FIELD.match(raw, at)
        if match is None:
            return None
        found.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end()
        if raw[at : at + 1] != ",":
            return found if not raw[at:].strip("\r\n") else None
        at += 1


def _judged(header: list[str], raw: str, values: list[str] | None) -> dict[str, Any] | None:
    if (
        values is None
        or len(values) != len(header)
        or "\0" in raw
        or raw != _text(raw.encode(errors="surrogateescape"))
    ):
        return None
    texts = {name: None if text in ("", "NA") else text for name, text in zip(header, values, strict=True)}
    try:
        row = {name: of_json(kind, texts.get(name)) for name, kind in KINDS.items()}
    except RejectError:
        return None
    return row if row["id"] is not None else None


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _truth(content: bytes) -> list[dict[str, Any] | None]:
    """What an object should become, record by record."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
    first, *rest = [(raw, values) for raw, values in _records(text) if raw.strip(" \t\r\n")]
    names = [name.strip() for name in first[1] or ()]
    known = set(names) & set(KINDS)
    useless = not known or "" in names or len(set(names)) < len(names) or "id" not in names
    if useless or "\0" in first[0] or first[0] != _text(first[0].encode(errors="surrogateescape")):
        lines = re.split(r"\r\n|\r|\n", text[text.index(first[0]) + len(first[0]) :])
        return [None] * (1 + sum(bool(line.strip(" \t")) for line in lines))
    return [_judged(names, raw, values) for raw, values in rest]


def test_fuzz_csv_records_are_all_accounted_for_and_read_as_a_second_reader_does(
    make_bench: MakeBench,
) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}}, bronze={"format": "csv", "null_token": "NA"})
    expected: dict[tuple[str, int], Any] = {}
    for name, content in _files(rng):
        bench.put(content, name, hour=0)
        expected |= {(name, at): row for at, row in enumerate(_truth(content), 1)}
    whole = gzip.compress(b"id\n" + b"x\n" * 5000)
    for at in range(20):
        damaged = mutated(rng, whole, ())
        path = bench.put(damaged, f"gz{at:02}.csv", hour=0)
        path.rename(path.with_suffix(".csv.gz"))
    found = judged_records(bench)
    plain = {place: row for place, row in found.items() if place[0] in {name for name, _ in expected}}
    assert plain.keys() == expected.keys()
    wrong = [(place, row, expected[place]) for place, row in plain.items() if not agree(row, expected[place])]
    assert not wrong, pytest.fail(report(wrong))
    accepted = sum(row is not None for row in plain.values())
    assert len(plain) * 0.05 < accepted < len(plain) * 0.9
    assert bench.run().counts.records_in == len(found)
