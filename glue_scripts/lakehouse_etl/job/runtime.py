"""What Glue gives a job: its arguments and its Spark session. No other module knows Glue."""

from collections.abc import Sequence
from dataclasses import dataclass

from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession

from lakehouse_etl.job.work import Item, chosen

REQUIRED = ("JOB_NAME", "manifest", "parallel", "metrics_namespace", "code_version")
"""Arguments of every job."""

_FILTER = "datasets"
_FULL = "full"
_REPAIR = "repair"
_PARENT = "parent_run"

AT_START = (_FILTER, _FULL, _REPAIR, _PARENT)
"""Arguments that whoever starts a job may add."""

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Without pruning a CSV record of the wrong width shows, whichever columns a query takes.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    # HotSpot compiles no method above 8000 bytes, and the checks of a wide contract make long ones.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # A batch is cached once and read a few times: compressing it costs more than it saves.
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    # Objects are compressed, so what a task reads is ten times as much in memory.
    "spark.sql.files.maxPartitionBytes": str(16 * 1024 * 1024),
    "spark.sql.files.openCostInBytes": str(1024 * 1024),
    # Keys that are repeated, or known already, are few beside a batch, which is not to be shuffled for them.
    "spark.sql.autoBroadcastJoinThreshold": str(64 * 1024 * 1024),
}

_QUOTING = (
    "org.apache.spark.executor.Executor",
    "org.apache.spark.scheduler.DAGScheduler",
    "org.apache.spark.scheduler.TaskSchedulerImpl",
    "org.apache.spark.scheduler.TaskSetManager",
    "org.apache.spark.storage.BlockManager",
    "org.apache.spark.util.Utils",
)
"""Loggers that print the exception of a task, which may quote a value. The one that ends the run tells what
failed, see `discretion`. These are the driver's: each JVM has its own, and no job reaches those of executors
on Glue."""


@dataclass(frozen=True)
class JobArgs:
    """Arguments of one run."""

    job_name: str
    run_id: str
    manifest: str
    """URI of the compiled manifest."""
    parallel: int
    """Datasets that are worked on at the same time."""
    metrics_namespace: str
    names: frozenset[str]
    """Datasets or products to work on; empty means all."""
    full: bool = False
    """Whether products are made anew as a whole, whatever has changed."""
    repair: bool = False
    """Whether only what is named is worked on, and of datasets only what was requested."""
    code_version: str = ""
    """Hash of the code."""
    parent: str | None = None
    """OpenLineage's id of the run of the pipeline's step that started the job; None: nobody told one."""

    def chosen(self, items: Sequence[Item]) -> list[Item]:
        """Return the datasets or products to work on.

        Raises:
            ValueError: A name is not among them.
        """
        return [] if self.repair and not self.names else chosen(items, self.names)


def parse(argv: Sequence[str]) -> JobArgs:
    """Read the arguments that Glue passes.

    Raises:
        GlueArgumentError: An argument is missing.
        ValueError: `--parallel` is no positive number, or `--full` or `--repair` neither true nor false.
    """
    given = [name for name in AT_START if f"--{name}" in argv]
    options = getResolvedOptions(list(argv), [*REQUIRED, *given])
    parallel = int(options["parallel"])
    if parallel < 1:
        raise ValueError(f"--parallel: got {parallel}; allowed: 1 or more")
    for name in (_FULL, _REPAIR):
        if options.get(name, "false") not in ("true", "false"):
            raise ValueError(f"--{name}: got {options[name]}; allowed: true or false")
    return JobArgs(
        job_name=options["JOB_NAME"],
        run_id=options.get("JOB_RUN_ID") or "manual",
        manifest=options["manifest"],
        parallel=parallel,
        metrics_namespace=options["metrics_namespace"],
        names=frozenset(name for name in options.get(_FILTER, "").split(",") if name),
        full=options.get(_FULL) == "true",
        repair=options.get(_REPAIR) == "true",
        code_version=options["code_version"],
        parent=options.get(_PARENT),
    )


def options(argv: Sequence[str], *names: str) -> dict[str, str]:
    """Return the arguments that only one job takes.

    Raises:
        GlueArgumentError: An argument is missing.
    """
    found = getResolvedOptions(list(argv), list(names))
    return {name: found[name] for name in names}


def open_session(job_name: str) -> SparkSession:
    """Open the session that Glue configured; what it logs quotes no values of records."""
    session = SparkSession.builder.appName(job_name).getOrCreate()
    log4j = session.sparkContext._jvm.org.apache.logging.log4j
    for name in _QUOTING:
        log4j.core.config.Configurator.setLevel(name, log4j.Level.OFF)
    return session


def own_session(session: SparkSession, **more: str) -> SparkSession:
    """Return a session for one dataset: views and settings are its own, the executors are shared.

    Settings that were made at run time on another session do not carry over, so all are made here.
    """
    own = session.newSession()
    for name, value in {**_SETTINGS, **more}.items():
        own.conf.set(name, value)
    return own
