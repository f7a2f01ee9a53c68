"""An object is uploaded once: when the file is closed, whether that succeeds or not."""

import gc
from typing import Any

import pytest

from local.patches.athena.iceberg.writable_io import WritableIO


class Client:
    """Takes objects, unless it denies them."""

    def __init__(self, *, denies: bool = False) -> None:
        self.denies = denies
        self.put: list[Any] = []

    def put_object(self, **what: Any) -> None:
        """Remember what is put."""
        self.put.append(what)
        if self.denies:
            raise PermissionError


def test_object_is_put_when_its_file_is_closed() -> None:
    client = Client()
    with WritableIO(client).new_output("s3://b/a/k").create() as file:
        file.write(b"x")
    del file
    gc.collect()
    assert client.put == [{"Bucket": "b", "Key": "a/k", "Body": b"x"}]


def test_object_is_not_put_again_when_it_was_denied_and_its_file_is_forgotten() -> None:
    client = Client(denies=True)
    file = WritableIO(client).new_output("s3://b/k").create()
    with pytest.raises(PermissionError):
        file.close()
    file.close()
    del file
    gc.collect()
    assert len(client.put) == 1


def test_object_is_not_put_when_its_file_is_forgotten_before_it_is_closed() -> None:
    client = Client()
    file = WritableIO(client).new_output("s3://b/k").create()
    file.write(b"half of it")
    del file
    gc.collect()
    assert client.put == []
