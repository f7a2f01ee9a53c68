"""Records runs: a run's start is an object before it does anything, its end another when it has.

So a run that is killed leaves a start without an end, runs of many datasets at a time never wait for one
another, and a record outlives the log. Each object is a line of JSON, a row of the table `run_events` of the
domain's layer: columns that SQL asks for, and the event as OpenLineage has it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakehouse_etl.contract.lineage import Lineage
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.job.work import reason_of
from lakehouse_etl.lineage import facets
from lakehouse_etl.lineage.told import moment
from lakehouse_etl.lineage.work import Work

_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"

Told = dict[str, Any]
"""What a run tells in the end, by column of the table."""


@dataclass(frozen=True)
class Origin:
    """What runs the code."""

    engine: str
    """`Glue` or `function`."""
    version: str
    """Of the engine."""
    run: str
    """Id of the Glue job run, or of the function's request."""
    code: str
    """Hash of the code."""
    parent: str | None = None
    """Run of the pipeline's step that started it."""
    step: str = ""
    """That step."""


@dataclass(frozen=True)
class Recorder:
    """Writes down what the runs of a domain do."""

    lineage: Lineage
    storage: Storage
    domain: str
    origin: Origin

    @contextmanager
    def run(self, work: Work) -> Iterator[Told]:
        """Tell that a run starts, and how it has ended; yields what to fill with facts, for its end.

        A start that cannot be told fails the run before it does anything.
        """
        run_id, started, told = str(uuid4()), datetime.now(UTC), Told()
        self._write("START", run_id, started, work, {})
        try:
            yield told
        except BaseException as error:
            self._end("FAIL", run_id, started, work, {**told, "error": reason_of(error)})
            raise
        self._end("COMPLETE", run_id, started, work, told)

    def _end(self, kind: str, run_id: str, started: datetime, work: Work, told: Told) -> None:
        now = datetime.now(UTC)
        seconds = round((now - started).total_seconds(), 3)
        self._write(kind, run_id, now, work, {**told, "seconds": seconds})

    def _write(self, kind: str, run_id: str, at: datetime, work: Work, told: Told) -> None:
        known = {
            "dataset": work.id,
            "engine": self.origin.engine,
            "job_run": self.origin.run,
            "contract_version": work.version,
            "code_version": self.origin.code,
            **told,
        }
        row = {
            "event_time": moment(at),
            "event_type": kind,
            "run_id": run_id,
            **({"parent_run_id": self.origin.parent} if self.origin.parent else {}),
            **known,
            "event": self._event(kind, run_id, at, work, known),
        }
        place = f"day={at:%Y-%m-%d}/{at:%H%M%S}{at.microsecond // 1000:03}-{kind}-{run_id}-{work.name}.json"
        content = json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode()
        self.storage.write(f"{self.lineage.events[work.layer]}{place}", content)

    def _event(self, kind: str, run_id: str, at: datetime, work: Work, known: Mapping[str, Any]) -> Told:
        return {
            "eventTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "eventType": kind,
            "producer": facets.PRODUCER,
            "schemaURL": _EVENT,
            "run": {"runId": run_id, "facets": self._of_run(known)},
            "job": {"namespace": self.lineage.namespace, "name": work.id, "facets": _of_job(work)},
            "inputs": [_with_statistics(each, known) for each in work.inputs],
            "outputs": [_written(work.output, known)],
        }

    def _of_run(self, known: Mapping[str, Any]) -> Told:
        found = {
            "processing_engine": facets.engine(self.origin.engine, self.origin.version),
            facets.RUN_FACET: facets.own({name: known[name] for name in known if name != "error"}),
        }
        if self.origin.parent:
            job = f"{self.domain}/{self.origin.step}"
            found["parent"] = facets.parent(self.origin.parent, self.lineage.namespace, job)
        if "error" in known:
            found["errorMessage"] = facets.error_message(known["error"])
        return found


def _of_job(work: Work) -> Told:
    return {"jobType": facets.job_type(), **({"sql": facets.sql(work.sql)} if work.sql else {})}


def _with_statistics(table: Told, known: Mapping[str, Any]) -> Told:
    if "objects" not in known:
        return table
    read = facets.input_statistics(known.get("records_in", 0), known["objects"])
    return {**table, "inputFacets": {"inputStatistics": read}}


def _written(table: Told, known: Mapping[str, Any]) -> Told:
    rows = known.get("accepted", known.get("table_rows"))
    if rows is None:
        return table
    return {**table, "outputFacets": {"outputStatistics": facets.output_statistics(rows)}}
