"""Buckets of one test of the landing router, and events about what is in them."""

import io
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from landing_router.logic import Arrival
from landing_router.routes import Route
from landing_router.settings import Settings

CSV = b"year,month,day\n2013,1,1\n"
ROUTES = {
    "flights/flights": Route("csv", "flights/_requests/flights/"),
    "sales/returns": Route("json", "sales/_requests/returns/"),
    "bank/accounts": Route("parquet", "bank/_requests/accounts/"),
    "flights/planes": Route("csv", "flights/_requests/planes/", versions=True, marker="_SUCCESS"),
}
GARBAGE = bytes(range(256)) * 4
PARQUET_FILE = io.BytesIO()
pq.write_table(pa.table({"id": [1, 2]}), PARQUET_FILE)
PARQUET = PARQUET_FILE.getvalue()


@dataclass(frozen=True)
class Lake:
    """Buckets of one test."""

    s3: Any
    landing: str
    settings: Settings

    def put(self, key: str, body: bytes = CSV) -> dict[str, Any]:
        """Upload a file; returns the message body that AWS sends for it."""
        answer = self.s3.put_object(Bucket=self.landing, Key=key, Body=body)
        return self.event(key, len(body), answer["ETag"].strip('"'), answer["VersionId"])

    def event(self, key: str, size: int, etag: str, version: str | None) -> dict[str, Any]:
        """The body of an "Object Created" message."""
        created = {"key": key, "size": size, "etag": etag, "sequencer": "01"}
        created |= {"version-id": version} if version else {}
        detail = {"bucket": {"name": self.landing}, "object": created}
        now = datetime.now(UTC).isoformat()
        return {"source": "aws.s3", "detail-type": "Object Created", "time": now, "detail": detail}

    def content(self, bucket: str) -> dict[str, bytes]:
        """All objects of a bucket by key."""
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        keys = [found["Key"] for found in listed]
        return {key: self.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    @property
    def landed(self) -> list[str]:
        """Keys of all versions and delete markers in landing."""
        listed = self.s3.list_object_versions(Bucket=self.landing)
        return [found["Key"] for found in listed.get("Versions", []) + listed.get("DeleteMarkers", [])]

    @property
    def bronze(self) -> dict[str, bytes]:
        """All data objects of bronze by key."""
        found = self.content(self.settings.bronze_bucket)
        return {key: body for key, body in found.items() if "/_requests/" not in key}

    @property
    def quarantine(self) -> dict[str, bytes]:
        """All objects of quarantine by key."""
        return self.content(self.settings.quarantine_bucket)

    @property
    def requests(self) -> dict[str, Any]:
        """Requests to process late objects, by key."""
        found = self.content(self.settings.bronze_bucket)
        return {key: json.loads(body) for key, body in found.items() if "/_requests/" in key}

    @classmethod
    def make(cls, s3: Any) -> Self:
        """Create versioned buckets of names of their own, and the routes."""
        name = f"router-{uuid.uuid4().hex[:12]}"
        for role in ("landing", "bronze", "quarantine", "scripts"):
            s3.create_bucket(Bucket=f"{name}-{role}")
            enabled = {"Status": "Enabled"}
            s3.put_bucket_versioning(Bucket=f"{name}-{role}", VersioningConfiguration=enabled)
        routes = {dataset: vars(known) for dataset, known in ROUTES.items()}
        s3.put_object(Bucket=f"{name}-scripts", Key="routes.json", Body=json.dumps(routes))
        settings = Settings(f"{name}-scripts", "routes.json", f"{name}-bronze", f"{name}-quarantine")
        return cls(s3, f"{name}-landing", settings)


def arrival(event: dict[str, Any]) -> Arrival:
    return Arrival.from_event(json.dumps(event))
