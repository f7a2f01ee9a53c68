"""What holds data or keys keeps its logical id, in every lake that was ever deployed from this code.

Under another one CloudFormation deletes it, or leaves it behind and makes an empty one. No command writes
`logical_ids.txt` anew: what is new is added by hand, and a line that is taken out is a change that every
fork pays for, which belongs into the upgrade notes. Of features, which forks may remove, their own snapshots
tell.
"""

from collections.abc import Callable
from pathlib import Path

from tests.fixtures.environments import LIVE
from tools.assembly.assembly import Assembly
from tools.upgrade.state import keeps

PINNED = Path(__file__).with_name("logical_ids.txt")


def test_logical_ids_of_what_holds_data_or_keys_are_those_that_were_deployed(
    assemble: Callable[..., Path],
) -> None:
    resources = Assembly.of_folder(assemble(LIVE)).resources
    found = {f"{each.kind} {each}" for each in resources if keeps(each)}
    pinned = set(PINNED.read_text(encoding="utf-8").split("\n")[:-1])
    assert sorted(pinned - found) == [], "gone: give it its old logical id, as `override_logical_id` does"
    assert sorted(found - pinned) == [], f"new: add them to {PINNED.name}"
