"""Archives that `make` builds beside the code and stacks deploy as they lie there."""

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

import aws_cdk as cdk

from config.faults import Fault, InvalidInputError
from stacks.lake_stack import LakeStack


def deploy_archive(
    stack: LakeStack, archive: Path, *, made_by: str, suffix: str = ""
) -> cdk.FileAssetLocation:
    """Deploy an archive with the assets of a stack, and return where it will lie.

    It may be as large as a layer, so it is neither unzipped nor copied: it gets a second name in the cloud
    assembly. The object is named by the hash of the content, with `suffix` before its extension.

    Raises:
        InvalidInputError: It has not been made; `made_by` is the command that makes it.
    """
    digest = _digest(archive, made_by)
    file = stack.compiled_directory / f"{digest}{suffix}.zip"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        _name_again(archive, file)
    return stack.synthesizer.add_file_asset(
        source_hash=f"{digest}{suffix}",
        file_name=str(file.relative_to(stack.compiled_directory.parent)),
        packaging=cdk.FileAssetPackaging.FILE,
    )


def _name_again(archive: Path, file: Path) -> None:
    try:
        os.link(archive, file)
    except OSError:  # the two folders lie on different disks
        shutil.copyfile(archive, file)


@cache
def _digest(archive: Path, made_by: str) -> str:
    if not archive.is_file():
        raise InvalidInputError([Fault(str(archive), "archive", "no file", f"what {made_by} makes", made_by)])
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
