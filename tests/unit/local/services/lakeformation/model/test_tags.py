import pytest

from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.resources import Columns, Database, Table, Tag
from local.services.lakeformation.model.tags import Tags, matches


@pytest.fixture
def tags() -> Tags:
    made = Tags()
    made.create("Layer", ["Gold", "silver"])
    made.attach(Table("d", "t"), "layer", "GOLD")
    return made


def test_keys_and_values_are_lower_case(tags: Tags) -> None:
    assert tags.keys == {"layer": {"gold", "silver"}}
    assert tags.of("d", "t", "id") == {"layer": "gold"}
    assert tags.of("d") == {}


def test_key_is_made_once(tags: Tags) -> None:
    with pytest.raises(LakeFormationError, match="Tag key already exists"):
        tags.create("LAYER", ["x"])


def test_resource_has_one_value_of_a_key(tags: Tags) -> None:
    tags.attach(Table("d", "t"), "layer", "silver")
    assert tags.attached(Table("d", "t")) == {"layer": "silver"}


@pytest.mark.parametrize(("key", "value"), [("layer", "bronze"), ("owner", "x")])
def test_unknown_key_or_value_cannot_be_attached(tags: Tags, key: str, value: str) -> None:
    with pytest.raises(LakeFormationError, match=r"Tag or tag value does not exist\."):
        tags.attach(Database("d"), key, value)


def test_value_that_is_attached_cannot_be_removed(tags: Tags) -> None:
    with pytest.raises(LakeFormationError, match="Update not allowed"):
        tags.update("layer", remove=["gold"])
    tags.update("layer", add=["bronze"], remove=["SILVER"])
    assert tags.values("layer") == {"gold", "bronze"}


def test_only_what_is_attached_to_the_resource_itself_can_be_detached(tags: Tags) -> None:
    with pytest.raises(LakeFormationError, match="not associated"):
        tags.detach(Columns("d", "t", frozenset({"id"})), "layer", "gold")
    tags.detach(Table("d", "t"), "layer", "gold")
    assert tags.of("d", "t") == {}


def test_tagged_columns_are_told(tags: Tags) -> None:
    tags.attach(Columns("d", "t", frozenset({"b", "a"})), "layer", "silver")
    assert tags.tagged_columns("d", "t") == ["a", "b"]
    assert tags.tagged_columns("d", "u") == []


def test_expression_needs_each_key_by_any_of_its_values() -> None:
    expression = [Tag("layer", frozenset({"gold", "silver"})), Tag("domain", frozenset({"*"}))]
    assert matches(expression, {"layer": "gold", "domain": "sales", "more": "x"})
    assert not matches(expression, {"layer": "gold"})
    assert not matches(expression, {"layer": "bronze", "domain": "sales"})
