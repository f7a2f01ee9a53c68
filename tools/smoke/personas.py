"""Asks Athena as each persona: what it may see is answered, what it may not see is refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from lakehouse.access.reading import may_read, readings
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import CLASSIFICATIONS
from lakehouse.targets.lf_tags import quarantine_levels
from tools.ops.athena import ask
from tools.ops.target import OperationError, Target
from tools.smoke.preflight import layers
from tools.smoke.step import Step, code_of, failed, guarded, not_asked, ok

_REFUSED = re.compile(
    "AccessDenied|not authorized|[Ii]nsufficient (Lake Formation )?permission|no accessible columns"
)


@dataclass(frozen=True)
class _Persona:
    """Somebody who queries the lake."""

    name: str
    session: boto3.Session
    region: str
    work_group: str

    def ask(self, work_group: str, sql: str) -> None:
        ask(self.session.client("athena", region_name=self.region), work_group, sql)


def ask_as_each(target: Target, datasets: list[Dataset]) -> list[Step]:
    """Ask for tables of the datasets, and of what their domains make of them, as each persona."""
    steps = []
    for name in sorted(target.settings.analytics.scan_limit_gib):
        found = guarded(f"persona {name}", _assume_and_ask, target, name, datasets)
        steps += found
    return steps


def _assume_and_ask(target: Target, name: str, datasets: list[Dataset]) -> Iterator[Step]:
    naming = target.settings.naming
    caller = target.client("sts").get_caller_identity()["Arn"]
    yield from guarded(f"trust in {name}", _trust, target, name)
    try:
        session = _session(target, naming.resource(name))
    except ClientError as error:
        if code_of(error) != "AccessDenied":
            raise
        if is_trusted(caller):
            yield failed(f"persona {name}", f"{caller} may not act as it: {error}")
        else:
            yield not_asked(f"persona {name}", f"its role does not trust {caller}")
        return
    persona = _Persona(name, session, naming.region, naming.resource(name))
    yield from _sees(target, persona, datasets)
    yield from _is_refused(target, persona, datasets)


def _trust(target: Target, name: str) -> Iterator[Step]:
    """Somebody has to be able to act as the persona, and people are no services."""
    role = target.client("iam").get_role(RoleName=target.settings.naming.resource(name))["Role"]
    statements = role["AssumeRolePolicyDocument"]["Statement"]
    principals = [one["Principal"] for one in statements if one["Effect"] == "Allow"]
    people = [who for who in principals if isinstance(who, dict) and who.keys() & {"AWS", "Federated"}]
    if people:
        yield ok(f"trust in {name}", "; ".join(map(str, people)))
    else:
        yield failed(f"trust in {name}", f"nobody may act as it: its role trusts {principals}")


def is_trusted(caller: str) -> bool:
    """Whether the roles of personas are meant to trust a caller, whatever they do.

    The root user exists as a caller on a laptop alone; there the lake is its own.
    """
    return caller.endswith(":root")


def _session(target: Target, role: str) -> boto3.Session:
    partition = target.session.get_partition_for_region(target.settings.region)
    arn = f"arn:{partition}:iam::{target.settings.account}:role/{role}"
    given = target.client("sts").assume_role(RoleArn=arn, RoleSessionName="lake-smoke")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def _sees(target: Target, persona: _Persona, datasets: list[Dataset]) -> Iterator[Step]:
    """One table of each layer, of which the persona reads something."""
    for layer in Layer:
        name = f"persona {persona.name} sees {layer}"
        table = _table_in(target, layer, datasets, persona.name, reads=True)
        if table is not None:
            yield from guarded(name, _answers, persona, name, table)
        elif layer in target.lake.access.personas[persona.name].layers:
            yield not_asked(name, f"no dataset has a table in {layer} of which it reads a column")


def _answers(persona: _Persona, name: str, table: str) -> Iterator[Step]:
    persona.ask(persona.work_group, _look(table))
    yield ok(name, table)


def _is_refused(target: Target, persona: _Persona, datasets: list[Dataset]) -> Iterator[Step]:
    """A table of each layer of which the persona reads nothing, and another persona's work group."""
    for layer in Layer:
        if table := _table_in(target, layer, datasets, persona.name, reads=False):
            name = f"persona {persona.name} must not see {layer}"
            yield from _judge(persona, name, persona.work_group, table)
    others = [each for each in sorted(target.settings.analytics.scan_limit_gib) if each != persona.name]
    tables = (_table_in(target, layer, datasets, persona.name, reads=True) for layer in Layer)
    seen = next((found for found in tables if found), None)
    if others and seen:
        group = target.settings.naming.resource(others[0])
        yield from _judge(persona, f"persona {persona.name} must not use {group}", group, seen)


def _judge(persona: _Persona, name: str, work_group: str, table: str) -> Iterator[Step]:
    try:
        persona.ask(work_group, _look(table))
    except (ClientError, OperationError) as error:
        if not _REFUSED.search(str(error)):
            yield failed(name, f"not refused for lack of a right, but: {error}")
        else:
            yield ok(name, "refused")
    else:
        yield failed(name, "was answered")


def _look(table: str) -> str:
    return f"SELECT 1 FROM {table} LIMIT 1"  # noqa: S608 (names of contracts)


def _table_in(
    target: Target, layer: Layer, datasets: list[Dataset], persona: str, *, reads: bool
) -> str | None:
    """A table of a layer of which a persona reads something, or nothing; if possible of these domains."""
    domains = {each.domain for each in datasets}
    having = [
        each
        for each in target.lake.datasets
        if layer in layers(each) and _reads(target, each, layer, persona) is reads
    ]
    best = min(having, key=lambda each: (each.domain not in domains, each.id), default=None)
    return None if best is None else f'"{target.settings.naming.database(layer, best.domain)}"."{best.name}"'


def _reads(target: Target, dataset: Dataset, layer: Layer, persona: str) -> bool:
    policy = target.lake.access
    if layer is dataset.layer:
        return bool(readings(dataset, policy)[persona].columns)
    # Bronze is not classified by column.
    levels = quarantine_levels(dataset).values() if layer is Layer.QUARANTINE else CLASSIFICATIONS[-1:]
    return any(may_read(policy.personas[persona], layer, dataset.domain, level) for level in levels)
