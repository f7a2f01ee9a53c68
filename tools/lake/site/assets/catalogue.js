"use strict";

const root = document.body.dataset.root;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Theme

one("[data-theme-toggle]").addEventListener("click", () => {
  const wish = document.documentElement.dataset.theme;
  const dark = wish ? wish === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("catalogue-theme", document.documentElement.dataset.theme);
  } catch {
    // The choice lasts for this page only.
  }
});

// Search

const RESULTS_MAX = 12;
const COLUMNS_MAX = 5;
const plain = (text) => text.toLowerCase().replaceAll("_", " ");
let entries = null;

// Entries come by a script, loaded when search is first used: pages opened from a disk may not fetch.
window.catalogue = (loaded) => {
  entries = loaded.map((entry) => ({
    ...entry,
    names: [plain(entry.id.split("/")[1]), plain(entry.title)],
    plainText: plain(entry.text),
    plainTags: [entry.id.split("/")[0], entry.layer, ...entry.tags].map(plain),
    plainColumns: entry.columns.map(plain),
  }));
};

function load() {
  if (!load.started) {
    load.started = true;
    document.head.append(element("script", { src: root + "assets/search.js", onload: show }));
  }
}

// How well a word fits a name: whole, from its start, from the start of a word in it, anywhere.
function fit(name, word) {
  const at = name.indexOf(word);
  if (at < 0) return 0;
  if (name === word) return 4;
  if (at === 0) return 3;
  return /[\s./-]/.test(name[at - 1]) ? 2 : 1;
}

const best = (names, word) => Math.max(0, ...names.map((name) => fit(name, word)));

// Every word has to be found somewhere; names count most, then columns, tags and the description.
function score(entry, words, phrase) {
  let total = 30 * best(entry.names, phrase) + 12 * best(entry.plainColumns, phrase);
  for (const word of words) {
    const found = 20 * best(entry.names, word) + 8 * best(entry.plainColumns, word)
      + 6 * best(entry.plainTags, word) + 2 * fit(entry.plainText, word);
    if (!found) return 0;
    total += found;
  }
  return total;
}

function search(query) {
  const phrase = plain(query.trim());
  const words = phrase.split(/\s+/).filter(Boolean);
  if (!words.length) return { words, found: [] };
  const found = entries.map((entry) => ({ entry, points: score(entry, words, phrase) }))
    .filter((hit) => hit.points > 0)
    .sort((a, b) => b.points - a.points || (a.entry.id < b.entry.id ? -1 : 1));
  return { words, found };
}

function marked(text, words) {
  const lower = plain(text);
  const parts = [];
  let at = 0;
  while (at < text.length) {
    const next = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([start]) => start >= 0)
      .sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    if (!next) break;
    parts.push(text.slice(at, next[0]), element("mark", {}, text.slice(next[0], next[0] + next[1])));
    at = next[0] + next[1];
  }
  return [...parts, text.slice(at)];
}

function result({ entry }, words, number) {
  const columns = entry.columns.filter((_, at) => words.some((word) => entry.plainColumns[at].includes(word)));
  const named = words.some((word) => best(entry.names, word));
  const place = columns.length && !named ? "#column-" + columns[0] : "";
  const link = element("a", { href: `${root}datasets/${entry.id}.html${place}`, id: `result-${number}`, tabIndex: -1 });
  link.setAttribute("role", "option");
  link.append(element("span", { className: "first" },
    element("strong", {}, ...marked(entry.title, words)),
    element("span", { className: "id" }, ...marked(entry.id, words)),
    element("span", { className: `chip layer-${entry.layer}` }, entry.layer)));
  link.append(element("p", {}, ...marked(entry.text.length > 110 ? entry.text.slice(0, 109) + "…" : entry.text, words)));
  if (columns.length) {
    const shown = columns.slice(0, COLUMNS_MAX).flatMap((name, at) =>
      [at ? ", " : "", element("code", {}, ...marked(name, words))]);
    const more = columns.length - COLUMNS_MAX;
    link.append(element("p", {}, "Columns: ", ...shown, more > 0 ? ` and ${more} more` : ""));
  }
  return link;
}

const box = one("[data-search] input");
const list = one("#results");
let selected = -1;

function select(number) {
  const options = all('[role="option"]', list);
  if (!options.length) return;
  selected = (number + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === selected)));
  options[selected].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", options[selected].id);
}

function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function show() {
  if (!entries || document.activeElement !== box) return;
  const { words, found } = search(box.value);
  if (!words.length) return close();
  const shown = found.slice(0, RESULTS_MAX);
  list.replaceChildren(...shown.map((hit, number) => result(hit, words, number)));
  const more = found.length - shown.length;
  if (!found.length || more > 0) {
    const text = found.length ? `${more} more: add a word to narrow the search` : "Nothing found";
    const line = element("p", {}, text);
    line.setAttribute("role", "presentation");
    list.append(line);
  }
  one("[data-found]").textContent = found.length === 1 ? "1 dataset found" : `${found.length} datasets found`;
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  select(0);
}

