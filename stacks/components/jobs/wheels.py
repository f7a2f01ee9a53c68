"""The libraries that Glue installs for its jobs before they start, from wheels that lie beside their code.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
"""

import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from stacks.lake_stack import LakeStack

ARCHIVE = Path(__file__).parents[3] / ".build" / "wheels" / "jobs.gluewheels.zip"
"""Made by `make setup` from the wheels that the lock of Glue names."""

_SUFFIX = ".gluewheels"
"""Together with `.zip` how a name has to end for Glue to take the object for an archive of wheels."""


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

    An asset of the CDK would be named by its hash alone, and Glue would take it for none of its archives.

    Raises:
        FileNotFoundError: The archive has not been made.
    """
    file = stack.compiled_directory / ARCHIVE.name
    digest = _digest(ARCHIVE)
    if not file.is_file() or file.stat().st_size != ARCHIVE.stat().st_size:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ARCHIVE, file)
    place = stack.synthesizer.add_file_asset(
        source_hash=f"{digest}{_SUFFIX}",
        file_name=str(file.relative_to(stack.compiled_directory.parent)),
        packaging=cdk.FileAssetPackaging.FILE,
    )
    bucket = s3.Bucket.from_bucket_name(stack, "WheelsBucket", place.bucket_name)
    return Wheels(bucket, place.object_key)


@cache
def _digest(archive: Path) -> str:
    if not archive.is_file():
        raise FileNotFoundError(f"{archive}: got no file; allowed: the wheels of jobs; fix: make setup")
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
