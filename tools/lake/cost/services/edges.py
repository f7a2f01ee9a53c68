"""What stands at the lake's edges: APIs and their web ACL, replications of databases, queries."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import DAYS, HOURS, Charge, Spread, always, in_use, total
from tools.lake.cost.subject import LAKE, Subject


def api(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An API by the records that it takes.

    https://aws.amazon.com/api-gateway/pricing/
    """
    for name, requests in _requests(resource, subject):
        yield Charge("api_request", requests * 1e-6, name)


def _requests(resource: Resource, subject: Subject) -> Iterator[tuple[str, Spread]]:
    for name, arrivals in subject.arrivals.items():
        if resource.name == subject.settings.naming.resource(*name.split("/")):
            yield name, arrivals.records


def web_acl(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A web ACL, its rules, and the requests that it sees.

    https://aws.amazon.com/waf/pricing/
    """
    yield Charge("waf_acl", always(1), LAKE)
    yield Charge("waf_rule", always(len(resource.properties.get("Rules", ()))), LAKE)
    apis = subject.assembly.of("AWS::ApiGateway::RestApi")
    seen = total(requests for each in apis for _, requests in _requests(each, subject))
    yield Charge("waf_request", seen * 1e-6, LAKE)


def replication(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A serverless replication, which is deployed stopped, by its capacity while it runs.

    https://aws.amazon.com/dms/pricing/
    """
    compute = resource.properties["ComputeConfig"]
    zones = 2 if compute.get("MultiAZ") else 1
    capacity = in_use(compute.get("MinCapacityUnits", 1), compute["MaxCapacityUnits"])
    yield Charge("dms_hour", capacity * (HOURS * zones), LAKE)


def work_group(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """Queries by what they scan, up to the limit of the work group.

    https://aws.amazon.com/athena/pricing/
    """
    limit = resource.properties["WorkGroupConfiguration"].get("BytesScannedCutoffPerQuery")
    scanned = subject.assumed("scanned_gb").at_most(always(float(limit) / 1e9 if limit else float("inf")))
    _, low, high = subject.assumed("scans_per_day")
    yield Charge("athena_scan", scanned * in_use(low, high) * (DAYS * 1e-3), LAKE)


RULES = {
    "AWS::ApiGateway::RestApi": api,
    "AWS::Athena::WorkGroup": work_group,
    "AWS::DMS::ReplicationConfig": replication,
    "AWS::WAFv2::WebACL": web_acl,
}
