"""Decisions are those that AWS's documentation tells, example by example.

An evaluator of somebody else to compare with is `iam-simulate`; its licence, the AGPL, is one that many
companies let nowhere near a repository of theirs. So the cases are taken from AWS's own pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tools.policies.conditions import matches
from tools.policies.evaluate import Decision, Identity, Request, allowed

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
ACCOUNT = "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/carlossalazar"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LOGS = f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:"
TRAIL = f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/mine"


def policy(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


def both(*documents: dict[str, Any]) -> dict[str, Any]:
    return {"Statement": [statement for document in documents for statement in document["Statement"]]}


def condition(**operators: Any) -> dict[str, Any]:
    return policy("Allow", "s3:GetObject", Condition=operators)


CARLOS = both(
    policy("Allow", ["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
    policy("Allow", "s3:*", ["arn:aws:s3:::demo-carlossalazar", "arn:aws:s3:::demo-carlossalazar/*"]),
    policy("Deny", "s3:*", "arn:aws:s3:::*log*"),
)
HIS_BUCKET = policy("Allow", "s3:*", "*", Principal={"AWS": USER})
EVERYTHING = policy("Allow", "*")
BOUNDARY = policy("Allow", ["s3:*", "cloudwatch:*", "ec2:*"])
TO_ACCOUNT = policy("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
LOGS_KEY = policy(
    "Allow",
    ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Principal={"Service": "logs.us-west-2.amazonaws.com"},
    Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{LOGS}*"}},
)
TRAIL_BUCKET = policy(
    "Allow",
    "s3:PutObject",
    f"arn:aws:s3:::trails/AWSLogs/{ACCOUNT}/*",
    Principal={"Service": "cloudtrail.amazonaws.com"},
    Condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": TRAIL}},
)
TLS_ONLY = policy("Deny", "s3:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})


@dataclass(frozen=True)
class Case:
    """A request, AWS's answer, and the page that tells it."""

    page: str
    expected: bool
    action: str
    resource: str = "arn:aws:s3:::demo/key"
    own: tuple[dict[str, Any], ...] = ()
    boundary: dict[str, Any] | None = None
    policy: dict[str, Any] | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ROLE
    """An ARN, or the principal of a service."""


def when(page: str, expected: bool, keys: Any = None, **operators: Any) -> Case:
    """Whether a statement with a condition allows a request with these keys."""
    return Case(page, expected, GET, own=(condition(**operators),), keys=keys or {})


BASICS = f"{GUIDE}reference_policies_evaluation-logic_policy-eval-basics.html"
BOUNDARIES = f"{GUIDE}access_policies_boundaries.html"
OPERATORS = f"{GUIDE}reference_policies_elements_condition_operators.html"
SEVERAL = f"{GUIDE}reference_policies_condition-logic-multiple-context-keys-or-values.html"
SETS = f"{GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html"
TRAILS = (
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"
)
KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
GET = "s3:GetObject"
VIA = {"aws:CalledVia": ["cloudformation.amazonaws.com", "athena.amazonaws.com"]}
SENT = {"aws:RequestedRegion": "us-west-2"}

