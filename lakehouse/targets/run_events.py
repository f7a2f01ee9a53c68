"""The table of a domain's runs: one row for each event of a run, as jobs and the pipeline write them.

`lakehouse_etl.lineage` and `stacks.components.pipeline.run_events` write the rows, a JSON object each.
"""

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.targets.glue import FIRST_INGEST_DATE, Column, ExternalTable, json_table

RUN_EVENTS = "run_events"
"""Name of the table, one in each silver and gold database whose tables jobs make."""

PRODUCER = "urn:lakehouse-blueprint:lakehouse_etl"
"""URI of what tells of runs; OpenLineage asks for one, and forks have addresses of their own."""

RUN_FACET = "lakehouse_run"
"""Name of the OpenLineage facet of our own, with what the table shows."""

RUN_FACET_SCHEMA = "urn:lakehouse-blueprint:LakehouseRunFacet:1-0-0#/$defs/LakehouseRunFacet"
"""Its schema, in `docs/reference/lakehouse-run-facet.schema.json`."""

DAY = "day"
"""Partition column: the day of the event in UTC, as `YYYY-MM-DD`."""

COLUMNS = (
    Column("event_time", "timestamp", "instant of the event in UTC"),
    Column("event_type", "string", "START, COMPLETE or FAIL; a run that was killed has a START alone"),
    Column("run_id", "string", "OpenLineage id of the run, which its events share"),
    Column("parent_run_id", "string", "run of the pipeline's step that started the job"),
    Column("dataset", "string", "id of the dataset, as domain/name; null for a step of the pipeline"),
    Column("step", "string", "step of the pipeline; null for a dataset"),
    Column("engine", "string", "Glue or function"),
    Column("job_run", "string", "id of the Glue job run, or of the function's request"),
    Column("execution", "string", "execution of the pipeline; of a step alone"),
    Column("contract_version", "string", "version of the contract"),
    Column("code_version", "string", "hash of the code"),
    Column("objects", "bigint", "bronze objects that were read"),
    Column("input_objects", "array<string>", "the first 1,000 of them, below the dataset's prefix"),
    Column("records_in", "bigint", "records that were read"),
    Column("accepted", "bigint", "records that became rows"),
    Column("rejected", "bigint", "records that went to quarantine"),
    Column("superseded", "bigint", "records that others of their key outdid"),
    Column("reasons", "string", "rejected records by reason, as a JSON object"),
    Column("table_rows", "bigint", "rows of a product after the run"),
    Column("refreshed", "string", "what of a product was made anew: all, parts or nothing"),
    Column("inputs_awaited", "array<string>", "inputs that a product waits for"),
    Column("rules_failed", "bigint", "table rules that failed"),
    Column("records_missing", "bigint", "records of yesterday less than the contract expects"),
    Column("newest_arrival", "timestamp", "hour in which the newest object came, in UTC"),
    Column("newest_event", "timestamp", "when the newest event happened, in UTC"),
    Column("event_delay_p50", "double", "median seconds from event to table, of what the run brought"),
    Column("event_delay_p95", "double", "the same of all but the slowest twentieth"),
    Column("event_delay_max", "double", "the same of the slowest"),
    Column("seconds", "double", "duration; of a step, of its Glue job run"),
    Column("dpu_hours", "double", "DPU-hours of a step's Glue job run"),
    Column("error", "string", "why the run failed"),
    Column("event", "string", "the OpenLineage event, as JSON"),
)
"""https://openlineage.io/docs/spec/object-model"""


def event_time(dataset: Dataset) -> str | None:
    """Return the column by which events are timed: that of the promise, else of versions, or of partitions.

    The latter two serve to measure alone: nobody has promised that they tell when something happened.
    """
    times = {field.name for field in dataset.fields if field.is_time}
    promised = (dataset.service.event_time,) if dataset.service.event_time else ()
    partitions = (each.source for each in dataset.partition)
    return next((name for name in (*promised, *dataset.order_by, *partitions) if name in times), None)


def run_events_location(domain: str, layer: Layer, naming: Naming) -> str:
    """Return the URI below which the events of a layer's runs lie."""
    return f"s3://{naming.bucket(layer)}/{domain}/{RUN_EVENTS}/"


def run_events_table(domain: str, layer: Layer, naming: Naming) -> ExternalTable:
    """Return the table of a layer's runs; partitions are projected, nobody registers them."""
    location = run_events_location(domain, layer, naming)
    return json_table(
        location,
        COLUMNS,
        (Column(DAY, "string", "day of the event in UTC, as YYYY-MM-DD"),),
        {
            "projection.enabled": "true",
            f"projection.{DAY}.type": "date",
            f"projection.{DAY}.format": "yyyy-MM-dd",
            f"projection.{DAY}.range": f"{FIRST_INGEST_DATE},NOW+1DAYS",
            "storage.location.template": f"{location}{DAY}=${{{DAY}}}/",
        },
    )
