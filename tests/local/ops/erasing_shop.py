"""A small lake in which one person is everywhere, and a search that finds whatever is left of it."""

import base64
import csv
import hashlib
import hmac
import io
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.model.dataset import Layer
from local.lake.lake import LocalLake
from tests.local.lake.project_copy import copy_project
from tests.local.lake.searching import decoded
from tests.local.ops.shop import COMMAND, Shop
from tests.unit.lakehouse.project import Json, column, product, source
from tools.ops.athena import ask

CUSTOMER, EMAIL = "zq77", "zq77x@example.org"
"""Short enough for the bounds of manifests, which are cut; no identifier in hexadecimal has it by chance."""

PERSON = {"customer": CUSTOMER, "email": EMAIL}
OTHER = {"customer": "yk1", "email": "yk1x@example.org"}
"""Somebody else, who is erased later on."""

PEOPLE = 6
BUCKETS = ("bronze", "silver", "gold", "quarantine", "query-results")
"""Where the person is; the router leaves nothing in landing."""


def _subject(kind: str, *more: Json) -> dict[str, Any]:
    return {"customProperties": [{"property": "lake.subject", "value": kind}, *more]}


_HASH = {"property": "lake.masking", "value": "hash"}
_WHO = column(
    "who", "object", classification="confidential",
    properties=[column("email", classification="confidential", **_subject("email", _HASH))],
)  # fmt: skip
_GATE = {"quality_gate": {"maxRejectedRatio": 1}}
VISITS = source(
    "shop/visits", column("customer", **_subject("customer")), _WHO, column("seen", "date"), **_GATE
)
ORDERS = source(
    "shop/orders",
    column("customer", **_subject("customer")),
    column("amount", "integer", "long"),
    ingestion={"mode": "files", "format": "csv"},
    **_GATE,
)
SPENDING = product(
    "shop/spending", column("email", classification="confidential"), column("total", "integer", "long")
)
SQL = (
    "SELECT o.order_id AS order_id, max(v.who.email) AS email, max(o.amount) AS total "
    "FROM silver_shop.orders o JOIN silver_shop.visits v ON o.customer = v.customer GROUP BY o.order_id"
)


def customer(number: int) -> tuple[str, str]:
    """Return the number and address of a customer; number 3 is the one who goes."""
    return (CUSTOMER, EMAIL) if number == 3 else (f"yk{number}", f"yk{number}x@example.org")


def visit(number: int) -> Json:
    """Return a visit as its source tells it."""
    id_, email = customer(number % PEOPLE)
    return {"order_id": f"v{number}", "customer": id_, "who": {"email": email}, "seen": "2026-01-01"}


