"""Queries that a template saves are found in their work group, as the template says now."""

from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

Deploy = Callable[..., dict[str, str]]


def query(sql: str, group: str = "primary") -> dict[str, Any]:
    properties = {"Database": "default", "Name": "saved: one", "QueryString": sql, "WorkGroup": group}
    return {"Query": {"Type": "AWS::Athena::NamedQuery", "Properties": properties}}


def test_query_of_a_template_is_saved_changed_and_deleted(
    embedded_aws: EmbeddedAws, deploy: Deploy, wait_for: Callable[..., Any]
) -> None:
    athena = embedded_aws.client("athena")

    def saved() -> list[str]:
        ids = athena.list_named_queries(WorkGroup="primary")["NamedQueryIds"]
        found = athena.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"] if ids else []
        return [each["QueryString"] for each in found if each["Name"] == "saved: one"]

    outputs = {"Id": {"Ref": "Query"}}
    first = deploy("saved-queries", query("SELECT 1"), outputs)
    assert saved() == ["SELECT 1"]
    assert deploy("saved-queries", query("SELECT 2"), outputs) != first
    assert saved() == ["SELECT 2"]
    embedded_aws.client("cloudformation").delete_stack(StackName="saved-queries")
    wait_for(lambda: not saved())


def test_query_is_not_saved_where_there_is_no_such_work_group(deploy: Deploy) -> None:
    with pytest.raises(AssertionError, match="WorkGroup nobodys is not found"):
        deploy("unsaved-queries", query("SELECT 1", "nobodys"))
