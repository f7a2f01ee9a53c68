"""Ten thousand mutated JSON records: each is accounted for, and what is accepted is what it says."""

import gzip
import json
import random
import re
import zlib
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
    json_object,
    judged_records,
    mutated,
    of_json,
    report,
)

pytestmark = pytest.mark.spark
RECORDS = 10_000
PER_FILE = 500
DAMAGED = 40
SAMPLES = [
    {
        "id": "ü1", "count": 3, "big": -5, "ratio": 0.5, "price": 12.5, "wide": "12345678901234567890.1234",
        "day": "2026-01-31", "at": "2026-01-31T10:00:00.5+01:00", "local": "2026-01-31 10:00:00", "on": True,
        "blob": "AAE=", "note": 'say "x" \\ \n',
        "lines": [{"sku": "a", "units": 1}, {"sku": "b", "units": None}],
    },
    {"id": "2", "note": None, "lines": [], "extra": {"a": [1, {"b": 2}]}},
    {"id": "3", "count": "4", "price": "0.10", "on": "false", "wide": 3},
]  # fmt: skip
_VALUE = re.compile(rb': ("(?:[^"\\]|\\.)*"|[-\w.]+)')


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of a value."""
    found = list(_VALUE.finditer(line))
    if not found:
        return line
    value = rng.choice(found)
    return line[: value.start(1)] + rng.choice(TOKENS) + line[value.end(1) :]


def _files(rng: random.Random) -> list[tuple[str, bytes]]:
    samples = [json.dumps(sample, ensure_ascii=rng.random() < 0.5).encode() for sample in SAMPLES]
    lines = [mutated(rng, rng.choice(samples), (_swap,)) for _ in range(RECORDS)]
    files = []
    for at in range(0, RECORDS, PER_FILE):
        end = rng.choice((b"\n", b"\r\n", b"\r"))
        content = end.join(rng.choice((line, line, line + b"\n")) for line in lines[at : at + PER_FILE])
        bom = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
        files.append((f"{at:05}.json", bom + content))
    return files


def _damaged(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Compressed files, most of them no longer what they were."""
    for at in range(DAMAGED):
        content = b"".join(json.dumps({"id": f"{at}-{row}"}).encode() + b"\n" for row in range(50))
        yield f"gz{at:02}.json.gz", mutated(rng, gzip.compress(content, mtime=0), ())


def _judged(line: bytes) -> dict[str, Any] | None:
    try:
        record = json_object(line)
        row = {name: of_json(kind, record.get(name)) for name, kind in KINDS.items()}
    except (RejectError, UnicodeEncodeError):
        return None
    return row if row["id"] is not None else None


def test_fuzz_json_records_are_all_accounted_for_and_read_as_python_reads_them(make_bench: MakeBench) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}})
    expected: dict[tuple[str, int], bytes] = {}
    for name, content in _files(rng):
        bench.put(content, name, hour=0)
        lines = re.split(rb"\r\n|\n|\r", content.removeprefix(b"\xef\xbb\xbf"))
        filled = (line for line in lines if line.strip(b" \t\x0b\x0c"))
        expected |= {(name, at): line for at, line in enumerate(filled, 1)}
    for name, content in _damaged(rng):
        bench.put(b"", name, hour=0).write_bytes(content)
        try:
            filled = (line for line in gzip.decompress(content).splitlines() if line.strip())
            expected |= {(name, at): line for at, line in enumerate(filled, 1)}
        except (OSError, EOFError, zlib.error):
            expected[name, 1] = b"a file that cannot be read"
    found = judged_records(bench)
    assert found.keys() == expected.keys()
    wrong = [
        (expected[place], record, truth)
        for place, record in found.items()
        if not agree(record, truth := _judged(expected[place]))
    ]
    assert not wrong, pytest.fail(report(wrong))
    accepted = sum(record is not None for record in found.values())
    assert RECORDS * 0.1 < accepted < RECORDS * 0.9
    result = bench.run()
    assert (result.counts.records_in, result.counts.rejected) == (len(found), len(found) - accepted)