box.addEventListener("focus", () => { load(); show(); });
box.addEventListener("input", show);
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) show(); else select(selected + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Escape") {
    close();
  }
});
box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const option = one('[aria-selected="true"]', list);
  if (option && !list.hidden) option.click();
});
list.addEventListener("click", close);
document.addEventListener("click", (event) => { if (!box.form.contains(event.target)) close(); });
box.form.addEventListener("focusout", (event) => { if (!box.form.contains(event.relatedTarget)) close(); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// Filters of the index; they stand in the address, so that a view can be linked to

const filters = one("[data-filters]");

function filter() {
  const wanted = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
  for (const card of all("[data-card]")) {
    card.hidden = [...new Set(wanted.keys())].some((key) => !wanted.getAll(key).includes(card.dataset[key]));
  }
  for (const group of all("[data-group]")) group.hidden = !one("[data-card]:not([hidden])", group);
  const shown = all("[data-card]:not([hidden])").length;
  const filtered = wanted.size > 0;
  one("main").classList.toggle("filtered", filtered);
  one("[data-shown]").textContent = filtered ? `${shown} of ${all("[data-card]").length} datasets` : "";
  one("[data-empty]").hidden = shown > 0;
  one('[type="reset"]', filters).hidden = !filtered;
  return wanted;
}

if (filters) {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const input of all("select, input", filters)) {
    const values = wanted.getAll(input.name);
    if (input.type === "checkbox") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
  const changed = () => history.replaceState(null, "", "#" + filter());
  filters.addEventListener("change", changed);
  filters.addEventListener("reset", () => setTimeout(changed));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

// Nested members of columns

const folds = all("[data-fold]");

function showMembers() {
  const open = new Set([""]);
  for (const row of all("tr[data-path]")) {
    row.hidden = !open.has(row.dataset.parent);
    if (!row.hidden && one("[data-fold]", row)?.getAttribute("aria-expanded") === "true") open.add(row.dataset.path);
  }
  const button = one("[data-fold-all]");
  if (button) {
    const closed = folds.some((fold) => fold.getAttribute("aria-expanded") === "false");
    button.textContent = closed ? "Show all members" : "Hide all members";
    button.dataset.open = String(closed);
  }
}

function reveal() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let path = row?.dataset.parent; path; path = document.getElementById("column-" + path).dataset.parent) {
    one("[data-fold]", document.getElementById("column-" + path)).setAttribute("aria-expanded", "true");
  }
  showMembers();
  if (row?.dataset.parent) row.scrollIntoView();
}

if (folds.length) {
  for (const fold of folds) {
    fold.hidden = false;
    fold.setAttribute("aria-expanded", "false");
    fold.addEventListener("click", () => {
      fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true"));
      showMembers();
    });
  }
  const button = one("[data-fold-all]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = button.dataset.open;
    folds.forEach((fold) => fold.setAttribute("aria-expanded", open));
    showMembers();
  });
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    folds.forEach((fold) => fold.setAttribute("aria-expanded", "true"));
    showMembers();
  });
  reveal();
}
addEventListener("beforeprint", () => all("details").forEach((each) => { each.open = true; }));

// Lineage: what a dataset is made of and what is made of it

function reach(start, steps) {
  const reached = new Set([start]);
  for (const each of reached) for (const next of steps.get(each) ?? []) reached.add(next);
  return reached;
}

for (const graph of all("[data-graph]")) {
  const before = new Map();
  const after = new Map();
  const reads = all("path.reads", graph);
  for (const { dataset: { from, to } } of reads) {
    before.set(to, [...(before.get(to) ?? []), from]);
    after.set(from, [...(after.get(from) ?? []), to]);
  }
  const light = (id) => {
    const up = reach(id, before);
    const down = reach(id, after);
    const refers = all("path.refers", graph).filter(({ dataset: { from, to } }) => from === id || to === id);
    const near = new Set(refers.flatMap(({ dataset: { from, to } }) => [from, to]));
    for (const node of all("[data-node]", graph)) {
      const name = node.dataset.node;
      node.classList.toggle("on", up.has(name) || down.has(name) || near.has(name));
    }
    for (const edge of reads) {
      const { from, to } = edge.dataset;
      edge.classList.toggle("on", (up.has(from) && up.has(to)) || (down.has(from) && down.has(to)));
    }
    for (const edge of all("path.refers", graph)) edge.classList.toggle("on", refers.includes(edge));
    graph.classList.add("lit");
  };
  for (const node of all("[data-node]", graph)) {
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => light(node.dataset.node));
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => graph.classList.remove("lit"));
  }
  one("[data-relationships]")?.addEventListener("change", (event) => {
    graph.classList.toggle("no-refers", !event.target.checked);
  });
  // The current dataset may stand far to the right.
  const current = one(".focus .box", graph);
  const frame = graph.parentElement;
  if (current) frame.scrollLeft = Number(current.getAttribute("x")) + 108 - frame.clientWidth / 2;
}

// Copying needs a clipboard, which pages opened from a disk may lack

for (const button of all("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(one("code", button.parentElement).textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
