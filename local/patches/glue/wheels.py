"""Libraries that a job asks for with `--additional-python-modules`: archives of wheels, as Glue 5 takes them.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html

An archive is unzipped once, however many runs ask for it. Names that pip would look up in an index, and
single wheels, are refused: nothing here may depend on what an index has today.
"""

import io
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

_MODULES, _OPTIONS = "--additional-python-modules", "--python-modules-installer-option"
_SUFFIX = ".gluewheels.zip"
_OFFLINE = "--no-index"
_LIST = "wheels/requirements.txt"

_lock = threading.Lock()


def installed(s3: Any, arguments: Mapping[str, str]) -> Iterator[Path]:
    """Yield a folder for each archive that a run asks for, with the libraries unzipped.

    Raises:
        ValueError: It asks for something else, an archive cannot be fetched, or it is none.
    """
    uris = [uri for uri in arguments.get(_MODULES, "").split(",") if uri]
    for uri in uris:
        if not uri.startswith("s3://") or not uri.endswith(_SUFFIX):
            raise ValueError(f"{_MODULES}: got {uri}; emulated: s3://…{_SUFFIX}")
    if uris and arguments.get(_OPTIONS) != _OFFLINE:
        raise ValueError(f"{_OPTIONS}: got {arguments.get(_OPTIONS, 'none')}; emulated: {_OFFLINE}")
    for uri in uris:
        yield _folder(s3, uri)


def _folder(s3: Any, uri: str) -> Path:
    """Return the folder of an archive; whoever may not read the object gets none, unzipped or not."""
    place = urlsplit(uri)
    where = {"Bucket": place.netloc, "Key": place.path.lstrip("/")}
    try:
        etag = str(s3.head_object(**where)["ETag"]).strip('"')
        folder = Path(os.environ["LAKE_DIRECTORY"]) / "glue-libraries" / etag
        with _lock:
            if not folder.is_dir():
                _unzip(s3.get_object(**where)["Body"].read(), folder)
    except (ClientError, zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"LAUNCH ERROR | {_MODULES}: {uri}: {error}") from error
    return folder


def _unzip(content: bytes, folder: Path) -> None:
    """Unzip the wheels of an archive; a folder that is there is whole."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.getinfo(_LIST)
        for name in archive.namelist():
            if name.endswith(".whl"):
                with zipfile.ZipFile(io.BytesIO(archive.read(name))) as wheel:
                    wheel.extractall(unfinished)
    unfinished.rename(folder)
