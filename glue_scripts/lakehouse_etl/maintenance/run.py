"""Keeps the tables of a domain in shape, and never takes what somebody may still need.

Each step finds out anew what there is to do, so a run may be killed at any point and repeated. Age decides
about everything that an unfinished run may be about to commit: its files, its state, its branch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from pyspark.sql import SparkSession

from lakehouse_etl.bronze.commits import keep_state, named_states
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.maintenance.procedures import OutrunError, Procedures
from lakehouse_etl.maintenance.subjects import Kind, Subject
from lakehouse_etl.tables.history import MovedError
from lakehouse_etl.tables.table import Table

_LOGGED = 1000
"""Orphan files that are named in the log; of more, the number tells."""


@dataclass(frozen=True)
class Limits:
    """What may go."""

    now: datetime
    snapshot_days: int
    """Days for which a table can be read as it was."""
    snapshots_min: int
    """Newest snapshots that stay, however old."""
    orphan_days: int
    """Days until what no commit names counts as left behind; no run takes that long."""
    results_days: int | None = None
    """Days for which results of quality rules and events of runs stay; None: for ever."""
    rejected_text_days: int | None = None
    """Days for which texts of rejected records stay; None: as long as the rest of the record."""

    @property
    def readable_since(self) -> datetime:
        """Instant since which every version stays readable."""
        return self.now - timedelta(days=self.snapshot_days)

    @property
    def abandoned_before(self) -> datetime:
        """Instant before which no run that is still going can have begun."""
        return self.now - timedelta(days=self.orphan_days)

    def first_day(self, days: int) -> date:
        """Return the oldest day of which something is not older than so many days."""
        return (self.now - timedelta(days=days)).date()


class Upkeep:
    """The maintenance of one table."""

    def __init__(self, session: SparkSession, storage: Storage, subject: Subject, limits: Limits) -> None:
        """Take a session that no other table uses: another's would show metadata that it has cached."""
        self._session = session
        self._storage = storage
        self._subject = subject
        self._limits = limits
        self._table = Table(session, subject.table)
        self._procedures = Procedures(session, subject.table)

    def run(self, *, managed: bool) -> Mapping[str, object]:
        """Do what is worth doing and return what was done; `managed`: Glue sees to files and snapshots."""
        # If the run lives after all, it fails without its branch and is repeated; nothing is lost.
        dropped = self._procedures.drop_branches(self._limits.abandoned_before)
        done: dict[str, object] = {"branches_dropped": dropped}
        done |= self._forget()
        if not managed:
            done["files_compacted"] = _unless_outrun(self._procedures.compact)
            done["manifests_joined"] = _unless_outrun(self._procedures.join_manifests)
        if self._subject.state_location is not None:
            # Before anything expires, here or by Glue's hand.
            keep_state(self._table, self._table.history())
        if not managed:
            done["snapshots_expired"] = self._procedures.expire(
                self._limits.readable_since, self._limits.snapshots_min
            )
            done["orphans_deleted"] = self._delete_orphans()
        if self._subject.state_location is not None:
            done["states_deleted"] = self._delete_states(self._subject.state_location)
        return done

    def _forget(self) -> dict[str, object]:
        """Take rows, or texts, that have been kept for as long as they may.

        Rejected records go day by day, once all bronze objects of the day have expired.
        """
        limits, subject, done = self._limits, self._subject, dict[str, object]()
        if subject.kind is Kind.QUARANTINE and subject.retention_days is not None:
            outlived = f"ingest_date < DATE '{limits.first_day(subject.retention_days)}'"
            done["outlived"] = self._where_found(outlived, self._table.delete)
        if subject.kind is Kind.QUARANTINE and limits.rejected_text_days is not None:
            outlived = f"ingest_date < DATE '{limits.first_day(limits.rejected_text_days)}'"
            done["texts_removed"] = self._where_found(f"raw IS NOT NULL AND {outlived}", self._clear_texts)
        if subject.kind is Kind.RESULTS and limits.results_days is not None:
            outlived = f"measured_at < TIMESTAMP '{limits.first_day(limits.results_days)} 00:00:00+00:00'"
            done["outlived"] = self._where_found(outlived, self._table.delete)
        return done

    def _clear_texts(self, condition: str) -> None:
        self._table.clear("raw", condition)

    def _where_found(self, condition: str, change: Callable[[str], None]) -> bool | None:
        """Change the rows for which a condition holds; return whether there were any, None if outrun."""
        if self._table.rows().where(condition).isEmpty():  # a change of nothing would commit all the same
            return False
        try:
            change(condition)
        except MovedError as error:
            report(given_up=str(error))
            return None
        return True

    def _delete_orphans(self) -> int:
        found = self._procedures.orphans(self._limits.abandoned_before)
        if not found:
            return 0
        report(table=self._subject.table, orphans=found[:_LOGGED])
        return self._procedures.remove_orphans(self._limits.abandoned_before)

    def _delete_states(self, location: str) -> int:
        """Delete states that no snapshot names, but for the newest and those that a run may yet name."""
        listed = sorted(self._storage.list(location, location), key=lambda item: item.modified)
        # By name alone: a listing may write a location in another way than the run that put the state there.
        named = {_name(uri) for uri in named_states(self._table)}
        unnamed = [
            item.uri
            for item in listed[:-1]
            if item.modified < self._limits.abandoned_before and _name(item.uri) not in named
        ]
        for uri in unnamed:
            self._storage.remove(uri)
        return len(unnamed)


def forget_events(storage: Storage, location: str, limits: Limits) -> int:
    """Delete the events of runs that have been kept for as long as they may, and return how many."""
    if limits.results_days is None:
        return 0
    first = f"{location}day={limits.first_day(limits.results_days)}/"
    outlived = [
        item.uri for item in takewhile(lambda item: item.uri < first, storage.list(location, location))
    ]
    for uri in outlived:
        storage.remove(uri)
    return len(outlived)


def _name(uri: str) -> str:
    return uri.rpartition("/")[2]


def _unless_outrun(procedure: Callable[[], int]) -> int | None:
    """Return what a procedure did, None if a run was faster; the next maintenance finds the same to do."""
    try:
        return procedure()
    except OutrunError as error:
        report(given_up=str(error))
        return None
