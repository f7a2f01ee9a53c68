"""The figures: how each is measured, by which engine, and what is promised of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tools.bench import functions, growth, pruning, refresh, router, silver
from tools.bench.fresh import freshness
from tools.bench.fresh.freshness import Load
from tools.bench.laptop import Laptop
from tools.bench.native import small
from tools.bench.silver import CARRIER, DUCKDB, NATIVE, PLAIN

_MILLION = 1_000_000
_LAMBDA = "Lambda function"


@dataclass(frozen=True)
class Promise:
    """What a figure may be at most, or at least."""

    limit: float
    more_is_better: bool = False

    def __str__(self) -> str:
        """Show it."""
        return f"{'≥' if self.more_is_better else '≤'} {self.limit:,g}"


PROMISES: Mapping[str, Promise] = {
    "native_vs_spark_1m": Promise(1.0),
    "native_vs_spark_10m": Promise(1.5),
    "peak_mib": Promise(3072),
    "spark_carrier_vs_spark_1m": Promise(3.0),
    "spark_carrier_vs_spark_10m": Promise(2.5),
    "small_run_seconds": Promise(3.0),
    "incremental_1000_vs_1": Promise(1.3),
    "native_incremental_1000_vs_1": Promise(1.15),
    "random_keys_1000_vs_1": Promise(1.15),
    "spark_carrier_random_keys_1000_vs_1": Promise(1.15),
    "bronze_to_silver_p95_seconds": Promise(15.0),
    "day_query_bytes_ratio": Promise(0.02),
    "transform_records_per_s": Promise(20_000, more_is_better=True),
    "transform_import_ms": Promise(300),
}
"""By key; of other figures nothing is promised."""


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    key: str
    engine: str
    """What gave it."""
    value: float
    says: str
    """What was measured, with the figures behind it."""

    @property
    def promise(self) -> Promise | None:
        """What is promised."""
        return PROMISES.get(self.key)

    @property
    def kept(self) -> bool | None:
        """Whether the promise is kept; None if there is none."""
        if (promise := self.promise) is None:
            return None
        return self.value >= promise.limit if promise.more_is_better else self.value <= promise.limit


@dataclass(frozen=True)
class Wanted:
    """Which figures are wanted, of those that are measured together."""

    keys: frozenset[str]
    load: Load
    """What comes into bronze where freshness is measured."""


_RATIOS_1M = {
    "native_vs_spark_1m": (NATIVE, PLAIN),
    "spark_carrier_vs_spark_1m": (CARRIER, PLAIN),
    "silver_vs_duckdb_1m": (CARRIER, DUCKDB),
}
_RATIOS_10M = {
    "native_vs_spark_10m": (NATIVE, PLAIN),
    "spark_carrier_vs_spark_10m": (CARRIER, PLAIN),
}
_PEAK = "peak_mib"


def _race_1m(lake: Laptop, wanted: Wanted) -> Iterator[Figure]:
    names = {name for key in wanted.keys for name in _RATIOS_1M[key]}
    silver.race(lake, 50_000, 1, names)  # so that no contestant pays for the start of Spark
    race = silver.race(lake, _MILLION, 3, names)
    for key in wanted.keys:
        yield Figure(key, _RATIOS_1M[key][0], race.ratio(*_RATIOS_1M[key]), f"1M events: {race}")


def _race_10m(lake: Laptop, wanted: Wanted) -> Iterator[Figure]:
    ratios = wanted.keys - {_PEAK}
    names = {name for key in ratios for name in _RATIOS_10M[key]}
    if _PEAK in wanted.keys:
        names.add(NATIVE)
    silver.race(lake, 50_000, 1, names)
    race = silver.race(lake, 10 * _MILLION, 1, names)
    for key in ratios:
        yield Figure(key, _RATIOS_10M[key][0], race.ratio(*_RATIOS_10M[key]), f"10M events: {race}")
    if _PEAK in wanted.keys:
        says = "MiB that all processes of the run of 10M events had at most"
        yield Figure(_PEAK, NATIVE, race.peak_mib, says)


def _small(lake: Laptop, wanted: Wanted) -> Iterator[Figure]:
    new = "1,000 new records onto 1M"
    if "small_run_seconds" in wanted.keys:
        found = small.on_aws(lake)
        says = f"{new} on the embedded AWS, in a process that stays; a new one took {found.first:.1f} s"
        yield Figure("small_run_seconds", NATIVE, found.seconds, says)
    if wanted.keys & {"small_run_on_files_seconds", "first_run_of_a_process"}:
        found = small.on_files(lake)
        yield Figure("small_run_on_files_seconds", NATIVE, found.seconds, f"{new} on local files")
        says = f"seconds from the start of a process until it has brought {new}, on local files"
        yield Figure("first_run_of_a_process", NATIVE, found.first, says)
    if "spark_carrier_first_run_of_a_process" in wanted.keys:
        seconds = small.first_of_spark(lake)
        yield Figure("spark_carrier_first_run_of_a_process", CARRIER, seconds, "the same on Spark")


_GROWTHS: Mapping[str, tuple[str, growth.Carrier, bool]] = {
    "incremental_1000_vs_1": (CARRIER, growth.spark, False),
    "native_incremental_1000_vs_1": (NATIVE, growth.native, False),
    "random_keys_1000_vs_1": (NATIVE, growth.native, True),
    "spark_carrier_random_keys_1000_vs_1": (CARRIER, growth.spark, True),
}


def _growth(lake: Laptop, wanted: Wanted) -> Iterator[Figure]:
    for key, (engine, carrier, random_keys) in _GROWTHS.items():
        if key in wanted.keys:
            growth.growth(lake, carrier, 1, repeats=1)  # so that no history pays for the start
            few, hundred, thousand = (
                growth.growth(lake, carrier, partitions, repeats=3, random_keys=random_keys)
                for partitions in (1, 100, 1000)
            )
            says = f"{few:.2f} s on 1 day of history, {hundred:.2f} s on 100, {thousand:.2f} s on 1,000"
            keys = "random keys" if random_keys else "keys that grow"
            yield Figure(key, engine, thousand / few, f"one new day, {keys}: {says}")


def _freshness(lake: Laptop, wanted: Wanted) -> Iterator[Figure]:
    found = freshness.freshness(lake.folder, wanted.load)
    yield Figure("bronze_to_silver_p95_seconds", NATIVE, found.p95, str(found))


def _pruning(lake: Laptop, _: Wanted) -> Iterator[Figure]:
    query = pruning.day_query(lake)
    says = ", ".join(
        f"{name} {read.bytes / 1e6:.2f} MB in {read.files} files"
        for name, read in (("raw JSON", query.raw), ("silver", query.silver), ("compacted", query.compacted))
    )
    ratio = query.compacted.bytes / query.raw.bytes
    yield Figure("day_query_bytes_ratio", CARRIER, ratio, f"a day out of {pruning.DAYS}: {says}")


def _functions(_lake: Laptop, _: Wanted) -> Iterator[Figure]:
    says = "records of 200 bytes that the transform function routes, on one core"
    yield Figure("transform_records_per_s", _LAMBDA, functions.transform_records_per_s(), says)
    says = "milliseconds to import the transform function in a new process"
    yield Figure("transform_import_ms", _LAMBDA, functions.transform_import_ms(), says)


def _router(lake: Laptop, _: Wanted) -> Iterator[Figure]:
    says = "files that the landing router moves, checks and removes, one after the other"
    yield Figure("router_objects_per_s", _LAMBDA, router.objects_per_s(lake.folder), says)


def _refresh(lake: Laptop, _: Wanted) -> Iterator[Figure]:
    full, part = refresh.full_and_incremental(lake)
    says = f"gold refresh of 1 changed day in {refresh.DAYS}: {part:.1f} s, full {full:.1f} s"
    yield Figure("gold_incremental_vs_full", CARRIER, part / full, says)


Measure = Callable[[Laptop, Wanted], Iterator[Figure]]

MEASURES: Mapping[tuple[str, ...], Measure] = {
    tuple(_RATIOS_1M): _race_1m,
    (*_RATIOS_10M, _PEAK): _race_10m,
    (
        "small_run_seconds",
        "small_run_on_files_seconds",
        "first_run_of_a_process",
        "spark_carrier_first_run_of_a_process",
    ): _small,
    tuple(_GROWTHS): _growth,
    ("bronze_to_silver_p95_seconds",): _freshness,
    ("day_query_bytes_ratio",): _pruning,
    ("gold_incremental_vs_full",): _refresh,
    ("transform_records_per_s", "transform_import_ms"): _functions,
    ("router_objects_per_s",): _router,
}
"""What is measured together, by the keys of its figures."""