CASES = [
    # One account: either side allows, a deny on either side wins, nothing said is no.
    Case(BASICS, True, "s3:PutObject", "arn:aws:s3:::demo-carlossalazar/a", (CARLOS,), caller=USER),
    Case(BASICS, False, "s3:PutObject", "arn:aws:s3:::demo-carlossalazar-logs/a", (CARLOS,),
         policy=HIS_BUCKET, caller=USER),
    Case(BASICS, True, "s3:PutObject", "arn:aws:s3:::other/a", (CARLOS,), policy=HIS_BUCKET, caller=USER),
    Case(BASICS, False, "s3:PutObject", "arn:aws:s3:::other/a", (CARLOS,), caller=USER),
    Case(BASICS, False, GET, own=(policy("Allow", "s3:*"),), policy=policy("Deny", "s3:*", Principal="*")),
    # A boundary allows nothing, and what it does not allow is not.
    Case(BOUNDARIES, True, GET, own=(policy("Allow", "*"),), boundary=BOUNDARY),
    Case(BOUNDARIES, False, "iam:CreateUser", "*", (policy("Allow", "iam:CreateUser"),), BOUNDARY),
    Case(BOUNDARIES, False, GET, boundary=BOUNDARY),
    Case(BOUNDARIES, False, GET, own=(EVERYTHING,), boundary=both(BOUNDARY, policy("Deny", GET))),
    # A policy of a resource that names the role does not reach over the role's boundary.
    Case(BOUNDARIES, False, "sqs:SendMessage", f"arn:aws:sqs:us-west-2:{ACCOUNT}:q", (), BOUNDARY,
         policy("Allow", "sqs:*", Principal={"AWS": ROLE})),
    # The policy of a key decides; one for the account leaves it to IAM.
    Case(KEYS, True, "kms:Decrypt", KEY, (policy("Allow", "kms:Decrypt", KEY),), policy=TO_ACCOUNT),
    Case(KEYS, False, "kms:Decrypt", KEY, (), policy=TO_ACCOUNT),
    Case(KEYS, False, "kms:Decrypt", KEY, (policy("Allow", "kms:*"),),
         policy=policy("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/another"})),
    Case(KEYS, True, "kms:Decrypt", KEY, policy=policy("Allow", "kms:*", Principal={"AWS": ROLE})),
    Case("https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html", True, "kms:Decrypt",
         KEY, policy=policy("Allow", "kms:Decrypt", Principal={"AWS": "*"}, Condition={
             "StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com", "kms:CallerAccount": ACCOUNT}}),
         keys={"kms:ViaService": "s3.us-west-2.amazonaws.com", "kms:CallerAccount": ACCOUNT}),
    # A service that asks for itself.
    Case("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html", True,
         "kms:GenerateDataKey", KEY, policy=LOGS_KEY, caller="logs.us-west-2.amazonaws.com",
         keys={"kms:EncryptionContext:aws:logs:arn": f"{LOGS}/aws/x"}),
    Case("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html", False,
         "kms:GenerateDataKey", KEY, policy=LOGS_KEY, caller="logs.us-west-2.amazonaws.com",
         keys={"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-west-2:444455556666:log-group:/aws/x"}),
    Case("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html", False,
         "kms:GenerateDataKey", KEY, policy=LOGS_KEY, caller="logs.amazonaws.com",
         keys={"kms:EncryptionContext:aws:logs:arn": f"{LOGS}/aws/x"}),
    Case(TRAILS, True, "s3:PutObject", f"arn:aws:s3:::trails/AWSLogs/{ACCOUNT}/x", policy=TRAIL_BUCKET,
         caller="cloudtrail.amazonaws.com",
         keys={"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": TRAIL}),
    Case(TRAILS, False, "s3:PutObject", f"arn:aws:s3:::trails/AWSLogs/{ACCOUNT}/x", policy=TRAIL_BUCKET,
         caller="cloudtrail.amazonaws.com",
         keys={"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": f"{TRAIL}-2"}),
    Case(f"{GUIDE}confused-deputy.html", False, "sns:Publish", f"arn:aws:sns:us-west-2:{ACCOUNT}:t",
         policy=policy("Allow", "sns:Publish", Principal={"Service": "events.amazonaws.com"},
                       Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
         caller="events.amazonaws.com"),
    Case(f"{GUIDE}reference_policies_elements_principal.html", False, "sns:Publish",
         f"arn:aws:sns:us-west-2:{ACCOUNT}:t", policy=policy("Allow", "*", Principal={"AWS": ROLE}),
         caller="events.amazonaws.com"),
    Case("https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html", True, GET,
         own=(policy("Allow", "s3:*"),), policy=TLS_ONLY),
    # A role is assumed by whom its trust policy names; the account leaves it to IAM.
    Case(f"{GUIDE}id_roles_use_permissions-to-switch.html", False, "sts:AssumeRole", ROLE, (), caller=USER,
         policy=policy("Allow", "sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    Case(f"{GUIDE}id_roles_use_permissions-to-switch.html", True, "sts:AssumeRole", ROLE,
         (policy("Allow", "sts:AssumeRole", ROLE),), caller=USER,
         policy=policy("Allow", "sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    Case(OPERATORS, True, "sts:AssumeRole",
         ROLE, (policy("Allow", "sts:AssumeRole", ROLE),), caller=USER, policy=policy(
             "Allow", "sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
             Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/carlos*"}})),
    # Two accounts: both sides must allow.
    Case(f"{GUIDE}reference_policies_evaluation-logic-cross-account.html", False, "sqs:SendMessage",
         "arn:aws:sqs:us-west-2:444455556666:q", (policy("Allow", "sqs:*"),)),
    Case(f"{GUIDE}reference_policies_evaluation-logic-cross-account.html", True, "sqs:SendMessage",
         "arn:aws:sqs:us-west-2:444455556666:q", (policy("Allow", "sqs:*"),),
         policy=policy("Allow", "sqs:*", Principal={"AWS": ROLE})),
    # Conditions: a key that is not sent, several values, several keys, sets.
    when(OPERATORS, False, StringEquals={"aws:RequestedRegion": "us-west-2"}),
    when(OPERATORS, True, StringEqualsIfExists={"s3:prefix": "a"}),
    when(OPERATORS, True, StringNotEquals={"s3:prefix": "a"}),
    when(OPERATORS, True, Null={"s3:prefix": "true"}),
    when(OPERATORS, True, {"s3:prefix": "data/x"}, StringLike={"s3:prefix": "dat?/*"}),
    when(OPERATORS, False, {"s3:prefix": "a"}, StringEquals={"s3:prefix": "A"}),
    when(OPERATORS, True, {"s3:prefix": "a"}, StringEqualsIgnoreCase={"s3:prefix": "A"}),
    when(OPERATORS, False, {"s3:TlsVersion": "1.3"}, NumericLessThan={"s3:TlsVersion": 1.2}),
    when(SEVERAL, True, SENT, StringEquals={"aws:RequestedRegion": ["eu-west-1", "us-west-2"]}),
    when(SEVERAL, False, SENT, StringEquals={"aws:RequestedRegion": "us-west-2", "s3:prefix": "a"}),
    when(SEVERAL, False, SENT, StringNotEquals={"aws:RequestedRegion": ["eu-west-1", "us-west-2"]}),
    when(SETS, True, VIA, **{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
    when(SETS, False, VIA, **{"ForAllValues:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
    # Elements that exclude.
    Case(f"{GUIDE}reference_policies_elements_notaction.html", False, "iam:CreateUser", "*",
         ({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]},)),
    Case(f"{GUIDE}reference_policies_elements_notresource.html", True, GET,
         own=({"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}},)),
]  # fmt: skip


def ask(case: Case) -> Decision:
    service = not case.caller.startswith("arn:")
    caller = case.caller if service else Identity(case.caller, case.own, case.boundary)
    return allowed(Request(case.action, case.resource, caller, case.keys, case.policy))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page.rpartition('/')[2]}-{case.action}")
def test_decision_is_the_one_that_aws_documents(case: Case) -> None:
    decision = ask(case)
    assert decision.allowed is case.expected, (case.page, decision.why)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"{LOGS}*", True),
        (f"{LOGS}/aws/*", True),
        ("arn:aws:logs:*:*:log-group:/aws/x", True),
        ("arn:aws:logs:*:log-group:/aws/x", False),
        ("arn:aws:logs:*", False),
        (f"{LOGS}*:*", False),
        ("*", True),
    ],
)
def test_wildcard_of_one_part_of_an_arn_does_not_reach_into_the_next(pattern: str, expected: bool) -> None:
    arn = f"{LOGS}/aws/x"
    assert matches(arn, pattern) is expected
    sent = {"aws:SourceArn": arn}
    for operator, answer in (("ArnLike", expected), ("ArnNotLike", not expected)):
        case = when(OPERATORS, answer, sent, **{operator: {"aws:SourceArn": pattern}})
        assert ask(case).allowed is answer


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (CASES[1], "a policy of the caller denies it"),
        (CASES[4], "the resource's policy denies it"),
        (CASES[6], "its boundary does not"),
        (CASES[8], "the caller's boundary denies it"),
        (Case("", False, "kms:Decrypt", KEY, (policy("Allow", "kms:*"),)), "this one needs one"),
        (Case("", False, GET, caller="s3.amazonaws.com"), "no policy that lets a service in"),
        (when("", False, StringEquals={"s3:prefix": "a"}), "on s3:prefix, which is not sent"),
        (when("", False, {"s3:prefix": "b"}, StringEquals={"s3:prefix": "a"}), "its condition on s3:prefix"),
        (Case("", False, "sns:Publish", "t", caller="events.amazonaws.com", policy=policy(
            "Allow", "sns:Publish", Sid="Events", Principal={"Service": "events.amazonaws.com"},
            Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
         "Events does but for its condition on aws:SourceAccount, which is not sent"),
    ],
)  # fmt: skip
def test_refusal_says_what_is_missing(case: Case, why: str) -> None:
    decision = ask(case)
    assert not decision.allowed
    assert why in decision.why


def test_refusal_tells_of_the_statement_that_is_nearest() -> None:
    far = policy(
        "Allow", GET, Sid="Far", Condition={"Null": {"s3:prefix": "false", "s3:TlsVersion": "false"}}
    )
    near = policy("Allow", GET, Sid="Near", Condition={"Null": {"s3:prefix": "false"}})
    decision = ask(Case("", False, GET, own=(both(far, near),)))
    assert "Near" in decision.why
    assert "Far" not in decision.why


def test_answer_is_not_known_where_a_policy_could_change_it() -> None:
    unknown = Identity(ROLE, unknown=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
    assert not allowed(Request(GET, "arn:aws:s3:::demo/key", unknown)).known
    denied = Identity(ROLE, (policy("Deny", "*"),), unknown=unknown.unknown)
    assert allowed(Request(GET, "arn:aws:s3:::demo/key", denied)).known
