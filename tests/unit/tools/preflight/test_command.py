"""`lake preflight` tells what it found to people and to scripts, and in its exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.load import PROJECT_ROOT
from tools.lake.main import app

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}
ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {"AlarmName": "a", "AlarmActions": [{"Ref": "Topic"}]},
}


def _policy(principal: str) -> dict[str, Any]:
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sns:Publish",
        "Resource": {"Ref": "Topic"},
    }
    properties = {"Topics": [{"Ref": "Topic"}], "PolicyDocument": {"Statement": [allow]}}
    return {"Type": "AWS::SNS::TopicPolicy", "Properties": properties}


def _run(folder: Path, resources: dict[str, Any], *more: str) -> tuple[int, str]:
    (folder / "One.template.json").write_text(json.dumps({"Resources": resources}))
    arguments = ["preflight", "--templates", str(folder), "--root", str(PROJECT_ROOT), *more]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_sound_templates_end_with_0_and_tell_how_much_was_asked(tmp_path: Path) -> None:
    code, text = _run(tmp_path, {"Topic": TOPIC, "Alarm": ALARM, "P": _policy("cloudwatch.amazonaws.com")})
    assert code == 0, text
    assert "0 findings" in text


def test_finding_ends_with_1_and_tells_all_that_a_person_needs(tmp_path: Path) -> None:
    code, text = _run(tmp_path, {"Topic": TOPIC, "Alarm": ALARM, "P": _policy("events.amazonaws.com")})
    assert code == 1
    for part in (
        "error One/Alarm: Alarm → SNS (alarm-topic)",
        "principal cloudwatch.amazonaws.com, action sns:Publish",
        "resource arn:aws:sns:us-east-1:123456789012:news",
        "aws:SourceArn",
        "no statement of the resource's policy allows it",
        "let cloudwatch.amazonaws.com publish",
        "https://docs.aws.amazon.com/",
        "1 finding",
    ):
        assert part in text, part


def test_cause_is_told_once_with_the_places_where_it_shows(tmp_path: Path) -> None:
    alarms = {f"Alarm{number}": ALARM for number in range(6)}
    code, text = _run(tmp_path, {"Topic": TOPIC, **alarms})
    assert code == 1
    assert text.count("no policy that lets a service in") == 1
    assert "One/Alarm1, One/Alarm2, One/Alarm3 and 2 more" in text
    assert "6 findings" in text


def test_script_gets_one_document(tmp_path: Path) -> None:
    code, text = _run(tmp_path, {"Topic": TOPIC, "Alarm": ALARM}, "--json")
    document = json.loads(text)
    assert code == 1
    assert document["totals"] == {"error": 1, "warning": 0}
    [finding] = document["findings"]
    assert finding["asked"]["principal"] == "cloudwatch.amazonaws.com"
    assert document["asked"]["Alarm → SNS"] == 1
    assert document["asked"]["WAF → Logs"] == 0


def test_what_is_not_in_the_templates_is_told_and_no_finding(tmp_path: Path) -> None:
    elsewhere = "arn:aws:sns:us-east-1:123456789012:elsewhere"
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [elsewhere]}}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/elsewhere"},
    }
    code, text = _run(tmp_path, {"Alarm": alarm, "Function": function})
    assert code == 0, text
    assert f"no {elsewhere} in the templates" in text
    assert "no role arn:aws:iam::123456789012:role/elsewhere in the templates" in text


def test_policy_of_aws_whose_text_is_not_known_makes_no_finding(tmp_path: Path) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "r",
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        },
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"FunctionName": "f", "Role": {"Fn::GetAtt": ["Role", "Arn"]}},
    }
    code, text = _run(tmp_path, {"Role": role, "Function": function})
    assert code == 0, text
    assert "some are not in the templates" in text


@pytest.mark.parametrize(("name", "length", "code"), [("q", 80, 0), ("q", 81, 1)])
def test_name_is_told_where_aws_takes_none_as_long(name: str, length: int, code: int, tmp_path: Path) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name * length}}
    assert _run(tmp_path, {"Queue": queue})[0] == code


def test_folder_without_templates_is_refused(tmp_path: Path) -> None:
    arguments = ["preflight", "--templates", str(tmp_path), "--root", str(PROJECT_ROOT)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert "no template" in done.output
