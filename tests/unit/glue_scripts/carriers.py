"""Both carriers of silver, as tests see them that are about neither of them alone."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from lakehouse_etl.contract.types import Member
from lakehouse_etl.native.table import parsed_members
from lakehouse_etl.tables.fit import holds
from lakehouse_etl.tables.spark_types import contract_type, spark_type

from tests.unit.glue_scripts import bench as spark_bench
from tests.unit.glue_scripts.native import bench as native_bench
from tests.unit.glue_scripts.native import effects as native_effects
from tests.unit.glue_scripts.silver import effects as spark_effects
from tests.unit.glue_scripts.silver.effects import KilledError, kill_before

Row = dict[str, Any]
Cells = list[list[tuple[Any, ...]]]


class Carrier(Protocol):
    """Makes benches, and works them."""

    def make(self, **options: Any) -> Any:
        """Make a bench whose table has an id alone."""
        ...

    def follow(self, bench: Any) -> None:
        """Let the table follow its contract, as a deployment does."""
        ...

    def content(self, bench: Any, table: str) -> list[Row]:
        """All rows of a table."""
        ...

    def watch(self, before: Callable[[int], None]) -> Any:
        """Watch the effects of runs."""
        ...


@dataclass(frozen=True)
class Native:
    """Without Spark."""

    make_bench: native_bench.MakeBench

    def make(self, **options: Any) -> native_bench.Bench:
        """Make a bench."""
        return self.make_bench({"id": "string"}, **options)

    def follow(self, bench: native_bench.Bench) -> None:
        """Add columns, widen others, and let them be null; none gets narrow again."""
        table = bench.silver.iceberg
        known = {column.name: column for column in parsed_members(table)}
        with table.update_schema() as change:
            for member in bench.dataset.columns:
                [wanted] = native_bench.schema_of((member,)).fields
                if member.name not in known:
                    change.add_column(member.name, wanted.field_type)
                    continue
                wider = not holds(known[member.name].type, member.type)
                kind = wanted.field_type if wider else None
                change.update_column(member.name, field_type=kind, required=_kept_required(member))

    def content(self, bench: native_bench.Bench, table: str) -> list[Row]:
        """All rows of a table."""
        return bench.content(table)

    def watch(self, before: Callable[[int], None]) -> Any:
        """Watch the effects of runs."""
        return native_effects.watch(before)


@dataclass(frozen=True)
class Spark:
    """On Spark."""

    make_bench: spark_bench.MakeBench

    def make(self, *, run: Any = None, partition: dict[str, str] | None = None, **options: Any) -> Any:
        """Make a bench; how to run is a matter of the other carrier."""
        bench = self.make_bench({"id": "string"}, **options)
        for column, transform in (partition or {}).items():
            way = transform.replace("[", "(").replace("]", f", {column})")
            table = f"glue_catalog.{bench.dataset.silver_table}"
            bench.spark.sql(f"ALTER TABLE {table} ADD PARTITION FIELD {way}")
        return bench

    def follow(self, bench: spark_bench.Bench) -> None:
        """Add columns, and widen others; none of them is required, and none gets narrow again."""
        name = f"glue_catalog.{bench.dataset.silver_table}"
        known = {column.name: column.dataType for column in bench.table(bench.dataset.silver_table).schema}
        for member in bench.dataset.columns:
            kind = spark_type(member.type)
            if member.name not in known:
                bench.spark.sql(f"ALTER TABLE {name} ADD COLUMN `{member.name}` {kind.simpleString()}")
            elif not holds(contract_type(known[member.name]), member.type):
                bench.spark.sql(f"ALTER TABLE {name} ALTER COLUMN `{member.name}` TYPE {kind.simpleString()}")

    def content(self, bench: spark_bench.Bench, table: str) -> list[Row]:
        """All rows of a table."""
        return [row.asDict(recursive=True) for row in bench.table(table).collect()]

    def watch(self, before: Callable[[int], None]) -> Any:
        """Watch the effects of runs."""
        return spark_effects.watch(before)


def _kept_required(member: Member) -> bool | None:
    return None if member.required else False


def deploy(carrier: Carrier, bench: Any, changes: Row) -> None:
    """Deploy a contract, and let the table follow."""
    bench.contract(**changes)
    carrier.follow(bench)


def run(carrier: Carrier, bench: Any, killed_before: int | None) -> bool:
    """Run the job, which is killed before an effect; returns whether it was."""
    if killed_before is None:
        bench.run()
        return False
    with carrier.watch(kill_before(killed_before)) as effects, contextlib.suppress(KilledError):
        bench.run()
    return len(effects.names) >= killed_before


def tables(carrier: Carrier, bench: Any) -> Cells:
    """Return all cells of silver and quarantine, comparable, but for the run's id."""
    names = (bench.dataset.silver_table, bench.dataset.quarantine_table)
    return [sorted(map(_cells, carrier.content(bench, name))) for name in names]


def _cells(row: Row) -> tuple[Any, ...]:
    return tuple(sorted((name, repr(value)) for name, value in row.items() if name != "run_id"))
