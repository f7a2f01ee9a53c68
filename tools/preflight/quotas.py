"""Limits of AWS that templates can break: most of them only tell when the stack is being made."""

import json

from lakehouse.model.size import BYTES_MAX, RESOURCES_MAX
from tools.assembly.assembly import Assembly
from tools.preflight.findings import Answers, Finding
from tools.preflight.lengths import LENGTHS
from tools.preflight.measures import (
    MANAGED,
    Quota,
    characters,
    count,
    hidden_too_short,
    inline,
    of,
    policies,
    section,
)

_KIND = "quotas"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"
_KINESIS = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"


def check(assembly: Assembly) -> Answers:
    """Measure everything that has a limit."""
    answers = Answers()
    for quota in (*_QUOTAS, *_NAMES):
        answers.asked.setdefault(_KIND, 0)
        for where, found in quota.measure(assembly):
            answers.asked[_KIND] += 1
            if found > quota.most:
                answers.findings.append(_finding(quota, where, found))
    return answers


def _finding(quota: Quota, where: str, found: int) -> Finding:
    fix = "ask AWS for more before you deploy" if quota.adjustable else "make it smaller, or divide it"
    return Finding(
        severity="warning" if quota.adjustable else "error",
        where=where,
        edge=quota.id,
        kind=_KIND,
        asked={"quota": quota.what, "most": quota.most},
        why=f"it has {found}",
        breaks="the deployment stops here",
        fix=fix,
        page=quota.page,
    )


_QUOTAS = (
    Quota("template-resources", "resources of a template", RESOURCES_MAX, section("Resources"), _CFN),
    Quota("template-outputs", "outputs of a template", 200, section("Outputs"), _CFN),
    Quota("template-parameters", "parameters of a template", 200, section("Parameters"), _CFN),
    Quota(
        "template-size",
        "bytes of a template",
        BYTES_MAX,
        lambda assembly: ((stack.id, stack.bytes) for stack in assembly.stacks),
        _CFN,
    ),
    Quota("role-policy-size", "characters of a role's inline policies together", 10_240, inline, _IAM),
    Quota(
        "managed-policy-size",
        "characters of a managed policy",
        6_144,
        of(MANAGED, lambda each: characters(each.properties["PolicyDocument"])),
        _IAM,
    ),
    Quota(
        "trust-policy-size",
        "characters of a role's trust policy",
        2_048,
        of("AWS::IAM::Role", lambda each: characters(each.properties["AssumeRolePolicyDocument"])),
        _IAM,
        adjustable=True,
    ),
    Quota(
        "role-managed-policies",
        "managed policies of a role",
        10,
        of("AWS::IAM::Role", lambda each: len(each.properties.get("ManagedPolicyArns", ()))),
        _IAM,
        adjustable=True,
    ),
    Quota(
        "key-policy-size",
        "bytes of a key policy",
        32_768,
        policies("kms", lambda document: len(json.dumps(document))),
        "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    ),
    Quota(
        "bucket-policy-size",
        "bytes of a bucket policy",
        20_480,
        policies("s3", lambda document: len(json.dumps(document))),
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
    ),
    Quota("queue-policy-size", "bytes of a queue policy", 8_192, policies("sqs", characters), _SQS),
    Quota(
        "queue-policy-statements",
        "statements of a queue policy",
        20,
        policies("sqs", lambda document: len(document["Statement"])),
        _SQS,
    ),
    Quota(
        "log-resource-policy-size",
        "characters of a resource policy of CloudWatch Logs",
        5_120,
        of("AWS::Logs::ResourcePolicy", lambda each: len(str(each.properties["PolicyDocument"]))),
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
    ),
    Quota(
        "log-resource-policies",
        "resource policies of CloudWatch Logs in a region",
        10,
        count("AWS::Logs::ResourcePolicy"),
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
    ),
    Quota(
        "function-environment",
        "bytes of a function's environment",
        4_096,
        of("AWS::Lambda::Function", lambda each: len(json.dumps(each.properties.get("Environment", {})))),
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    ),
    Quota(
        "queue-hides-long-enough",
        "seconds that a function may run longer than its queue hides a message",
        0,
        hidden_too_short,
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    ),
    Quota(
        "rule-targets",
        "targets of an EventBridge rule",
        5,
        of("AWS::Events::Rule", lambda each: len(each.properties.get("Targets", ()))),
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
    ),
    Quota(
        "state-machine-definition",
        "bytes of a state machine's definition",
        1_048_576,
        of(
            "AWS::StepFunctions::StateMachine", lambda each: len(str(each.properties.get("DefinitionString")))
        ),
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ),
    Quota(
        "streams-on-demand",
        "Kinesis streams on demand in a region",
        50,
        count("AWS::Kinesis::Stream", StreamMode="ON_DEMAND"),
        _KINESIS,
        adjustable=True,
    ),
    Quota(
        "delivery-streams",
        "Firehose streams in a region",
        50,
        count("AWS::KinesisFirehose::DeliveryStream"),
        "https://docs.aws.amazon.com/firehose/latest/dev/limits.html",
        adjustable=True,
    ),
    Quota(
        "trails",
        "trails in a region",
        5,
        count("AWS::CloudTrail::Trail"),
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html",
    ),
)

_NAMES = tuple(
    Quota(
        f"name-{kind.split('::', 1)[1].replace('::', '-').lower()}",
        f"characters in a name of {kind}",
        most,
        of(kind, lambda each: len(each.name)),
        f"https://docs.aws.amazon.com/{page}",
    )
    for kind, (most, page) in LENGTHS.items()
)
