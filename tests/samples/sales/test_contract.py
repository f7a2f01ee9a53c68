"""What the contracts of `sales` show of the rules for personal data."""

from lakehouse.model.dataset import Dataset
from lakehouse.model.masking import HASH


def test_email_addresses_are_hashed(datasets: dict[str, Dataset]) -> None:
    [email] = [field for field in datasets["sales/orders"].fields if "email" in field.name]
    assert (email.masking, email.classification) == (HASH, "confidential")
