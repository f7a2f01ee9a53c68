"""Brings the new bronze objects of one dataset into silver and quarantine.

A run may be killed at any point and repeated: quarantine rows are replaced by object, and silver rows,
processed objects and counts become visible in a single step.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.bronze.commits import summary_of
from lakehouse_etl.bronze.judging import Judged, judged_objects
from lakehouse_etl.bronze.looking import advance
from lakehouse_etl.bronze.objects import newest_hour
from lakehouse_etl.bronze.sampling import personal_data
from lakehouse_etl.bronze.state import write_state
from lakehouse_etl.bronze.versions import Arranged
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.results import Results
from lakehouse_etl.quality.spark_meter import SparkMeter
from lakehouse_etl.records.part import FAULT, RANK
from lakehouse_etl.records.tally import Tally, broken_by, counts_of, tally
from lakehouse_etl.silver.ages import ages_of
from lakehouse_etl.silver.content import Content
from lakehouse_etl.silver.inspection import Inspection
from lakehouse_etl.silver.news import News, news_of
from lakehouse_etl.silver.outcome import Result, names_of, rejections
from lakehouse_etl.silver.quarantine import COLUMNS as QUARANTINE_COLUMNS
from lakehouse_etl.silver.quarantine import quarantine
from lakehouse_etl.silver.replacing import Replacement
from lakehouse_etl.silver.replica import Replica
from lakehouse_etl.silver.upsert import Stale, asked_for, compared, winners_of
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.history import ATTEMPTS, MovedError
from lakehouse_etl.tables.spark_types import silver_columns
from lakehouse_etl.tables.table import Table
from lakehouse_etl.tables.version import following


class SilverRun:
    """One dataset's share of a job run."""

    def __init__(
        self,
        session: SparkSession,
        storage: Storage,
        dataset: Dataset,
        run_id: str,
        ledger: Ledger | None = None,
        *,
        repair: bool = False,
    ) -> None:
        """Take a session that no other dataset uses: its temporary views are this run's.

        Figures of rules go into the ledger, or are written at once. A repair leaves what is new to others.
        """
        self._session = session
        self._storage = storage
        self._dataset = dataset
        self._run_id = run_id
        self._repair = repair
        self._at = datetime.now(UTC)
        self._silver = Table(session, dataset.silver_table)
        self._quarantine = Table(session, dataset.quarantine_table)
        results = Results(session, dataset.results_table, dataset.id, run_id, ledger)
        self._inspection = Inspection(dataset, self._silver, results, SparkMeter(session, self._silver))
        self._replica = Replica(session, dataset, dataset.changes) if dataset.changes else None

    def run(self, keys: Callable[[], Keys]) -> Result:
        """Process what is new; `keys` is called only if there is something.

        Raises:
            TableError: A table does not fit the contract; nothing was read.
            StateError: The state of the last run cannot be read.
            RequestError: A request to process objects cannot be read.
            QualityError: What silver holds, or was to hold, is not fit for use: too many records were
                rejected, or table rules are broken. Without new objects that is judged as well.
            MovedError: Others have committed to a table of the dataset again and again.
        """
        if beyond := check_columns(self._silver, silver_columns(self._dataset)):
            report(dataset=self._dataset.id, table_is_wider=beyond)
        check_columns(self._quarantine, QUARANTINE_COLUMNS)
        if self._replica:
            self._replica.check()
        for _ in range(1, ATTEMPTS):
            try:
                return self._attempt(self._news(), keys)
            except MovedError as error:
                report(dataset=self._dataset.id, repeated=str(error))
        return self._attempt(self._news(), keys)

    def _news(self) -> News:
        """Find what there is to do."""
        self._silver.refresh()
        history = self._silver.history()
        news = news_of(self._silver, history, self._storage, self._dataset, repair=self._repair)
        return replace(news, state=replace(news.state, requests=news.requests))

    def _attempt(self, news: News, keys: Callable[[], Keys]) -> Result:
        """Do all of a run; nothing is published if somebody else commits to silver meanwhile."""
        last_arrival = newest_hour(news.state, news.objects)
        if news.versions is not None:
            news.versions.tell(self._dataset.id)
        if not news.objects:
            idle = Result(self._dataset.id, 0).standing(self._dataset, news.state, last_arrival)
            return self._inspection.again(news.state, idle)
        self._inspection.check()
        found = personal_data(self._storage, self._dataset, news.objects)
        news = replace(news, state=self._inspection.notice(news.state, found))
        if news.versions is not None:
            return self._replace(news, news.versions, keys(), last_arrival)
        result = self._process(news, keys())
        result = result.standing(self._dataset, result.after(news.state), last_arrival)
        measurement = self._inspection.of_table()
        return self._inspection.conclude(result, rejections(result, news.state), measurement)

    def _replace(self, news: News, versions: Arranged, keys: Keys, last_arrival: datetime | None) -> Result:
        """Put the newest good version in the place of the content."""
        content = Content(
            self._session, self._dataset, self._storage, self._silver, news.base, self._quarantine,
            self._inspection, keys, self._run_id, self._at,
        )  # fmt: skip
        replacement = Replacement(self._dataset, self._inspection, content, news.state, versions, news.seen)
        return replacement.run(last_arrival)

    def _process(self, news: News, keys: Keys) -> Result:
        """Write what the objects hold."""
        uris = [item.uri for item in news.objects]
        judged = judged_objects(self._session, self._dataset, uris, keys)
        if self._replica:
            judged = self._replica.effects(judged)
        batch = judged.frame.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            if self._replica:
                return self._replicate(self._replica, news, Judged(batch, judged.breaches))
            asked, again = asked_for(batch, news.again)
            return self._record(replace(news, again=again), Judged(asked, judged.breaches))
        finally:
            batch.unpersist()

    def _record(self, news: News, judged: Judged) -> Result:
        """Bring the best record of each key into the table."""
        tallies = self._tally(news, judged)
        good = judged.frame.where(F.col(FAULT).isNull())
        with winners_of(good, self._dataset) as (winners, outdone):
            result = self._result(news, judged, tallies, outdone)
            return self._add(news, result, self._silver.aligned(winners))

    def _replicate(self, replica: Replica, news: News, judged: Judged) -> Result:
        """Bring the effects of changes into the table."""
        batch, former = judged.frame, news.state.loaded
        stale = Stale.of(self._session, news.again)
        loaded = replica.loaded(batch, news.objects, former, stale)
        void = replica.void(loaded, former)
        after = replace(news, state=replace(news.state, loaded=loaded))
        records = Judged(replica.records(batch, loaded), judged.breaches)
        tallies = self._tally(news, records)
        outdone = records.frame.where(F.col(FAULT).isNull() & (F.col(RANK) != 1)).count()
        result = self._result(news, records, tallies, outdone)
        with replica.compared(batch, self._silver.rows(), loaded, stale) as outcome:
            result = replace(result, counts=result.counts.outdone(outcome.outdone))
            if outcome.is_append and void is None and stale is None:
                return self._commit(after, result, outcome.new)
            summary = self._summary(after, result)
            with following(self._silver, news.base) as version:
                version.update_and_append(
                    outcome.updates, outcome.new, self._dataset.key, outcome.within, summary,
                    removed=outcome.removed,
                    void=[*([stale.condition] if stale else []), *([void] if void else [])],
                )  # fmt: skip
        replica.forget(void)
        return result

    def _tally(self, news: News, judged: Judged) -> list[Tally]:
        """Count all records, and quarantine the rejected ones."""
        tallies = tally(judged.frame)
        quarantine(self._quarantine, judged, tallies, news.whole, self._run_id)
        return tallies

    def _result(self, news: News, judged: Judged, tallies: Sequence[Tally], outdone: int) -> Result:
        broken = broken_by(tallies, judged.breaches)
        return Result(
            self._dataset.id, len(news.objects), counts_of(tallies, outdone), broken,
            names=names_of(news.objects), ages=ages_of(judged.frame, self._dataset, self._at),
        )  # fmt: skip

    def _add(self, news: News, result: Result, winners: DataFrame) -> Result:
        """Add the winners whose keys are new, and replace the rows that they outdo."""
        stale = None if news.into_empty else Stale.of(self._session, news.again)
        compares = self._dataset.key and not news.into_empty and (result.counts.accepted or stale)
        if not compares:
            return self._commit(news, result, winners, stale)
        rows = self._silver.rows()
        with compared(winners, stale.left_out(rows) if stale else rows, self._dataset) as changes:
            result = replace(result, counts=result.counts.outdone(changes.older))
            if not changes.updated:
                return self._commit(news, result, changes.new, stale)
            summary = self._summary(news, result)
            with following(self._silver, news.base) as version:
                version.update_and_append(
                    changes.updates, changes.new, self._dataset.key, changes.within, summary,
                    void=[stale.condition] if stale else [],
                )  # fmt: skip
            return result

    def _commit(self, news: News, result: Result, rows: DataFrame, stale: Stale | None = None) -> Result:
        summary = self._summary(news, result)
        with following(self._silver, news.base) as version:
            if stale:
                version.delete(stale.condition)
            version.append(rows, summary)
        return result

    def _summary(self, news: News, result: Result) -> dict[str, str]:
        """Write the state that the coming commit will name, and return that commit's summary."""
        judged = rejections(result, news.state)
        after = replace(
            result.after(advance(news.state, news.whole, news.seen)),
            run_id=self._run_id,
            counts=vars(judged.counts),
            reasons=judged.reasons,
        )
        uri = write_state(self._storage, self._dataset.state_location, after)
        return summary_of(self._run_id, uri, result.counts, after)
