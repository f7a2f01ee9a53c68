"""The API in front of a stream: what it takes, what it answers, what its role may do."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft4Validator

from config.load import PROJECT_ROOT, load_settings
from lakehouse.model import Dataset, Lake, Layer, Mode
from lakehouse.odcs import load_lake
from lakehouse.page_template import page_template, security_policy
from tests.infra.conftest import ENVIRONMENTS
from tests.infra.lakes import only

Json = dict[str, Any]
GATEWAY = "AWS::ApiGateway::"


@pytest.fixture(params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cafe(environment: str, synthesize: Callable[..., Any]) -> Json:
    """Resources of the domain that has an API."""
    resources: Json = synthesize(environment)["DomainCafe"]["Resources"]
    return resources


def _of(resources: Json, kind: str) -> Iterator[tuple[str, Json]]:
    for name, resource in resources.items():
        if resource["Type"] == GATEWAY + kind:
            yield name, resource


def _method(resources: Json, verb: str) -> Json:
    [found] = [each["Properties"] for _, each in _of(resources, "Method")
               if each["Properties"]["HttpMethod"] == verb]  # fmt: skip
    return dict(found)


def test_body_is_checked_against_the_contract_before_it_reaches_the_stream(cafe: Json) -> None:
    method = _method(cafe, "POST")
    [(validator, checks)] = _of(cafe, "RequestValidator")
    [(model, schema)] = _of(cafe, "Model")
    assert method["RequestValidatorId"] == {"Ref": validator}
    assert method["RequestModels"] == {"application/json": {"Ref": model}}
    assert checks["Properties"]["ValidateRequestBody"] is True
    parsed = json.loads(schema["Properties"]["Schema"])
    Draft4Validator.check_schema(parsed)
    assert set(parsed["required"]) == {"event_id", "session_id", "occurred_at", "page", "action"}
    assert method["Integration"]["PassthroughBehavior"] == "NEVER"


def test_record_goes_straight_to_the_stream_under_a_role_that_can_do_nothing_else(cafe: Json) -> None:
    integration = _method(cafe, "POST")["Integration"]
    [stream] = [name for name, each in cafe.items() if each["Type"] == "AWS::Kinesis::Stream"]
    assert integration["Type"] == "AWS"
    assert str(integration["Uri"]).endswith(":kinesis:action/PutRecord")
    template = json.dumps(integration["RequestTemplates"]["application/json"])
    assert json.dumps({"Ref": stream}) in template
    assert "$util.base64Encode($input.body.replaceAll('[\\\\r\\\\n]+', ' '))" in template
    role = integration["Credentials"]["Fn::GetAtt"][0]
    statements = [
        (statement["Action"], statement["Resource"])
        for each in cafe.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": role} in each["Properties"]["Roles"]
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert [action for action, _ in statements] == ["kinesis:PutRecord", "kms:GenerateDataKey"]
    assert statements[0][1] == {"Fn::GetAtt": [stream, "Arn"]}
    assert "BronzeKey" in json.dumps(statements[1][1])


def test_answer_is_an_error_unless_kinesis_says_that_it_has_the_record(cafe: Json) -> None:
    answers = _method(cafe, "POST")["Integration"]["IntegrationResponses"]
    assert {each.get("SelectionPattern"): each["StatusCode"] for each in answers} == {
        "200": "200",
        None: "503",
    }


def test_answers_tell_nothing_of_what_lies_behind(cafe: Json) -> None:
    said = [
        each["ResponseTemplates"] for each in _method(cafe, "POST")["Integration"]["IntegrationResponses"]
    ]
    said += [each["Properties"]["ResponseTemplates"] for _, each in _of(cafe, "GatewayResponse")]
    assert len(said) == 5
    for templates in said:
        assert set(json.loads(templates["application/json"])) <= {"message", "reason"}
        assert not any(word in str(templates).lower() for word in ("kinesis", "$input", "shard", "lakehouse"))


def test_limits_are_those_of_the_environment_and_logs_are_encrypted(cafe: Json, environment: str) -> None:
    settings = load_settings(environment, PROJECT_ROOT)
    [(_, stage)] = _of(cafe, "Stage")
    [limits] = stage["Properties"]["MethodSettings"]
    assert (limits["ResourcePath"], limits["HttpMethod"]) == ("/*", "*")
    assert limits["ThrottlingRateLimit"] == settings.api.requests_per_second
    assert limits["ThrottlingBurstLimit"] == settings.api.burst
    assert limits["LoggingLevel"] == "ERROR"
    assert not limits.get("DataTraceEnabled")
    assert stage["Properties"]["TracingEnabled"] is True
    logged = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])
    assert {"requestId", "status", "integrationStatus"} <= set(logged)
    assert not any(word in str(logged) for word in ("identity", "validationErrorString"))
    groups = {
        name: each["Properties"]
        for name, each in cafe.items()
        if each["Type"] == "AWS::Logs::LogGroup" and "api" in json.dumps(each["Properties"]).lower()
    }
    assert len(groups) == 2
    assert all(each["KmsKeyId"] and each["RetentionInDays"] for each in groups.values())
    assert [name for name in groups if name in stage["DependsOn"]]


def test_page_is_shown_under_a_policy_that_lets_its_own_scripts_run(cafe: Json) -> None:
    html = (PROJECT_ROOT / "contracts/cafe/menu.html").read_text()
    integration = _method(cafe, "GET")["Integration"]
    [answer] = integration["IntegrationResponses"]
    assert integration["Type"] == "MOCK"
    assert answer["ResponseTemplates"] == {"text/html": page_template(html)}
    headers = answer["ResponseParameters"]
    assert headers["method.response.header.Content-Security-Policy"] == f"'{security_policy(html)}'"
    assert headers["method.response.header.Content-Type"] == "'text/html; charset=utf-8'"
    [declared] = _method(cafe, "GET")["MethodResponses"]
    assert set(declared["ResponseParameters"]) == set(headers)


def test_stage_serves_a_new_deployment_when_the_schema_changes(synthesize: Callable[..., Any]) -> None:
    lake = load_lake(PROJECT_ROOT)
    smaller = Lake(tuple(replace(each, fields=each.fields[:-1]) if _posted(each) else each
                         for each in lake.datasets))  # fmt: skip
    ids = [
        [name for name, _ in _of(synthesize("dev", each)["DomainCafe"]["Resources"], "Deployment")]
        for each in (lake, smaller)
    ]
    assert all(len(names) == 1 for names in ids)
    assert ids[0] != ids[1]


def _posted(dataset: Dataset) -> bool:
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.API


@pytest.mark.parametrize(("lake", "count"), [(load_lake(PROJECT_ROOT), 1), (only(Layer.SILVER), 0)])
def test_account_gets_one_role_for_logs_when_there_is_an_api(
    synthesize: Callable[..., Any], lake: Lake, count: int
) -> None:
    accounts = [
        (stack, each["DeletionPolicy"])
        for stack, template in synthesize("dev", lake).items()
        for each in template["Resources"].values()
        if each["Type"] == f"{GATEWAY}Account"
    ]
    assert accounts == [("Ingestion", "RetainExceptOnCreate")] * count
