import pytest

from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.locations import Locations, Registration, arn_of, covers

ARN = "arn:aws:s3:::lake/gold"


@pytest.fixture
def locations() -> Locations:
    made = Locations()
    made.register(Registration(ARN, "role"))
    return made


@pytest.mark.parametrize(
    ("uri", "arn"),
    [("s3://lake/gold/", ARN), ("s3a://lake/gold", ARN), ("", ""), ("https://lake/gold", ""), ("lake", "")],
)
def test_address_in_s3_has_an_arn(uri: str, arn: str) -> None:
    assert arn_of(uri) == arn


@pytest.mark.parametrize(
    ("arn", "inside"), [(ARN, True), (f"{ARN}/t", True), (f"{ARN}en/t", False), ("", False)]
)
def test_location_covers_what_lies_in_it(arn: str, inside: bool) -> None:
    assert covers(ARN, arn) == inside


def test_location_is_registered_once(locations: Locations) -> None:
    with pytest.raises(LakeFormationError, match="already registered") as refused:
        locations.register(Registration(ARN, "other"))
    assert refused.value.code == "AlreadyExistsException"


def test_location_lies_in_s3(locations: Locations) -> None:
    with pytest.raises(LakeFormationError, match="no ARN of a location in S3"):
        locations.register(Registration("arn:aws:glue:us-east-1:0:catalog", "role"))


def test_location_that_is_not_registered_cannot_be_changed_or_left(locations: Locations) -> None:
    other = Registration("arn:aws:s3:::other", "role")
    with pytest.raises(LakeFormationError) as refused:
        locations.update(other)
    assert refused.value.code == "EntityNotFoundException"
    with pytest.raises(LakeFormationError, match="Entity not found"):
        locations.deregister(other.arn)


def test_changed_location_is_the_one_that_is_asked(locations: Locations) -> None:
    locations.update(Registration(ARN, "role", hybrid=True))
    found = locations.covering("s3://lake/gold/t/part.parquet")
    assert found == Registration(ARN, "role", hybrid=True)
    locations.deregister(f"{ARN}/")
    assert locations.covering("s3://lake/gold/t") is None
    assert [*locations.all()] == []
