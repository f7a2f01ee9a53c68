import io
import re
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO, InputFile, OutputFile, OutputStream
from pyiceberg.typedef import EMPTY_DICT, Properties

from local.emulator import EmbeddedAws
from local.object_io import ObjectIO
from tests.local.patches.deliveries import Delivery

_number = count(1)


@pytest.fixture
def delivery(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], request: pytest.FixtureRequest
) -> Callable[..., Delivery]:
    """Makes a delivery stream whose role allows (actions, resources), with a destination's settings."""

    def make(*allowed: tuple[list[str], list[str]], **destination: Any) -> Delivery:
        name = re.sub("[^a-z]", "-", request.node.name[14:50]).strip("-") + f"-{next(_number)}"
        role = make_role(name, "firehose.amazonaws.com", *allowed)
        return Delivery(embedded_aws, name, role, **destination)

    return make


@pytest.fixture(scope="session")
def iceberg_catalog(embedded_aws: EmbeddedAws) -> GlueCatalog:
    """PyIceberg's catalog on the embedded AWS, able to write."""
    return _Catalog(embedded_aws)


class _Catalog(GlueCatalog):
    def __init__(self, aws: EmbeddedAws) -> None:
        super().__init__("glue", client=aws.client("glue"))
        self._s3 = aws.client("s3")

    def _load_file_io(self, properties: Properties = EMPTY_DICT, location: str | None = None) -> FileIO:
        return _WritingIO(self._s3)


class _WritingIO(ObjectIO):
    def __init__(self, s3: Any) -> None:
        super().__init__(s3)
        self._client = s3

    def new_output(self, location: str) -> OutputFile:
        return _Output(location, self._client)


class _Output(OutputFile):
    def __init__(self, location: str, s3: Any) -> None:
        super().__init__(location)
        self._s3 = s3

    def __len__(self) -> int:
        return len(self.to_input_file())

    def exists(self) -> bool:
        return False

    def to_input_file(self) -> InputFile:
        return _WritingIO(self._s3).new_input(self.location)

    def create(self, overwrite: bool = False) -> OutputStream:
        return _Upload(self.location, self._s3)


class _Upload(io.BytesIO):
    def __init__(self, location: str, s3: Any) -> None:
        super().__init__()
        self._place, self._s3 = urlsplit(location), s3

    def close(self) -> None:
        if not self.closed:
            self._s3.put_object(Bucket=self._place.netloc, Key=self._place.path[1:], Body=self.getvalue())
        super().close()
