"""Datasets that differ in their columns only."""

from dataclasses import replace
from typing import Any

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Checks, Field, Scalar, Type
from tests.unit.lakehouse.datasets import ORDERS


def column(kind: Type = Scalar.STRING, required: bool = True, **checks: Any) -> Field:
    """Return the column `c`, with these rules about its values."""
    return Field("c", kind, required, "", checks=Checks(**checks))


def with_columns(*fields: Field) -> Dataset:
    """Return a silver dataset of the key `order_id` and these columns."""
    return replace(ORDERS, fields=(ORDERS.fields[0], *fields), order_by=(), partition=())
