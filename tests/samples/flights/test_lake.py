"""Flights in the whole lake, after its first run."""

import pytest

from lakehouse.model.dataset import Layer
from tests.fixtures.embedded_aws import wait_for
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.reading import rows_of
from tests.local.lake.roles import without

pytestmark = pytest.mark.lake
FLIGHTS = 336_776


def test_every_flight_arrives_once(proven: ProvenLake) -> None:
    table = rows_of(proven, Layer.SILVER, "flights", "flights")
    [dataset] = [d for d in proven.lake.sources if d.id == "flights/flights"]
    assert table.num_rows == FLIGHTS
    assert table.group_by(list(dataset.key)).aggregate([]).num_rows == FLIGHTS
    [counts] = [c for c in proven.summary.datasets if c.name == "flights/flights"]
    assert (counts.records_in, counts.accepted) == (FLIGHTS, FLIGHTS)


def test_athena_counts_them_all(proven: ProvenLake) -> None:
    frame = proven.lake.query("SELECT sum(flights) AS flights FROM carrier_delays", domain="flights")
    assert int(frame["flights"][0]) == FLIGHTS


def test_router_fails_with_the_denial_when_it_may_not_write_bronze(proven: ProvenLake) -> None:
    lake = proven.lake
    s3, logs, landing = lake.aws.client("s3"), lake.aws.client("logs"), lake.naming.bucket("landing")
    [airlines] = [dataset for dataset in lake.sources if dataset.id == "flights/airlines"]
    group = f"/aws/lambda/{lake.naming.resource('landing_router')}"
    before = lake.bronze_keys(airlines)

    def denials() -> list[str]:
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [one["message"] for one in events if "AccessDenied" in one["message"]]

    with without(lake.aws, "LandingRouter", "s3:PutObject"):
        s3.put_object(
            Bucket=landing, Key="flights/airlines/least-privilege.csv", Body=b"carrier,name\nZZ,T\n"
        )
        [denial, *_] = wait_for(denials)
        assert "s3:PutObject" in denial
        assert lake.bronze_keys(airlines) == before
    wait_for(lambda: len(lake.bronze_keys(airlines)) == len(before) + 1)
    wait_for(lambda: not s3.list_objects_v2(Bucket=landing).get("Contents"))