def orders(first: int, last: int) -> bytes:
    """Return a file of orders, two of which are none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("order_id", "customer", "amount"))
    for number in range(first, last):
        writer.writerow((f"o{number}", customer(number % PEOPLE)[0], 10 + number))
    writer.writerow((f"bad{first}", CUSTOMER, "many"))
    writer.writerow((f"worse{first}", "yk0", "many"))
    return text.getvalue().encode()


def make_project(folder: Path) -> Path:
    """Write the project, whose pipelines are started by hand alone."""
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    path = root / "config/environments/local.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"] |= {"schedule": None, "arrival_minutes": None}
    settings["processing"]["function"]["gather_seconds"] = None
    settings["people"]["erasers"] = ["root"]
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return root


@dataclass
class ErasingShop(Shop):
    """The lake."""

    def fill(self) -> LocalLake:
        """Deploy, and let the person come by every way."""
        self.write(VISITS, ORDERS, SPENDING)
        (self.root / "contracts/shop/spending.sql").write_text(SQL)
        lake = self.deploy()
        [visits] = [each for each in lake.lake.datasets if each.name == "visits"]
        broken = b'{"order_id": "v-broken", "customer": "zq77", '
        lake.stream(visits, [*(json.dumps(visit(number)).encode() for number in range(12)), broken])
        gone = f"order_id,customer,amount\no50,{CUSTOMER},5\no51,yk5,6\nbad50,{CUSTOMER},many\n".encode()
        lake.drop({"shop/orders/gone.csv": gone})
        named = f"order_id,customer,amount\no60,{CUSTOMER},5\no61,yk5,6\n".encode()
        lake.drop({f"shop/orders/of-{CUSTOMER}.csv": named})
        lake.drop(
            {"shop/orders/a.csv": orders(0, 9), "nowhere/list.txt": f"{EMAIL}\nnobody@example.org\n".encode()}
        )
        lake.run_pipelines(["shop"])
        lake.stream(visits, [json.dumps(visit(number)).encode() for number in range(12, 24)])
        lake.drop({"shop/orders/b.csv": orders(9, 18)})
        lake.run_pipelines(["shop"])
        [key] = [each for each in self.objects("bronze", "shop/orders/") if "gone" in each]
        assert self.empty("bronze", key) == 1  # as its retention would have it
        self._undelivered()
        where = json.dumps({"asked": {"where": f"customer = '{CUSTOMER}'"}, "rows": 1}).encode()
        bronze = lake.naming.bucket("bronze")
        self.aws.client("s3").put_object(Bucket=bronze, Key="_repairs/shop/orders/r/plan.json", Body=where)
        workgroup = lake.naming.resource("engineer")
        database = lake.naming.database(Layer.SILVER, "shop")
        ask(self.aws.client("athena"), workgroup, f'SELECT * FROM "{database}"."orders"')  # noqa: S608 (its own)
        return lake

    def _undelivered(self) -> None:
        """Put what Firehose could not deliver where it does."""
        records = [json.dumps(visit(number)).encode() for number in (30, 33)]
        lines = [
            json.dumps({"rawData": base64.b64encode(each).decode(), "errorCode": "Lambda.FunctionError"})
            for each in records
        ]
        self.aws.client("s3").put_object(
            Bucket=self.lake.naming.bucket("bronze"),
            Key="_errors/shop/visits/processing-failed/2026/01/01/00/x",
            Body="\n".join(lines).encode(),
        )

    def erase(self, *arguments: str, person: Mapping[str, str] = PERSON) -> dict[str, Any]:
        """Run the command under its role, the person on standard input; returns its items by name."""
        told, errors = self.erasing(*arguments, person=person).communicate(_lines(person))
        assert not any(value in told + errors for value in person.values())
        items = {item["name"]: item for item in json.loads(told)["items"]}
        assert "failed" not in {item["state"] for item in items.values()}, told
        return items

    def erasing(self, *arguments: str, person: Mapping[str, str] = PERSON) -> subprocess.Popen[str]:
        """Start the command under its role; it waits for the person on standard input."""
        keys = self.keys(self.lake.naming.resource("eraser"))
        return subprocess.Popen(
            [*COMMAND, "erase", *arguments, "--env", "local", "--root", str(self.root), "--json"],
            env={**self.aws.environment(), **{name.upper(): key for name, key in keys.items()}},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def erase_until(self, words: str, person: Mapping[str, str]) -> None:
        """Kill the command as soon as it says these words."""
        with self.erasing("--yes", person=person) as process:
            assert process.stdin is not None
            assert process.stderr is not None
            process.stdin.write(_lines(person))
            process.stdin.close()
            try:
                assert any(words in line for line in process.stderr)
            finally:
                process.kill()

    def traces(self, person: Mapping[str, str] = PERSON) -> dict[str, list[str]]:
        """Where a person still is, by bucket or service: in a decoded value, a bound, a name or a key."""
        needles = (person["customer"], self.pseudonym(person))
        found = {role: self._versions_with(role, needles) for role in ("landing", *BUCKETS)}
        found["catalogue"] = self._tables_with(needles)
        found["logs"] = self._logs_with(needles)
        found["queues"] = self._messages_with(needles)
        return {place: some for place, some in found.items() if some}

    def pseudonym(self, person: Mapping[str, str] = PERSON) -> str:
        """What silver has in place of the address: RFC 2104, computed here."""
        secret = self.lake.naming.masking_secret
        key = self.aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        return hmac.new(key.encode(), person["email"].encode(), hashlib.sha256).hexdigest()

    def _versions_with(self, role: str, needles: tuple[str, ...]) -> list[str]:
        s3, bucket = self.aws.client("s3"), self.lake.naming.bucket(role)
        found = []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in page.get("Versions", ()):
                named = {"Key": each["Key"], "VersionId": each["VersionId"]}
                body = s3.get_object(Bucket=bucket, **named)["Body"].read()
                text = f"{each['Key']} {_plain(decoded(body))}"
                found += [f"{each['Key']} {each['IsLatest']}"] if any(one in text for one in needles) else []
        return found

    def _tables_with(self, needles: tuple[str, ...]) -> list[str]:
        glue, found = self.aws.client("glue"), []
        for database in glue.get_databases()["DatabaseList"]:
            for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]:
                if any(one in str(table) for one in needles):
                    found.append(f"{database['Name']}.{table['Name']}")
        return found

    def _logs_with(self, needles: tuple[str, ...]) -> list[str]:
        logs, found = self.aws.client("logs"), []
        for group in logs.describe_log_groups()["logGroups"]:
            events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            if any(one in each["message"] for each in events for one in needles):
                found.append(group["logGroupName"])
        return found

    def _messages_with(self, needles: tuple[str, ...]) -> list[str]:
        sqs, found = self.aws.client("sqs"), []
        for url in sqs.list_queues().get("QueueUrls", []):
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            if any(one in str(messages.get("Messages")) for one in needles):
                found.append(url)
        return found


def _lines(person: Mapping[str, str]) -> str:
    """Return identifiers as the command reads them."""
    return "".join(f"{kind}={value}\n" for kind, value in person.items())


def _plain(text: str) -> str:
    """Return a text with what is in base64 in it, as Firehose writes what it could not deliver."""
    more = []
    for line in text.splitlines():
        if '"rawData"' in line:
            more.append(base64.b64decode(json.loads(line)["rawData"]).decode(errors="replace"))
    return "\n".join([text, *more])
