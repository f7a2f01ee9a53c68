"""The catalogue of causes: what it says of what AWS really answers, and that its links lead somewhere."""

import re
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from tools.smoke.causes import UNKNOWN, catalogue, explain


def denied(action: str) -> str:
    return (
        "An error occurred (AccessDenied) when calling an operation: User: arn:aws:sts::1:assumed-role/R is "
        f"not authorized to perform: {action} on resource: arn:aws:s3:::b/k because no identity-based policy "
        f"allows the {action} action"
    )


@pytest.mark.parametrize(
    ("evidence", "name"),
    [
        ("account: got credentials of account 1; allowed: those of 2, where dev is", "wrong account"),
        ("account: Unable to locate credentials", "no valid credentials"),
        ("account: An error occurred (ExpiredToken) when calling GetCallerIdentity", "no valid credentials"),
        ("bootstrap: there is no parameter /cdk-bootstrap/q/version", "account not bootstrapped"),
        ("stack Lake-Dev-Storage: missing", "stack missing"),
        ("stack Lake-Dev-Storage: ROLLBACK_COMPLETE; Logs: denied", "stack creation failed"),
        ("stack Lake-Dev-Storage: ROLLBACK_IN_PROGRESS; no resource tells why", "deployment under way"),
        ("stack Lake-Dev-Storage: UPDATE_ROLLBACK_COMPLETE; Logs: denied", "last update rolled back"),
        ("stack Lake-Dev-Storage: UPDATE_ROLLBACK_FAILED; Logs: denied", "stack stuck"),
        ("stack Lake-Dev-Storage: ROLLBACK_FAILED; Logs: denied", "stack creation failed"),
        ("subscriptions: not confirmed: a@example.com", "subscription not confirmed"),
        ("resource rule lake-dev-landing: DISABLED", "rule disabled"),
        ("key lake-dev-bronze: PendingDeletion", "key not usable"),
        (
            f"bronze shop/orders: Firehose: S3.AccessDenied: {denied('s3:PutObject')}",
            "Firehose may not deliver",
        ),
        ("bronze shop/orders: Firehose: Lambda.FunctionRequestTimedOut: slow", "Firehose may not deliver"),
        (
            f"bronze shop/prices: router: {denied('s3:PutObject')}",
            "router may not move the file",
        ),
        (
            "bronze shop/prices: s3://q/unrouted/unknown_dataset/shop/prices/1-a.csv",
            "file refused by the router",
        ),
        ("bronze shop/orders: s3://b/_errors/shop/orders/processing-failed/x", "record not delivered"),
        ("bronze shop/orders: nothing came within 210 s", "nothing arrived"),
        ('send shop/visits: https://x answered 400: {"message": "no"}', "refused by the API"),
        ('send shop/visits: https://x answered 503: {"message": "no"}', "API cannot store"),
        (f"send shop/orders: {denied('kinesis:PutRecord')}", "you may not send"),
        (
            f"pipeline shop: FAILED: Glue.AccessDeniedException: {denied('glue:StartJobRun')}",
            "pipeline may not start its job",
        ),
        (
            f"pipeline shop: FAILED: x: BronzeToSilver: {denied('glue:UpdateTable')}",
            "job lacks a permission",
        ),
        ("pipeline shop: FAILED: x: the table differs from the contract", "table differs from contract"),
        (
            "pipeline shop: FAILED: x: the share of rejected records is above the gate",
            "quality gate shut",
        ),
        ("pipeline shop: TIMED_OUT: : no cause given", "pipeline failed"),
        ("silver shop/orders: rejected: wrong_type, weight", "record rejected"),
        ("silver shop/orders: no row with order_id=1", "row not in silver"),
        ("key of shop/orders: Athena cannot answer: AccessDenied: no", "Athena may not read"),
        (f"persona analyst: may not act as it: {denied('sts:AssumeRole')}", "persona's trust"),
        ("trust in analyst: nobody may act as it: its role trusts []", "persona's trust"),
        ('persona analyst must not see "s"."t": was answered', "persona sees too much"),
        ("alarm lake-dev-shop-pipeline-failed: read the mail", "alarm"),
        ("something new: that nobody has seen", "unknown"),
    ],
)  # fmt: skip
def test_cause_is_named_when_aws_answers_so(evidence: str, name: str) -> None:
    assert explain(evidence).name == name


def test_texts_name_what_the_pattern_found() -> None:
    cause = explain("account: got credentials of account 1; allowed: those of 2, where dev is")
    assert cause.cause == "your credentials are those of account 1; the environment lives in 2"


def test_every_cause_has_a_name_of_its_own_and_texts_that_can_be_filled_in() -> None:
    names = [cause.name for cause in catalogue()]
    assert len(set(names)) == len(names)
    for cause in catalogue():
        found = dict.fromkeys(re.compile(cause.pattern).groupindex, "x")
        assert cause.cause.format(**found)
        assert cause.fix.format(**found)


@pytest.mark.parametrize("page", sorted({cause.page for cause in (*catalogue(), UNKNOWN)}))
def test_page_of_a_cause_has_the_heading_that_it_names(page: str) -> None:
    where, _, anchor = page.partition("#")
    assert anchor in headings(PROJECT_ROOT / where)


def test_words_of_causes_in_the_checklist_are_those_of_the_catalogue() -> None:
    text = (PROJECT_ROOT / "docs/first-deployment.md").read_text()
    table = text.partition("## Typical first failures")[2]
    quoted = set(re.findall(r"(?<!\*)\*([^*\n]+)\*", table))
    assert len(quoted) > 9
    assert quoted <= {cause.name for cause in catalogue()}


def headings(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}
