"""Ten thousand mutated JSON records: each is accounted for, and what is accepted is what it says."""

import gzip
import json
import random
import zlib
from collections.abc import Iterator

import pytest

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.json_subjects import json_files, json_lines, json_truth
from tests.unit.glue_scripts.mutations import SEED, mutated
from tests.unit.glue_scripts.records.fuzz import judged_records
from tests.unit.glue_scripts.truth import KINDS, agree, report

pytestmark = pytest.mark.spark
RECORDS = 10_000
DAMAGED = 40


def _damaged(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Compressed files, most of them no longer what they were."""
    for at in range(DAMAGED):
        content = b"".join(json.dumps({"id": f"{at}-{row}"}).encode() + b"\n" for row in range(50))
        yield f"gz{at:02}.json.gz", mutated(rng, gzip.compress(content, mtime=0), ())


def test_fuzz_json_records_are_all_accounted_for_and_read_as_python_reads_them(make_bench: MakeBench) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}})
    expected: dict[tuple[str, int], bytes] = {}
    for name, content in json_files(rng, RECORDS):
        bench.put(content, name, hour=0)
        expected |= {(name, at): line for at, line in enumerate(json_lines(content), 1)}
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
        if not agree(record, truth := json_truth(expected[place]))
    ]
    assert not wrong, pytest.fail(report(wrong))
    accepted = sum(record is not None for record in found.values())
    assert RECORDS * 0.1 < accepted < RECORDS * 0.9
    result = bench.run()
    assert (result.counts.records_in, result.counts.rejected) == (len(found), len(found) - accepted)
