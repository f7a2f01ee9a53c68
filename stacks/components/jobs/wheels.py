"""The libraries that Glue installs for its jobs before they start, from wheels that lie beside their code.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
"""

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_s3 as s3

from stacks.components.functions.archive import deploy_archive
from stacks.lake_stack import LakeStack

ARCHIVE = Path(__file__).parents[3] / ".build" / "wheels" / "jobs.gluewheels.zip"
"""Made by `make setup` from the wheels that the lock of Glue names."""


@dataclass(frozen=True)
class Wheels:
    """The archive, as it is deployed."""

    bucket: s3.IBucket
    s3_object_key: str

    @property
    def arguments(self) -> dict[str, str]:
        """Arguments of a job that has them installed, and nothing from elsewhere."""
        return {
            "--additional-python-modules": self.bucket.s3_url_for_object(self.s3_object_key),
            "--python-modules-installer-option": "--no-index",
        }


def job_wheels(stack: LakeStack) -> Wheels:
    """Deploy the archive with the assets of a stack.

    Glue knows an archive of wheels by the end of its name, `.gluewheels.zip`; an asset of the CDK has none.

    Raises:
        InvalidInputError: The archive has not been made.
    """
    place = deploy_archive(stack, ARCHIVE, made_by="make setup", suffix=".gluewheels")
    bucket = s3.Bucket.from_bucket_name(stack, "WheelsBucket", place.bucket_name)
    return Wheels(bucket, place.object_key)
