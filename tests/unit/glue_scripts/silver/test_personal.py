"""Spark's carrier tells of undeclared personal data as the other one does."""

import pytest
from lakehouse_etl.personal.findings import Finding

from tests.unit.glue_scripts.bench import MakeBench

pytestmark = pytest.mark.spark

FIELDS = {"id": "string", "note": "string"}
FOUND = Finding("note", "e-mail addresses", 0.5, 2)


def test_finding_is_recorded_and_stays_until_the_contract_declares_it(make_bench: MakeBench) -> None:
    bench = make_bench(FIELDS, order_by=[])
    bench.put_json({"id": "a", "note": "ada@example.com"}, {"id": "b", "note": "none"})
    assert bench.run().undeclared == (FOUND,)
    [row] = bench.results("personal")
    assert (row["rule"], row["outcome"], row["value"]) == ("e-mail addresses in note", "failed", 0.5)
    bench.put_json({"id": "c", "note": "none"})
    assert bench.run().undeclared == (FOUND,)
    assert bench.run().undeclared == (FOUND,)
    bench.contract(personal={"guarded": ["note"]})
    assert bench.run().undeclared == ()
