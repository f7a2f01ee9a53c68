"""What the demonstration asks the lake: what samples bring to ask, else how many rows there are."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lakehouse.access.reading import readings
from lakehouse.model.dataset import Dataset
from local.feed.finder import LakeSamples
from local.feed.samples import Question
from local.lake.lake import LocalLake
from local.lake.tables import open_table


@dataclass(frozen=True)
class Answer:
    """One question to the lake and what came back."""

    question: str
    persona: str
    sql: str
    columns: list[str]
    rows: list[list[Any]]
    expected: list[list[str]]
    """Rows that should have come back."""


def answers(lake: LocalLake, samples: LakeSamples, failed: Collection[str]) -> list[Answer]:
    """Ask about all domains but those whose pipeline failed.

    Where nobody has brought a question, ask about one table how many rows it has: a product, if there is one.
    """
    there = [dataset for dataset in [*lake.products, *lake.sources] if dataset.domain not in failed]
    if not any(samples.questions(domain) for domain in lake.lake.domains):
        return [ask(lake, dataset, how_many(lake, dataset)) for dataset in there[:1]]
    return [
        ask(lake, dataset, question)
        for dataset in there
        for question in samples.questions(dataset.domain)
        if question.product == dataset.name
    ]


def ask(lake: LocalLake, dataset: Dataset, question: Question) -> Answer:
    """Ask one question through Athena, as its persona."""
    frame = lake.query(question.sql, domain=dataset.domain, layer=dataset.layer, persona=question.persona)
    rows = [[str(value) for value in row] for row in frame.itertuples(index=False)]
    columns = [str(column) for column in frame.columns]
    expected = [list(row) for row in question.answer]
    return Answer(question.text, question.persona, question.sql, columns, rows, expected)


def how_many(lake: LocalLake, dataset: Dataset) -> Question:
    """Return a question that any table can answer; the answer is what another reader counts."""
    table = open_table(lake.aws, lake.naming.database(dataset.layer, dataset.domain), dataset.name)
    rows = table.scan(selected_fields=(dataset.fields[0].name,)).to_arrow().num_rows
    sql = f'SELECT count(*) AS number_of_rows FROM "{dataset.name}"'  # noqa: S608 (a name of the lake)
    persona = next(name for name, reading in readings(dataset, lake.lake.access).items() if reading.columns)
    return Question(dataset.name, f"How many rows does {dataset.id} have?", sql, [[str(rows)]], persona)
