"""Each persona, asked for each dataset, reads the cells that policy and contracts say, and no others."""

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lakehouse.access.reading import Reading, readings
from lakehouse.model.dataset import Dataset, Layer
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.asking import Answer, ask

pytestmark = pytest.mark.lake

REFUSED = re.compile(r"Insufficient (Lake Formation )?permission|AccessDenied|no accessible columns")


@pytest.fixture(scope="module")
def sessions(proven: ProvenLake) -> dict[str, boto3.Session]:
    """A session of each persona."""
    return {name: proven.lake.session_as(name) for name in proven.lake.settings.people.personas}


def _asked(proven: ProvenLake, session: boto3.Session, persona: str, dataset: Dataset, sql: str) -> Answer:
    database = proven.lake.naming.database(dataset.layer, dataset.domain)
    return ask(proven.lake, session, persona, database, sql)


def _expected(proven: ProvenLake, dataset: Dataset, reading: Reading) -> Answer:
    """What the root user reads of the same cells, who names them in the query."""
    columns = ", ".join(f'"{name}"' for name in reading.columns)
    where = f" WHERE {reading.rows}" if reading.rows else ""
    sql = f'SELECT {columns} FROM "{dataset.name}"{where}'  # noqa: S608 (names of contracts)
    return _asked(proven, proven.lake.aws.session(), "engineer", dataset, sql)


def _wrong(proven: ProvenLake, sessions: dict[str, boto3.Session], persona: str) -> Iterator[str]:
    """Datasets of which a persona reads other cells than it should."""
    for dataset in proven.lake.lake.datasets:
        reading = readings(dataset, proven.lake.lake.access)[persona]
        everything = f'SELECT * FROM "{dataset.name}"'  # noqa: S608 (a name of a contract)
        found = _asked(proven, sessions[persona], persona, dataset, everything)
        if not reading.columns:
            right = bool(REFUSED.search(found.refusal))
        else:
            right = found == _expected(proven, dataset, reading)
        if not right:
            yield dataset.id


def test_personas_read_exactly_their_cells(proven: ProvenLake, sessions: dict[str, boto3.Session]) -> None:
    wrong = {name: found for name in sessions if (found := [*_wrong(proven, sessions, name)])}
    assert wrong == {}


def test_a_column_that_is_not_shown_cannot_be_asked_for_in_another_way(
    proven: ProvenLake, sessions: dict[str, boto3.Session]
) -> None:
    asked = 0
    for persona, session in sessions.items():
        for dataset in proven.lake.lake.datasets:
            reading = readings(dataset, proven.lake.lake.access)[persona]
            hidden = [field.name for field in dataset.fields if field.name not in reading.columns]
            if reading.columns and hidden:
                condition = f'SELECT count(*) FROM "{dataset.name}" WHERE "{hidden[0]}" IS NULL'  # noqa: S608
                found = _asked(proven, session, persona, dataset, condition)
                assert "cannot be resolved" in found.refusal, (persona, dataset.id)
                asked += 1
    if not asked:
        pytest.skip("no contract has columns that a persona reads in part")


def test_persona_whose_grant_is_taken_loses_its_cells_alone(
    proven: ProvenLake, sessions: dict[str, boto3.Session]
) -> None:
    lake, client = proven.lake, proven.lake.aws.client("lakeformation")
    persona, other = _two_readers(proven)
    grant = _grant_by_tags(client, f"arn:aws:iam::{lake.aws.account}:role/{lake.naming.resource(persona)}")
    client.revoke_permissions(**grant)
    try:
        wrong = {*_wrong(proven, sessions, persona)}
        assert [*_wrong(proven, sessions, other)] == []
    finally:
        client.grant_permissions(**grant)
    read = {
        dataset.id
        for dataset in lake.lake.datasets
        if readings(dataset, lake.lake.access)[persona].columns and not dataset.is_narrowed
    }
    assert wrong == read
    assert [*_wrong(proven, sessions, persona)] == []


def _two_readers(proven: ProvenLake) -> tuple[str, str]:
    found = [
        name
        for name in proven.lake.lake.access.readers(Layer.GOLD)
        if name in proven.lake.settings.people.personas
        and len(proven.lake.lake.access.personas[name].reads) == 1
    ]
    if len(found) < 2:
        pytest.skip("fewer than two personas read by one rule")
    return found[0], found[1]


def _grant_by_tags(client: Any, principal: str) -> dict[str, Any]:
    found = client.list_permissions(
        Principal={"DataLakePrincipalIdentifier": principal}, ResourceType="LF_TAG_POLICY_TABLE"
    )["PrincipalResourcePermissions"]
    [grant] = [each for each in found if "SELECT" in each["Permissions"]]
    return {name: grant[name] for name in ("Principal", "Resource", "Permissions")}
