"""A made-up service for the tests of the seam, over a model that the emulator lacks: vector buckets.

Run as a module it is the emulator's process with this service in it. Some of its methods break the model on
purpose.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from ministack.core.responses import get_account_id, get_region

from local.emulator import server
from local.services.resource_type import ResourceType, Tagging
from local.services.service import Fault, Request, Service, operation

BUCKET = "arn:aws:s3vectors:{region}:{account}:bucket/{vectorBucketName}"
_SLOW = {"contended": 0.5}
CREATED = datetime(2026, 1, 5, tzinfo=UTC)


def _both(request: Request) -> Iterable[str]:
    """The index, and the bucket that it is in."""
    arn = str(request.get("indexArn") or "")
    return [arn, arn.partition("/index/")[0]] if arn else []


class Vectors(Service[dict[str, Any]]):
    """Vector buckets and their tags, as far as the tests ask for them."""

    model = "s3vectors"
    resource_types: ClassVar = (
        ResourceType(
            "AWS::S3Vectors::VectorBucket",
            create="CreateVectorBucket",
            read="GetVectorBucket",
            delete="DeleteVectorBucket",
            identifier="vectorBucketArn",
            key="vectorBucketArn",
            attributes={
                "VectorBucketArn": "vectorBucket.vectorBucketArn",
                "CreationTime": "to_string(vectorBucket.creationTime)",
            },
            generated="VectorBucketName",
            tagging=Tagging("TagResource", "UntagResource", "resourceArn", "tags", "tagKeys"),
        ),
    )

    def new_state(self) -> dict[str, Any]:
        """No bucket."""
        return {}

    @operation(BUCKET, passes_roles={"tags.role": "s3vectors.{region}.amazonaws.com"})
    def create_vector_bucket(self, request: Request) -> dict[str, Any]:
        """Make a bucket, some slowly: two requests at once would both find the name free."""
        name = request["vectorBucketName"]
        if name == "broken":
            raise RuntimeError("out of order")
        arn = f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{name}"
        if arn in self.state:
            raise Fault("ConflictException", f"{name} is there")
        time.sleep(_SLOW.get(name, 0))
        self.state[arn] = {"name": name, "tags": dict(request.get("tags", {}))}
        return {"vectorBucketArn": arn}

    @operation("{vectorBucketArn}")
    def get_vector_bucket(self, request: Request) -> dict[str, Any]:
        """Return a bucket."""
        arn = self._existing(request["vectorBucketArn"])
        names = {"vectorBucketName": self.state[arn]["name"], "vectorBucketArn": arn}
        return {"vectorBucket": {**names, "creationTime": CREATED, "encryptionConfiguration": {}}}

    @operation("{vectorBucketArn}")
    def delete_vector_bucket(self, request: Request) -> dict[str, Any]:
        """Delete a bucket."""
        del self.state[self._existing(request["vectorBucketArn"])]
        return {}

    @operation()
    def list_vector_buckets(self, request: Request) -> dict[str, Any]:
        """Return names; for some prefixes the model's requirements are not met."""
        if request.get("prefix") == "lacking":
            return {}
        if request.get("prefix") == "strange":
            return {"vectorBuckets": [], "surprise": 1}
        return {"vectorBuckets": [], "nextToken": ",".join(sorted(self.state)) or "none"}

    @operation(f"{BUCKET}/index/{{indexName}}")
    def query_vectors(self, request: Request) -> dict[str, Any]:
        """Return what was asked for, as the metadata of a vector."""
        asked = {"topK": request["topK"], "filter": request.get("filter")}
        return {"vectors": [{"key": "a", "distance": 0.5, "metadata": asked}], "distanceMetric": "cosine"}

    @operation(_both)
    def get_index(self, request: Request) -> dict[str, Any]:
        """Fail with an error that the operation does not have."""
        raise Fault("NoSuchThing", request["indexArn"])

    @operation()
    def tag_resource(self, request: Request) -> dict[str, Any]:
        """Add tags to what the path names."""
        self.state[self._existing(request["resourceArn"])]["tags"].update(request["tags"])
        return {}

    @operation()
    def untag_resource(self, request: Request) -> dict[str, Any]:
        """Forget the tags that the query names."""
        for name in request["tagKeys"]:
            del self.state[self._existing(request["resourceArn"])]["tags"][name]
        return {}

    @operation()
    def list_tags_for_resource(self, request: Request) -> dict[str, Any]:
        """Return the tags."""
        return {"tags": self.state[self._existing(request["resourceArn"])]["tags"]}

    def _existing(self, arn: str) -> str:
        if arn not in self.state:
            raise Fault("NotFoundException", f"there is no {arn}")
        return arn


if __name__ == "__main__":
    server.main(Vectors)
