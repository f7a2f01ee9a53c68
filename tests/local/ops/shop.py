"""A small lake to operate on: one domain with a dataset of each way in."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import ENVIRONMENT, LocalLake
from local.lake.tables import open_table
from tests.unit.lakehouse.project import Json

COMMAND = [sys.executable, "-c", "from tools.ops.main import app; app(prog_name='lake-ops')"]


@dataclass
class Shop:
    """A project with these contracts, and the lake that is made of it."""

    root: Path
    aws: EmbeddedAws
    environment: str = ENVIRONMENT

    def write(self, *contracts: Json) -> None:
        """Add or replace contracts."""
        for contract in contracts:
            path = self.root / "contracts" / f"{contract['domain']}/{contract['schema'][0]['name']}.odcs.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(contract, sort_keys=False))

    def deploy(self, *stacks: str) -> LocalLake:
        """Synthesize what the contracts say now, and deploy it, or these stacks of it."""
        lake = self.lake
        lake.synthesize()
        lake.deploy(*stacks)
        return lake

    @property
    def lake(self) -> LocalLake:
        """The lake as the contracts say."""
        return LocalLake(self.aws, self.root, environment=self.environment)

    def keys(self, role: str) -> dict[str, str]:
        """Credentials of a role, as boto3 names them."""
        arn = f"arn:aws:iam::{self.aws.account}:role/{role}"
        keys = self.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }

    def ops(self, *arguments: str, code: int = 0, role: str | None = "") -> dict[str, Any]:
        """Run `lake-ops` as the operator, another role, or with None as the root user.

        Returns what it prints as JSON, by item.
        """
        keys = {} if role is None else self.keys(role or self.lake.naming.resource("operator"))
        done = subprocess.run(
            [*COMMAND, *arguments, "--env", self.environment, "--root", str(self.root), "--json"],
            env={**self.aws.environment(), **{name.upper(): key for name, key in keys.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return {item["name"]: item for item in json.loads(done.stdout)["items"]} if done.stdout else {}

    def rows(self, layer: Layer, name: str) -> list[dict[str, Any]]:
        """Rows of a table."""
        table = open_table(self.aws, self.lake.naming.database(layer, "shop"), name)
        return list(table.scan().to_arrow().to_pylist())

    def objects(self, role: str, prefix: str = "") -> dict[str, bytes]:
        """Objects of a bucket, by key."""
        s3, bucket = self.aws.client("s3"), self.lake.naming.bucket(role)
        found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return {one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found}

    def empty(self, role: str, prefix: str = "") -> int:
        """Delete every object of a bucket for good; returns how many versions there were."""
        s3, bucket = self.aws.client("s3"), self.lake.naming.bucket(role)
        versions = [
            each
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        for each in versions:
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
        return len(versions)
