import os

import pytest

from tests.fixtures.environments import TRIAL
from tools.ops.target import OperationError, open_account


def test_missing_credentials_are_told_with_the_account_that_they_are_missing_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    with pytest.raises(OperationError) as caught:
        open_account(TRIAL.settings)
    assert str(caught.value) == (
        "got no credentials that AWS takes (Unable to locate credentials); allowed: those of 100000000001, "
        "where trial lives; fix: sign in, or choose another AWS_PROFILE"
    )
