"""What an estimate is about: an environment's templates and settings, its contracts, and what comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from config.settings import Settings
from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Lake, Mode
from tools.assembly.assembly import Assembly
from tools.lake.cost.charges import DAYS, Spread, always, in_use, total
from tools.lake.cost.prices import Assumption
from tools.lake.testing.engine import engine_of

LAKE = "lake"


@dataclass(frozen=True)
class Arrivals:
    """What comes for a dataset in a month."""

    records: Spread
    bytes_per_record: Spread
    objects: Spread
    """Objects of bronze."""

    @property
    def gb(self) -> Spread:
        """GB of records as they are sent."""
        return self.records * self.bytes_per_record * 1e-9

    def gb_in_steps(self, size: int) -> Spread:
        """GB where each record is rounded up to a multiple of `size` bytes."""
        steps = (-(-each // size) * size for each in self.bytes_per_record)
        return self.records * Spread(*steps) * 1e-9


@dataclass(frozen=True)
class Subject:
    """One environment as it is going to be deployed."""

    assembly: Assembly
    lake: Lake
    settings: Settings
    assumptions: Mapping[str, Assumption]
    used: set[str] = field(default_factory=set)
    """Names of the assumptions that were made."""
    strangers: set[str] = field(default_factory=set)
    """Names of resources of which nobody knows how much they are used."""

    def assumed(self, name: str) -> Spread:
        """Return an assumption; idle counts as low."""
        self.used.add(name)
        low, high = self.assumptions[name].value
        return Spread(low, low, high)

    def dataset(self, name: str) -> Dataset:
        """Return the dataset with this id."""
        return next(each for each in self.lake.datasets if each.id == name)

    @cached_property
    def arrivals(self) -> dict[str, Arrivals]:
        """What comes for each source dataset, by id."""
        return {each.id: self._arrivals(each) for each in self.lake.datasets if each.ingestion}

    def _arrivals(self, dataset: Dataset) -> Arrivals:
        streamed = dataset.ingestion is not None and dataset.ingestion.mode is Mode.STREAM
        if dataset.volume:
            per_day = in_use(*dataset.volume.records_per_day)
            size = always(dataset.volume.bytes_per_record)
        else:
            _, low, high = self.assumed("stream_records_per_day" if streamed else "file_records_per_day")
            per_day, size = in_use(low, high), self.assumed("bytes_per_record")
        if streamed:
            objects = always(86400 / self.settings.streams.buffer_seconds)
        else:
            objects = self.assumed("files_per_day")
        return Arrivals(per_day * DAYS, size, per_day.at_most(objects) * DAYS)

    def of_stream(self, name: str) -> list[str]:
        """Return the ids of the datasets whose records go through a stream."""
        return [
            each.id
            for each in self.lake.datasets
            if each.ingestion
            and each.ingestion.mode is Mode.STREAM
            and stream_name(each, self.settings.naming) == name
        ]

    def inputs(self, dataset: Dataset) -> set[str]:
        """Return the ids of the sources that a product is made of, through other products, too."""
        if dataset.ingestion:
            return {dataset.id}
        return {source for each in dataset.inputs for source in self.inputs(self.dataset(each))}

    def gb(self, dataset: Dataset) -> Spread:
        """GB of records of a month that a table takes."""
        if dataset.ingestion:
            return self.arrivals[dataset.id].gb
        made_of = total(self.arrivals[each].gb for each in self.inputs(dataset))
        return made_of * self.assumed("product_share")

    def news(self, ids: set[str]) -> Spread:
        """Return how many objects come in a month for these sources."""
        return total(self.arrivals[each].objects for each in ids)

    def looks(self, domain: str) -> Spread:
        """Return the runs of a domain's pipeline in a month, whether or not anything came."""
        processing = self.settings.processing
        sources = {each for own in self.lake.of_domain(domain) for each in self.inputs(own)}
        started = always(runs_per_month(processing.schedule))
        if processing.arrival_minutes:
            at_most = always(DAYS * 1440 / processing.arrival_minutes)
            started = started.plus(self.news(sources).at_most(at_most))
        if processing.schedule is None and processing.arrival_minutes is None:
            _, low, high = self.assumed("runs_by_hand_per_month")
            started = in_use(low, high)
        return started

    def runs(self, dataset: Dataset) -> Spread:
        """Return how often in a month a dataset is worked on, since something came for it."""
        function = self.settings.processing.function
        at_most = self.looks(dataset.domain)
        if dataset.ingestion and not self.is_glues(dataset) and function and function.gather_seconds:
            at_most = always(DAYS * 86400 / function.gather_seconds)
        return self.news(self.inputs(dataset)).at_most(at_most)

    def is_glues(self, dataset: Dataset) -> bool:
        """Whether Glue works on a dataset whatever its size."""
        return dataset.id in self._glues

    @cached_property
    def _glues(self) -> set[str]:
        function = self.settings.processing.function
        return {
            each.id for each in self.lake.datasets if engine_of(self.lake, each, function).startswith("Glue")
        }

    @cached_property
    def all_runs(self) -> dict[str, Spread]:
        """`runs` by the dataset's id."""
        return {each.id: self.runs(each) for each in self.lake.datasets}


def runs_per_month(schedule: str | None) -> float:
    """Return how often EventBridge starts something; a `cron` counts as once a day."""
    if schedule is None:
        return 0
    if not schedule.startswith("rate("):
        return DAYS
    number, unit = schedule.removeprefix("rate(").removesuffix(")").split()
    minutes = {"minute": 1, "hour": 60, "day": 1440}[unit.removesuffix("s")]
    return DAYS * 1440 / (int(number) * minutes)
