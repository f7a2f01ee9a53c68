"""The API of LF-tags."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.services.lakeformation.requests import of_columns, of_table, to
from tests.local.services.lakeformation.tables import ACCOUNT

D = "lf_tags"


@pytest.fixture(scope="module", autouse=True)
def tags(governed: Callable[..., None], admin: Any) -> None:
    governed(D, "t")
    admin.create_lf_tag(TagKey="LF-Class", TagValues=["Public", "PII"])
    admin.create_lf_tag(TagKey="lf-domain", TagValues=["sales"])


def _pair(key: str, *values: str) -> dict[str, Any]:
    return {"TagKey": key, "TagValues": list(values)}


def _values(pairs: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {pair["TagKey"]: pair["TagValues"] for pair in pairs}


def test_keys_and_values_are_stored_in_lower_case(admin: Any) -> None:
    found = admin.get_lf_tag(TagKey="LF-CLASS")
    assert (found["TagKey"], found["TagValues"]) == ("lf-class", ["pii", "public"])
    assert {"lf-class", "lf-domain"} <= {each["TagKey"] for each in admin.list_lf_tags()["LFTags"]}


def test_tags_are_inherited_and_overridden_for_each_key(admin: Any) -> None:
    admin.add_lf_tags_to_resource(
        Resource={"Database": {"Name": D}}, LFTags=[_pair("lf-class", "public"), _pair("lf-domain", "sales")]
    )
    admin.add_lf_tags_to_resource(Resource=of_columns(D, "email"), LFTags=[_pair("lf-class", "PII")])
    found = admin.get_resource_lf_tags(Resource=of_table(D))
    assert _values(found["LFTagsOnTable"]) == {"lf-class": ["public"], "lf-domain": ["sales"]}
    [column] = found["LFTagsOnColumns"]
    assert (column["Name"], _values(column["LFTags"])["lf-class"]) == ("email", ["pii"])
    assigned = admin.get_resource_lf_tags(Resource=of_columns(D, "email"), ShowAssignedLFTags=True)
    assert _values(assigned["LFTagsOnColumns"][0]["LFTags"]) == {"lf-class": ["pii"]}


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (_pair("lf-class", "secret"), "EntityNotFoundException"),
        (_pair("lf-gone", "x"), "EntityNotFoundException"),
        (_pair("lf-class", "public", "pii"), "InvalidInputException"),
    ],
)
def test_tags_that_cannot_be_attached_are_told(admin: Any, pair: dict[str, Any], code: str) -> None:
    [failure] = admin.add_lf_tags_to_resource(Resource=of_table(D), LFTags=[pair])["Failures"]
    assert failure["Error"]["ErrorCode"] == code


def test_tags_are_attached_to_what_exists(admin: Any) -> None:
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        admin.add_lf_tags_to_resource(Resource=of_table(D, "gone"), LFTags=[_pair("lf-class", "public")])


def test_value_that_is_attached_stays_until_it_is_detached(admin: Any) -> None:
    admin.create_lf_tag(TagKey="lf-layer", TagValues=["gold", "silver"])
    admin.add_lf_tags_to_resource(Resource=of_table(D), LFTags=[_pair("lf-layer", "gold")])
    with pytest.raises(ClientError, match="Update not allowed"):
        admin.update_lf_tag(TagKey="lf-layer", TagValuesToDelete=["gold"])
    [failure] = admin.remove_lf_tags_from_resource(
        Resource=of_table(D), LFTags=[_pair("lf-layer", "silver")]
    )["Failures"]
    assert failure["Error"]["ErrorCode"] == "EntityNotFoundException"
    assert not admin.remove_lf_tags_from_resource(
        Resource=of_table(D), LFTags=[_pair("lf-layer", "gold")]
    ).get("Failures")
    admin.update_lf_tag(TagKey="lf-layer", TagValuesToDelete=["gold"], TagValuesToAdd=["bronze"])
    assert admin.get_lf_tag(TagKey="lf-layer")["TagValues"] == ["bronze", "silver"]
    admin.delete_lf_tag(TagKey="lf-layer")
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        admin.get_lf_tag(TagKey="lf-layer")


def test_key_is_made_once(admin: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*Tag key already exists"):
        admin.create_lf_tag(TagKey="lf-class", TagValues=["x"])


def test_tags_are_used_by_those_who_were_granted_them(
    admin: Any, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("lf-steward", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*"], ["*"]))
    steward = client_as("lakeformation", role)
    with pytest.raises(ClientError, match="Required Create Lf Tag on Catalog"):
        steward.create_lf_tag(TagKey="lf-own", TagValues=["x"])
    with pytest.raises(ClientError, match="Required Describe on lf-class"):
        steward.get_lf_tag(TagKey="lf-class")
    assert "LFTags" not in steward.list_lf_tags()
    admin.grant_permissions(**to(role, {"Catalog": {}}, "CREATE_LF_TAG"))
    admin.grant_permissions(**to(role, {"LFTag": _pair("lf-class", "public")}, "ASSOCIATE", "DESCRIBE"))
    steward.create_lf_tag(TagKey="lf-own", TagValues=["x"])
    steward.update_lf_tag(TagKey="lf-own", TagValuesToAdd=["y"])
    assert [each["TagKey"] for each in steward.list_lf_tags()["LFTags"]] == ["lf-class", "lf-own"]
    pairs = [_pair("lf-class", "public"), _pair("lf-class", "pii"), _pair("lf-own", "y")]
    failures = steward.add_lf_tags_to_resource(Resource=of_table(D), LFTags=pairs)["Failures"]
    assert [each["LFTag"]["TagValues"] for each in failures] == [["pii"]]
