"""Brings the new bronze objects of one dataset of records into silver and quarantine, as `silver.run` does.

What is new is worked off in chunks of bounded size. Each is a commit of its own that names its own state,
so a run that is killed half-way has done what it committed, and is followed by one that does the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pyiceberg.catalog import Catalog
from pyiceberg.manifest import DataFile

from lakehouse_etl.bronze.commits import summary_of
from lakehouse_etl.bronze.looking import advance
from lakehouse_etl.bronze.objects import BronzeObject, newest_hour
from lakehouse_etl.bronze.sampling import personal_data
from lakehouse_etl.bronze.state import State, write_state
from lakehouse_etl.bronze.versions import Arranged
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native.batch import CHUNK_BYTES, Batch, ages_of, chunks, weight
from lakehouse_etl.native.fitness import check_fitness
from lakehouse_etl.native.keys.comparing import Stale, Touched, compared
from lakehouse_etl.native.keys.index import KeyIndex
from lakehouse_etl.native.meter import NativeMeter
from lakehouse_etl.native.quarantine import quarantine
from lakehouse_etl.native.ranking import ROW, narrowed, superseded, without
from lakehouse_etl.native.results import Results
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.native.versions.content import Content
from lakehouse_etl.native.workers import Judges
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.inspection import Inspection
from lakehouse_etl.silver.news import News, news_of
from lakehouse_etl.silver.outcome import Result, names_of, rejections
from lakehouse_etl.silver.replacing import Replacement
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.history import ATTEMPTS, MovedError


@dataclass(frozen=True)
class Outlook:
    """What a run would have to do."""

    size: int
    """Bytes of the records that it would read, roughly."""
    idle: Result | None
    """What it would find if there is neither a new object nor a doubt about the table; None otherwise."""
    waiting_since: datetime | None = None
    """When the oldest object was written that no run has taken up, those that are requested again apart."""


class NativeRun:
    """One dataset's share of a job run."""

    def __init__(
        self,
        catalog: Catalog,
        storage: Storage,
        dataset: Dataset,
        run_id: str,
        *,
        processes: int = 1,
        chunk_bytes: int = CHUNK_BYTES,
        ledger: Ledger | None = None,
        repair: bool = False,
    ) -> None:
        """Take how many processes judge large batches, and how many bytes of records a commit may hold.

        What rules measure goes into the ledger; without one, it is written at once. A repair does what was
        requested, and leaves to others what is new.
        """
        self._storage = storage
        self._dataset = dataset
        self._run_id = run_id
        self._processes = processes
        self._chunk_bytes = chunk_bytes
        self._repair = repair
        self._silver = Table(catalog, dataset.silver_table)
        self._index = KeyIndex(storage, dataset)
        self._quarantine = Table(catalog, dataset.quarantine_table)
        results = Results(catalog, dataset.results_table, dataset.id, run_id, ledger)
        self._inspection = Inspection(dataset, self._silver, results, NativeMeter(self._silver))
        self._at = datetime.now(UTC)
        self._done = Result(dataset.id, 0)
        """What this run has committed."""

    def run(self, keys: Callable[[], Keys]) -> Result:
        """Process what is new; `keys` is called only if there is something.

        Raises:
            UnfitError: The dataset needs Spark; nothing was read.
            TableError: A table does not fit the contract; nothing was read.
            StateError: The state of the last run cannot be read.
            RequestError: A request to process objects cannot be read.
            QualityError: What silver holds, or was to hold, is not fit for use: too many records were
                rejected, or table rules are broken. Without new objects that is judged as well.
            MovedError: Others have committed to a table of the dataset again and again.
        """
        check_fitness(self._dataset)
        if beyond := self._silver.check(self._dataset.columns):
            report(dataset=self._dataset.id, table_is_wider=beyond)
        self._quarantine.check(columns.QUARANTINE)
        for _ in range(1, ATTEMPTS):
            try:
                return self._attempt(self._news(), keys)
            except MovedError as error:
                report(dataset=self._dataset.id, repeated=str(error))
        return self._attempt(self._news(), keys)

    def outlook(self) -> Outlook:
        """Tell what there is to do, of a dataset that needs Spark as well; no bronze object is read.

        Raises:
            TableError: There is no such table.
            StateError: The state of the last run cannot be read.
            RequestError: A request to process objects cannot be read.
        """
        news = self._news()
        settled = not news.objects and self._inspection.is_settled(news.state)
        idle = self._standing(Result(self._dataset.id, 0), news.state) if settled else None
        waiting = (item.modified for item in news.objects if item.uri not in news.again.uris)
        return Outlook(sum(map(weight, news.objects)), idle, min(waiting, default=None))

    def _news(self) -> News:
        """Find what there is to do."""
        self._silver.refresh()
        history = self._silver.history()
        self._index.refer(history)
        return news_of(self._silver, history, self._storage, self._dataset, repair=self._repair)

    def _attempt(self, news: News, keys: Callable[[], Keys]) -> Result:
        """Do all that is left, until somebody else commits to silver."""
        if news.versions is not None:
            news.versions.tell(self._dataset.id)
        if not news.objects and not self._done.objects:
            idle = self._standing(Result(self._dataset.id, 0), news.state)
            return self._inspection.again(news.state, idle)
        self._inspection.check()
        with Judges(self._dataset, keys(), self._read, self._processes) as judges:
            if news.versions is not None:
                return self._replace(news, news.versions, judges)
            for some in chunks(news.objects, self._chunk_bytes):
                news = self._process(news, some, judges.judged(some, news.again.records))
        result = self._standing(self._done, news.state)
        measurement = self._inspection.of_table()
        return self._inspection.conclude(result, rejections(result, news.state), measurement)

    def _standing(self, result: Result, state: State) -> Result:
        return result.standing(self._dataset, state, newest_hour(state, ()))

    def _replace(self, news: News, versions: Arranged, judges: Judges) -> Result:
        """Put the newest good version in the place of the content."""
        content = Content(
            self._dataset, self._storage, self._silver, news.base, self._quarantine, self._inspection, judges,
            self._run_id, self._at,
        )  # fmt: skip
        state = self._noticed(replace(news.state, requests=news.requests), news.objects)
        replacement = Replacement(self._dataset, self._inspection, content, state, versions, news.seen)
        return replacement.run(newest_hour(news.state, news.objects))

    def _noticed(self, state: State, some: Sequence[BronzeObject]) -> State:
        return self._inspection.notice(state, personal_data(self._storage, self._dataset, some))

    def _read(self, item: BronzeObject) -> bytes:
        with self._storage.open(item.uri) as file:
            return file.read()

    def _process(self, news: News, some: Sequence[BronzeObject], batch: Batch) -> News:
        """Write what some objects hold."""
        news = replace(news, state=self._noticed(news.state, some))
        whole = [item for item in some if item.uri not in batch.partly]
        quarantine(self._quarantine, batch.rejected, whole, self._run_id)
        narrow = without(narrowed(batch.good, self._dataset), batch.left_out)
        lost = superseded(narrow, self._dataset)
        rejected = batch.rejected.num_rows
        counts = Counts(batch.records, narrow.num_rows - len(lost), rejected, len(lost))
        result = Result(
            self._dataset.id, len(some), counts, batch.broken, names=names_of(some),
            ages=ages_of(batch.asked, self._dataset, self._at),
        )  # fmt: skip
        winners = without(narrow, lost)
        touched: Sequence[Touched] = ()
        here = news.again.uris.intersection(item.uri for item in some)
        if (counts.accepted or here) and not news.into_empty:
            again = news.again.records
            partly = {uri: hashes for uri, hashes in again.items() if uri in batch.partly or uri not in here}
            stale = Stale(here, news.again.uris - here, partly)
            comparison = compared(self._silver, winners, self._dataset, stale, self._index)
            winners, touched = without(winners, comparison.outdone), comparison.touched
            result = replace(result, counts=counts.outdone(len(comparison.outdone)))
        added = written(self._silver.iceberg, batch.good, touched, winners[ROW])
        removed = [each.task.file for each in touched]
        return self._commit(news, some, result, added, removed, whole=whole)

    def _commit(
        self,
        news: News,
        some: Sequence[BronzeObject],
        result: Result,
        added: Sequence[DataFile],
        removed: Sequence[DataFile],
        *,
        whole: Sequence[BronzeObject],
    ) -> News:
        """Publish what some objects did, with the state that knows the whole ones; return what is left."""
        done = self._done.plus(result)
        last = some[-1] == news.objects[-1]
        judged = rejections(done, news.state)
        after = replace(
            result.after(advance(news.state, whole, news.seen, last=last)),
            run_id=self._run_id,
            requests=news.requests if last else news.state.requests,
            counts=vars(judged.counts),
            reasons=judged.reasons,
        )
        uri = write_state(self._storage, self._dataset.state_location, after)
        hashes = self._index.named([file.file_path for file in removed], self._paths)
        summary = {**summary_of(self._run_id, uri, result.counts, after), **hashes}
        self._silver.commit(news.base, summary, added, removed)
        self._done = done
        again = replace(news.again, uris=news.again.uris.difference(item.uri for item in some))
        return replace(news, base=self._silver.head(), into_empty=False, state=after, again=again)

    def _paths(self) -> list[str]:
        return [task.file.file_path for task in self._silver.tasks()]
