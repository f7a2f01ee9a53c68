"""The API in front of a stream: what it takes, what it answers, what its role may do."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks
from jsonschema import Draft4Validator

from lakehouse.model.dataset import Dataset, Lake, Source
from stacks.features.click_api.page_template import page_template, security_policy
from stacks.features.click_api.record_template import put_record_template, refusal_template
from stacks.features.click_api.settings import ClickApiSettings
from stacks.features.registry import switched_on
from tests.fixtures.environments import LIVE, TRIAL, Environment, fed_by

Json = dict[str, Any]
GATEWAY = "AWS::ApiGateway::"


PAGE = "<style>p { color: red }</style><script>let greeting = 'Hello';</script><p>Hello"
SOURCE = Source("click_api", (("page", "shop.html"),), (("shop.html", PAGE),))
LAKE = fed_by(TRIAL.lake, SOURCE, "shop/orders")
[ORDERS] = [each for each in LAKE.datasets if each.id == "shop/orders"]
ENVIRONMENTS = [replace(each, features=("click_api",)) for each in (TRIAL, LIVE)]


@pytest.fixture(params=ENVIRONMENTS, ids=str)
def environment(request: pytest.FixtureRequest) -> Environment:
    found: Environment = request.param
    return found


@pytest.fixture
def limits(environment: Environment) -> ClickApiSettings:
    found = switched_on(environment.settings.features)["click_api"]
    assert isinstance(found, ClickApiSettings)
    return found


@pytest.fixture
def shop(environment: Environment, synthesize: Callable[..., Any]) -> Json:
    """Resources of the domain that has an API."""
    resources: Json = synthesize(environment, LAKE)["DomainShop"]["Resources"]
    return resources


def _of(resources: Json, kind: str) -> Iterator[tuple[str, Json]]:
    for name, resource in resources.items():
        if resource["Type"] == GATEWAY + kind:
            yield name, resource


def _method(resources: Json, verb: str) -> Json:
    [found] = [each["Properties"] for _, each in _of(resources, "Method")
               if each["Properties"]["HttpMethod"] == verb]  # fmt: skip
    return dict(found)


def test_body_is_checked_against_the_contract_before_it_reaches_the_stream(shop: Json) -> None:
    method = _method(shop, "POST")
    [(validator, checks)] = _of(shop, "RequestValidator")
    [(model, schema)] = _of(shop, "Model")
    assert method["RequestValidatorId"] == {"Ref": validator}
    assert method["RequestModels"] == {"application/json": {"Ref": model}}
    assert checks["Properties"]["ValidateRequestBody"] is True
    parsed = json.loads(schema["Properties"]["Schema"])
    Draft4Validator.check_schema(parsed)
    assert set(parsed["required"]) == {field.name for field in ORDERS.fields if field.required}
    assert method["Integration"]["PassthroughBehavior"] == "NEVER"


def test_record_goes_straight_to_the_stream_under_a_role_that_can_do_nothing_else(
    shop: Json, limits: ClickApiSettings
) -> None:
    integration = _method(shop, "POST")["Integration"]
    [stream] = [name for name, each in shop.items() if each["Type"] == "AWS::Kinesis::Stream"]
    assert integration["Type"] == "AWS"
    assert str(integration["Uri"]).endswith(":kinesis:action/PutRecord")
    kibibytes = limits.record_kibibytes
    parts = put_record_template("<stream>", kibibytes).split("<stream>")
    template = integration["RequestTemplates"]["application/json"]
    assert template == {"Fn::Join": ["", [parts[0], {"Ref": stream}, parts[1]]]}
    role = integration["Credentials"]["Fn::GetAtt"][0]
    statements = [
        (statement["Action"], statement["Resource"])
        for each in shop.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": role} in each["Properties"]["Roles"]
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert [action for action, _ in statements] == ["kinesis:PutRecord", "kms:GenerateDataKey"]
    assert statements[0][1] == {"Fn::GetAtt": [stream, "Arn"]}
    assert "BronzeKey" in json.dumps(statements[1][1])


def test_answer_is_an_error_unless_kinesis_says_that_it_has_the_record(
    shop: Json, limits: ClickApiSettings
) -> None:
    method = _method(shop, "POST")
    answers = method["Integration"]["IntegrationResponses"]
    assert {each.get("SelectionPattern"): each["StatusCode"] for each in answers} == {
        "200": "200",
        None: "503",
    }
    [bad] = [each for each in answers if "SelectionPattern" not in each]
    kibibytes = limits.record_kibibytes
    assert bad["ResponseTemplates"] == {"application/json": refusal_template(kibibytes)}
    assert "ResponseParameters" not in bad  # the template says when to come again, and when not
    for declared in method["MethodResponses"]:
        assert "method.response.header.Retry-After" in declared["ResponseParameters"]


def test_everything_that_api_gateway_says_is_json_of_our_own(shop: Json) -> None:
    said = {
        each["Properties"]["ResponseType"]: each["Properties"] for _, each in _of(shop, "GatewayResponse")
    }
    assert set(said) == {
        "DEFAULT_4XX", "DEFAULT_5XX", "BAD_REQUEST_BODY", "MISSING_AUTHENTICATION_TOKEN",
        "REQUEST_TOO_LARGE", "THROTTLED", "UNSUPPORTED_MEDIA_TYPE",
    }  # fmt: skip
    for answer in said.values():
        assert list(answer["ResponseTemplates"]) == ["application/json"]
        assert set(json.loads(answer["ResponseTemplates"]["application/json"])) <= {"message", "reason"}
    # A default with a status would give it to every type that has none of its own.
    assert {kind for kind, answer in said.items() if "StatusCode" in answer} == {
        "MISSING_AUTHENTICATION_TOKEN"
    }


def test_answers_tell_nothing_of_what_lies_behind(shop: Json) -> None:
    texts = [each["Properties"]["ResponseTemplates"] for _, each in _of(shop, "GatewayResponse")]
    texts += [
        each["ResponseTemplates"] for each in _method(shop, "POST")["Integration"]["IntegrationResponses"]
    ]
    for templates in texts:
        text = templates["application/json"]
        messages = re.findall(r'"message": "([^"]*)"', text)
        assert messages
        assert not any(word in str(messages).lower() for word in ("kinesis", "$", "shard", "lakehouse"))
        # What stands outside the messages is the language, which no sender sees.
        assert len(messages) == text.count('{"message"')


def test_web_acl_limits_each_address_at_every_api(
    synthesize: Callable[..., Any], environment: Environment, limits: ClickApiSettings
) -> None:
    limit = limits.requests_per_address
    templates = synthesize(environment, LAKE)
    [(acl, properties)] = [
        (name, each["Properties"])
        for name, each in templates["Ingestion"]["Resources"].items()
        if each["Type"] == "AWS::WAFv2::WebACL"
    ]
    assert (properties["Scope"], properties["DefaultAction"]) == ("REGIONAL", {"Allow": {}})
    [rule] = properties["Rules"]
    assert rule["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 300,
        "Limit": limit,
    }
    answer = rule["Action"]["Block"]["CustomResponse"]
    body = properties["CustomResponseBodies"][answer["CustomResponseBodyKey"]]
    assert (answer["ResponseCode"], body["ContentType"]) == (429, "APPLICATION_JSON")
    assert set(json.loads(body["Content"])) == {"message"}
    for visible in (properties, rule):
        assert visible["VisibilityConfig"]["SampledRequestsEnabled"] is False  # samples hold addresses
    shop = templates["DomainShop"]["Resources"]
    [(stage, _)] = _of(shop, "Stage")
    [associated] = [
        each["Properties"] for each in shop.values() if each["Type"] == "AWS::WAFv2::WebACLAssociation"
    ]
    assert json.dumps({"Ref": stage}) in json.dumps(associated["ResourceArn"])
    assert acl in json.dumps(associated["WebACLArn"])


def test_lake_pays_for_no_web_acl_when_nobody_shall_count(build_app: Callable[..., cdk.App]) -> None:
    settings = ENVIRONMENTS[0].settings
    limits = switched_on(settings.features)["click_api"].model_copy(update={"requests_per_address": None})
    chosen = settings.features.model_copy(update={"click_api": limits})
    app = build_app(TRIAL, LAKE, settings=settings.model_copy(update={"features": chosen}))
    assert not [each for each in app.node.find_all() if "wafv2" in type(each).__module__]
    report = AwsSolutionsChecks(app).validate_scope(app)
    assert [violation.rule_name for violation in report.violations] == []


def test_unusually_many_requests_raise_an_alarm(shop: Json, limits: ClickApiSettings) -> None:
    [found] = [
        each["Properties"]
        for each in shop.values()
        if each["Type"] == "AWS::CloudWatch::Alarm" and each["Properties"].get("MetricName") == "Count"
    ]
    assert (found["Namespace"], found["Statistic"], found["Period"]) == ("AWS/ApiGateway", "Sum", 3600)
    assert found["Threshold"] == limits.alarm_requests_per_hour
    assert found["ComparisonOperator"] == "GreaterThanThreshold"
    [api] = [each["Properties"]["Name"] for _, each in _of(shop, "RestApi")]
    assert {each["Name"]: each["Value"] for each in found["Dimensions"]} == {"ApiName": api, "Stage": "live"}


def test_limits_are_those_of_the_environment_and_logs_are_encrypted(
    shop: Json, limits: ClickApiSettings
) -> None:
    [(_, stage)] = _of(shop, "Stage")
    [method] = stage["Properties"]["MethodSettings"]
    assert (method["ResourcePath"], method["HttpMethod"]) == ("/*", "*")
    assert method["ThrottlingRateLimit"] == limits.requests_per_second
    assert method["ThrottlingBurstLimit"] == limits.burst
    assert method["LoggingLevel"] == "ERROR"
    assert not method.get("DataTraceEnabled")
    assert stage["Properties"]["TracingEnabled"] is True
    logged = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])
    assert {"requestId", "status", "integrationStatus"} <= set(logged)
    assert not any(word in str(logged) for word in ("identity", "validationErrorString"))
    groups = {
        name: each["Properties"]
        for name, each in shop.items()
        if each["Type"] == "AWS::Logs::LogGroup" and "api" in json.dumps(each["Properties"]).lower()
    }
    assert len(groups) == 2
    assert all(each["KmsKeyId"] and each["RetentionInDays"] for each in groups.values())
    assert [name for name in groups if name in stage["DependsOn"]]


def test_page_is_shown_under_a_policy_that_lets_its_own_scripts_run(shop: Json) -> None:
    integration = _method(shop, "GET")["Integration"]
    [answer] = integration["IntegrationResponses"]
    assert integration["Type"] == "MOCK"
    assert answer["ResponseTemplates"] == {"text/html": page_template(PAGE)}
    headers = answer["ResponseParameters"]
    assert headers["method.response.header.Content-Security-Policy"] == f"'{security_policy(PAGE)}'"
    assert headers["method.response.header.Content-Type"] == "'text/html; charset=utf-8'"
    [declared] = _method(shop, "GET")["MethodResponses"]
    assert set(declared["ResponseParameters"]) == set(headers)


def test_stage_serves_a_new_deployment_when_the_schema_changes(synthesize: Callable[..., Any]) -> None:
    fewer = tuple(
        replace(each, fields=each.fields[:-1], order_by=()) if _posted(each) else each
        for each in LAKE.datasets
    )
    smaller = replace(LAKE, datasets=fewer)
    ids = [
        [name for name, _ in _of(synthesize(ENVIRONMENTS[0], each)["DomainShop"]["Resources"], "Deployment")]
        for each in (LAKE, smaller)
    ]
    assert all(len(names) == 1 for names in ids)
    assert ids[0] != ids[1]


def _posted(dataset: Dataset) -> bool:
    return dataset.ingestion is not None and bool(dataset.ingestion.source)


@pytest.mark.parametrize(("lake", "count"), [(LAKE, 1), (TRIAL.lake, 0)])
def test_account_gets_one_role_for_logs_when_there_is_an_api(
    synthesize: Callable[..., Any], lake: Lake, count: int
) -> None:
    accounts = [
        (stack, each["DeletionPolicy"])
        for stack, template in synthesize(ENVIRONMENTS[0], lake).items()
        for each in template["Resources"].values()
        if each["Type"] == f"{GATEWAY}Account"
    ]
    assert accounts == [("Ingestion", "RetainExceptOnCreate")] * count
