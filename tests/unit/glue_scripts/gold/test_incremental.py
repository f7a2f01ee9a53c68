"""Whatever happens to the input, a product refreshed in parts equals one that is made anew, cell by cell."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakehouse_etl.gold import build as gold
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.gold.gold_bench import GoldBench

pytestmark = pytest.mark.spark

_NUMBERS = count(1)
_DAYS = st.sampled_from([f"2026-0{month}-{day:02}" for month in (1, 2) for day in (1, 2, 28)])
_IDS = st.sampled_from("abcdef")
_SIZES = st.one_of(st.just("NULL"), st.integers(-1, 3).map(str))

_INSERT = st.lists(st.tuples(_IDS, _DAYS, _SIZES), min_size=1, max_size=4).map(
    lambda events: (
        "INSERT INTO {table} VALUES "  # noqa: S608
        + ", ".join(f"('{key}', DATE'{day}', {size}, map('k', 1))" for key, day, size in events)
    )
)
_CHANGES = st.one_of(
    _INSERT,
    _INSERT,
    st.builds("UPDATE {{table}} SET size = {1} WHERE id = '{0}'".format, _IDS, _SIZES),
    st.builds("UPDATE {{table}} SET tags = map('k', 2) WHERE id = '{0}'".format, _IDS),
    st.builds("UPDATE {{table}} SET day = DATE'{1}' WHERE id = '{0}'".format, _IDS, _DAYS),
    st.builds("DELETE FROM {{table}} WHERE id = '{0}'".format, _IDS),
    st.builds("DELETE FROM {{table}} WHERE day = DATE'{0}'".format, _DAYS),
    st.just("INSERT OVERWRITE {table} SELECT id, day, size + 0, tags FROM {table}"),
    st.just("INSERT INTO {table} VALUES ('nowhen', NULL, 1, NULL)"),
    st.just(
        "CALL glue_catalog.system.rewrite_data_files("
        "table => '{path}', options => map('rewrite-all', 'true'))"
    ),
)  # fmt: skip


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(_CHANGES, min_size=1, max_size=3), min_size=2, max_size=4))
def test_parts_add_up_to_what_the_sql_yields(spark: SparkSession, batches: list[list[str]]) -> None:
    bench = GoldBench(spark, f"h{next(_NUMBERS)}")
    bench.product = replace(
        bench.product, sql=bench.product.sql.replace("GROUP", "WHERE day IS NOT NULL GROUP")
    )
    dependant = bench.make_dependant()
    bench.insert(("a", "2026-01-01", 1), ("b", "2026-02-02", 2))
    for number, batch in enumerate(batches):
        for change in batch:
            bench.change(change.format(table=bench.silver, path=f"silver.{bench.name}"))
        built = bench.build()
        assert built.refreshed == "all" if number == 0 else built.refreshed in ("parts", "nothing")
        assert bench.rows() == bench.expected()
        gold.build(spark.newSession(), dependant, f"run-{number}")
        got, wanted = (
            sorted(map(tuple, bench.sql(sql).collect()))
            for sql in (f"SELECT * FROM glue_catalog.{dependant.table}", dependant.sql)  # noqa: S608
        )
        assert got == wanted
