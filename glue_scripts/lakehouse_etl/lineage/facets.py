"""Facets of OpenLineage events: what is told of a run, its job and its datasets, beside their names.

These are values of JSON, as `openlineage-python` would write them. Jobs do without that client, which
costs 0.2 s of every cold start. Tests read each event back with its classes.
https://openlineage.io/docs/spec/facets/
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lakehouse_etl.contract.types import Member

Facet = dict[str, Any]

PRODUCER = "urn:lakehouse-blueprint:lakehouse_etl"
"""URI of what tells of runs; OpenLineage asks for one, and forks have addresses of their own."""

RUN_FACET = "lakehouse_run"
"""Name of the facet of our own, with what the table of runs shows."""

RUN_FACET_SCHEMA = "urn:lakehouse-blueprint:LakehouseRunFacet:1-0-0#/$defs/LakehouseRunFacet"
"""The schema is in `docs/reference/lakehouse-run-facet.schema.json`."""

_SPEC = "https://openlineage.io/spec/facets"


def facet(spec: str, kind: str, /, **members: Any) -> Facet:
    """Return a facet of the standard."""
    return {"_producer": PRODUCER, "_schemaURL": f"{_SPEC}/{spec}/{kind}.json#/$defs/{kind}", **members}


def own(told: Mapping[str, Any]) -> Facet:
    """Return the facet of our own."""
    return {"_producer": PRODUCER, "_schemaURL": RUN_FACET_SCHEMA, **told}


def schema(members: Iterable[Member]) -> Facet:
    """Return the columns of a table."""
    fields = [{"name": member.name, "type": str(member.type)} for member in members]
    return facet("1-2-0", "SchemaDatasetFacet", fields=fields)


def column_lineage(fields: Mapping[str, Sequence[Mapping[str, Any]]]) -> Facet:
    """Return of which columns of inputs each column is made."""
    made = {name: {"inputFields": list(sources)} for name, sources in fields.items() if sources}
    return facet("1-2-0", "ColumnLineageDatasetFacet", fields=made)


def error_message(message: str) -> Facet:
    """Return why a run failed."""
    return facet("1-0-1", "ErrorMessageRunFacet", message=message, programmingLanguage="Python")


def parent(run_id: str, namespace: str, job: str) -> Facet:
    """Return the run that started a run."""
    return facet("1-2-0", "ParentRunFacet", run={"runId": run_id}, job={"namespace": namespace, "name": job})


def engine(name: str, version: str) -> Facet:
    """Return what runs a job."""
    return facet("1-1-1", "ProcessingEngineRunFacet", name=name, version=version)


def job_type() -> Facet:
    """Return what kind of job it is."""
    return facet("2-0-4", "JobTypeJobFacet", processingType="BATCH", integration="LAKEHOUSE", jobType="JOB")


def sql(query: str) -> Facet:
    """Return the query of a job."""
    return facet("1-1-0", "SQLJobFacet", query=query, dialect="spark")


def input_statistics(rows: int, files: int) -> Facet:
    """Return how much was read."""
    return facet("1-0-0", "InputStatisticsInputDatasetFacet", rowCount=rows, fileCount=files)


def output_statistics(rows: int) -> Facet:
    """Return how much was written."""
    return facet("1-0-2", "OutputStatisticsOutputDatasetFacet", rowCount=rows)
