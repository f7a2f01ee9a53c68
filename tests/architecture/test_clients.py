"""docs/clients.md shows what was run, as it is now."""

from tests.local.clients import page
from tests.local.clients.clients import CLIENTS


def test_page_shows_what_was_run() -> None:
    found = page.runs()
    wanted = {
        f"{client.name}/{script}": page.made_of(client) for client in CLIENTS for script in client.scripts
    }
    stale = {
        name
        for name in wanted.keys() | found.keys()
        if found.get(name, {}).get("made_of") != wanted.get(name)
    }
    assert stale == set(), "run `LAKE_CLIENTS=record make clients`"
    assert page.PAGE.read_text().partition(page.MARK)[2] == page.render(found)
