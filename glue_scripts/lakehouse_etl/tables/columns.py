"""Columns of the tables that every domain has, in types of the contract."""

from lakehouse_etl.contract.types import DATE, DOUBLE, LONG, STRING, TIMESTAMPTZ, Member

QUARANTINE = (
    Member("source_object", STRING),
    Member("position", LONG),
    Member("block_start", LONG),
    Member("reason", STRING),
    Member("detail", STRING),
    Member("raw", STRING),
    Member("ingest_date", DATE),
    Member("run_id", STRING),
    Member("shape", STRING),
)
"""Columns of every quarantine table."""

RESULTS = (
    Member("dataset", STRING),
    Member("run_id", STRING),
    Member("measured_at", TIMESTAMPTZ),
    Member("rule", STRING),
    Member("scope", STRING),
    Member("severity", STRING),
    Member("outcome", STRING),
    Member("value", DOUBLE),
    Member("threshold", STRING),
    Member("snapshot_id", LONG),
)
"""Columns of every table of quality results."""
