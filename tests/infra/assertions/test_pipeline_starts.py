"""What starts a domain's pipeline: objects in bronze, and the ends of the pipelines of what it reads."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from config.naming import NAME_MAX
from lakehouse.model.dataset import Lake
from lakehouse.placement.parts import SOURCES_MAX, stack_id
from tests.fixtures.environments import TRIAL
from tests.infra.lakes import POLICY, with_many_sources
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

PATTERN_MAX = 2048
"""Characters of an event pattern: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""

SHOP = (ORDERS, TOTALS)
REPORTS = replace(TOTALS, domain="reports", inputs=("shop/orders", "web/orders"))
BOARD = replace(TOTALS, domain="board", inputs=("reports/totals",))
WEB = replace(ORDERS, domain="web")
PAIR = tuple(
    dataset
    for own, other in (("left", "right"), ("right", "left"))
    for dataset in (
        replace(ORDERS, domain=own),
        replace(TOTALS, domain=own, inputs=(f"{other}/orders", "shop/orders")),
    )
)
"""Domains that read each other, and the shop."""

Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def synthesized(build_app: Callable[..., cdk.App]) -> Callable[..., Templates]:
    """Templates of a lake of these datasets, whose pipelines start so many minutes after something came."""

    def build(lake: Lake, minutes: int | None) -> Templates:
        processing = TRIAL.settings.processing.model_copy(update={"arrival_minutes": minutes})
        settings = TRIAL.settings.model_copy(update={"processing": processing})
        folder = Path(build_app(TRIAL, lake, settings=settings).synth().directory)
        return {
            domain: json.loads((folder / f"{stack_id(domain, 1)}.template.json").read_text())
            for domain in lake.domains
        }

    return build


@pytest.fixture(scope="module")
def templates(synthesized: Callable[..., Templates]) -> Templates:
    return synthesized(Lake((*SHOP, REPORTS, BOARD, WEB, *PAIR), POLICY), 7)


def _of(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = template["Resources"].items()
    return {id_: each["Properties"] for id_, each in found if each["Type"] == kind}


def _plain(value: Any) -> str:
    """A value of a template as text, in the partition of most regions."""
    if isinstance(value, dict) and "Fn::Join" in value:
        return "".join(_plain(part) for part in value["Fn::Join"][1])
    return "aws" if value == {"Ref": "AWS::Partition"} else str(value)


def _starters(template: dict[str, Any]) -> set[str]:
    """Names of the state machines whose ends start the pipeline."""
    patterns = [rule["EventPattern"] for rule in _of(template, "AWS::Events::Rule").values()]
    ends = [pattern["detail"] for pattern in patterns if pattern["source"] == ["aws.states"]]
    arns = [_plain(arn) for detail in ends for arn in detail["stateMachineArn"]]
    prefix = f"arn:aws:states:{TRIAL.settings.region}:{TRIAL.settings.account}:stateMachine:"
    assert all(arn.startswith(prefix) for arn in arns)
    return {arn.removeprefix(prefix) for arn in arns}


def _sources(template: dict[str, Any]) -> list[str]:
    rules = _of(template, "AWS::Events::Rule").values()
    return sorted(source for rule in rules for source in rule["EventPattern"]["source"])


def test_pipeline_follows_those_of_the_domains_that_it_reads(templates: Templates) -> None:
    name = TRIAL.naming.resource
    assert {domain: _starters(template) for domain, template in templates.items()} == {
        "board": {name("reports")},
        "left": {name("shop")},
        "reports": {name("shop"), name("web")},
        "right": {name("shop")},
        "shop": set(),
        "web": set(),
    }


def test_end_counts_whenever_something_may_have_been_published(templates: Templates) -> None:
    [rule] = _of(templates["board"], "AWS::Events::Rule").values()
    assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
    assert rule["EventPattern"]["detail"]["status"] == ["SUCCEEDED", "FAILED", "TIMED_OUT"]


def test_domain_into_which_nothing_arrives_is_started_by_the_lineage_alone(templates: Templates) -> None:
    assert _sources(templates["board"]) == ["aws.states"]
    assert _sources(templates["left"]) == ["aws.s3", "aws.states"]
    assert _sources(templates["shop"]) == ["aws.s3"]
    for template in templates.values():
        [pipe] = _of(template, "AWS::Pipes::Pipe").values()
        [(queue, properties)] = _of(template, "AWS::SQS::Queue").items()
        assert pipe["Source"] == {"Fn::GetAtt": [queue, "Arn"]}
        assert properties["DelaySeconds"] == 7 * 60


def test_rules_send_one_text_to_one_group_of_the_queue_that_lets_them(templates: Templates) -> None:
    template = templates["left"]
    rules = _of(template, "AWS::Events::Rule")
    [queue] = _of(template, "AWS::SQS::Queue")
    for rule in rules.values():
        [target] = rule["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
        assert json.loads(target["Input"]) == {"start": "left"}
        assert target["SqsParameters"] == {"MessageGroupId": "left"}
    [policy] = _of(template, "AWS::SQS::QueuePolicy").values()
    sends = [each for each in policy["PolicyDocument"]["Statement"] if each["Action"] == "sqs:SendMessage"]
    allowed = [each["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::GetAtt"][0] for each in sends]
    assert sorted(allowed) == sorted(rules)
    assert all(each["Principal"] == {"Service": "events.amazonaws.com"} for each in sends)


def test_domain_that_reads_nobody_is_the_same_whether_it_is_read(
    synthesized: Callable[..., Templates], templates: Templates
) -> None:
    alone = synthesized(Lake((*SHOP, WEB), POLICY), 7)
    assert {domain: templates[domain] for domain in alone} == alone


def test_nothing_starts_a_pipeline_when_arrivals_start_none(synthesized: Callable[..., Templates]) -> None:
    for template in synthesized(Lake((*SHOP, REPORTS, WEB), POLICY), None).values():
        assert not _of(template, "AWS::Events::Rule")
        assert not _of(template, "AWS::SQS::Queue")


def test_pattern_fits_when_a_domain_reads_as_many_as_it_may(synthesized: Callable[..., Templates]) -> None:
    room = NAME_MAX - len(TRIAL.naming.resource("", "bronze_to_silver"))
    prefix = "d" * (room - 2)
    template = synthesized(with_many_sources(prefix), 5)[f"{prefix}xx"]
    assert len(_starters(template)) == SOURCES_MAX
    [pattern] = [rule["EventPattern"] for rule in _of(template, "AWS::Events::Rule").values()
                 if rule["EventPattern"]["source"] == ["aws.states"]]  # fmt: skip
    pattern["detail"]["stateMachineArn"] = [_plain(arn) for arn in pattern["detail"]["stateMachineArn"]]
    assert len(json.dumps(pattern)) <= PATTERN_MAX
