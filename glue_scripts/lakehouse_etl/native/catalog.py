"""The catalogue of tables on AWS: Glue's, with files in S3."""

import os
from functools import cache

from pyarrow.fs import S3FileSystem
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.typedef import EMPTY_DICT, Properties


def open_catalog() -> Catalog:
    """Return Glue's catalogue, in the region and with the rights that the environment gives."""
    return GlueCatalog("glue", None, **{"py-io-impl": f"{__name__}.{StoreIO.__name__}"})


class StoreIO(PyArrowFileIO):
    """Files in S3, reached as boto3 reaches them.

    PyIceberg's own reader cannot be told of an authority of certificates.
    """

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        """Take settings of files that are not in S3."""
        super().__init__(properties)
        elsewhere = self.fs_by_scheme
        self.fs_by_scheme = lambda scheme, place: _s3() if scheme == "s3" else elsewhere(scheme, place)


@cache
def _s3() -> S3FileSystem:
    return S3FileSystem(
        region=os.environ["AWS_REGION"],
        endpoint_override=os.environ.get("AWS_ENDPOINT_URL"),
        tls_ca_file_path=os.environ.get("AWS_CA_BUNDLE"),
        allow_delayed_open=True,  # a small file is one request instead of three
    )
