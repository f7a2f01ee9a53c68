"""Follows one record of each dataset through the lake; what depends on a step that failed is not asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from lakehouse.model.dataset import Dataset
from tools.ops.target import Target
from tools.records.values import ImpossibleDataError
from tools.smoke import pipelines, silver
from tools.smoke.bronze import Sent, await_bronze, keys_of, seconds
from tools.smoke.probe import file_name
from tools.smoke.silver import can_be_found, free_probe
from tools.smoke.step import Step, failed, guarded, not_asked, ok
from tools.smoke.ways import send, way


@dataclass
class Journey:
    """How far the record of one dataset came."""

    dataset: Dataset
    sent: Sent | None = None
    was_there: bool = False
    key: str | None = None
    """Of the bronze object that holds it."""


@dataclass(frozen=True)
class Course:
    """What all journeys have in common."""

    target: Target
    say: Callable[[str], None]
    wait: int | None = None
    """Seconds to wait for a record in bronze; None: as long as the settings imply."""

    def follow(self, datasets: list[Dataset]) -> list[Step]:
        """Send a record of each dataset and follow it to silver and gold."""
        journeys = [Journey(dataset) for dataset in datasets]
        steps = [step for each in journeys for step in self._send(each)]
        steps += [step for each in journeys for step in self._arrive(each)]
        for domain in sorted({dataset.domain for dataset in datasets}):
            of_domain = [each for each in journeys if each.dataset.domain == domain]
            steps += self._process(domain, of_domain)
        return steps

    def _send(self, journey: Journey) -> list[Step]:
        name = f"key of {journey.dataset.id}"
        found = guarded(name, self._choose, journey)
        if journey.sent is None:
            return [*found, not_asked(f"send {journey.dataset.id}", "no row was chosen for it")]
        steps = guarded(f"send {journey.dataset.id}", self._put, journey.sent)
        if not all(step.passed for step in steps):
            journey.sent = None
        return found + steps

    def _choose(self, journey: Journey) -> Iterator[Step]:
        dataset, now = journey.dataset, datetime.now(UTC)
        name = f"key of {dataset.id}"
        if not can_be_found(dataset):
            yield not_asked(
                name,
                "it has no key, or one that is masked or of a type that SQL cannot compare exactly",
            )
            return
        try:
            probe, journey.was_there = free_probe(self.target, dataset)
        except ImpossibleDataError as error:
            yield not_asked(name, f"no record can be made: {error}")
            return
        before = keys_of(self.target, probe, now)
        journey.sent = Sent(probe, file_name(dataset, now), now, before)
        yield ok(name, probe.key)

    def _put(self, sent: Sent) -> Iterator[Step]:
        dataset = sent.probe.dataset
        self.say(f"send {dataset.id}")
        try:
            where = send(self.target, sent.probe, sent.name)
        except ClientError as error:  # what the caller may not send proves nothing, so it is a failure, too
            yield failed(f"send {dataset.id}", str(error))
        else:
            yield ok(f"send {dataset.id}", f"{way(dataset)}: {where}")

    def _arrive(self, journey: Journey) -> list[Step]:
        name = f"bronze {journey.dataset.id}"
        if journey.sent is None:
            return [not_asked(name, "nothing was sent")]
        return guarded(name, self._await, journey, journey.sent)

    def _await(self, journey: Journey, sent: Sent) -> Iterator[Step]:
        limit = seconds(self.target.settings, journey.dataset) if self.wait is None else self.wait
        step, journey.key = await_bronze(self.target, sent, limit, self.say)
        yield step

    def _process(self, domain: str, journeys: list[Journey]) -> list[Step]:
        arrived = [each for each in journeys if each.key is not None]
        if arrived:
            steps = guarded(f"pipeline {domain}", pipelines.run, self.target, domain, self.say)
        else:
            steps = [not_asked(f"pipeline {domain}", "no record of it came to bronze")]
        done = all(step.passed for step in steps)
        for each in journeys:
            name = f"silver {each.dataset.id}"
            if done and each.key is not None:
                steps += guarded(name, self._look, each)
            else:
                steps.append(not_asked(name, "its record did not get that far"))
        if done:
            products = {
                one.id: one for each in arrived for one in silver.products_of(self.target, each.dataset)
            }
            for product in products.values():
                steps += guarded(f"gold {product.id}", silver.count_rows, self.target, product)
        return steps

    def _look(self, journey: Journey) -> Iterator[Step]:
        if journey.sent is not None and journey.key is not None:
            yield silver.look_up(self.target, journey.sent.probe, journey.key, journey.was_there)
