"""A month of a small bank: its tables, what happened to them, and the files that AWS DMS made of it.

The same on every run. Expectations follow from the tables themselves, which know no files.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial

from local.feed.samples import Changes, Counts, DomainSamples, Question
from tools.records.source_table import Change, SourceTable

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_LOADED = _START + timedelta(days=9)
_DAYS = 30
_ACCOUNTS = 150
_BRANCHES = {"LIS": "EUR", "OPO": "EUR", "GVA": "CHF", "LDN": "GBP"}
_HOLDERS = ("Ada Lovelace", "Björn Novak", "Carla Rossi", "Deniz Usman", "Grace Okafor", "Hugo Tanaka")
_REFERENCES = ("rent", "salary", "groceries", "insurance", None)
_NIL = Decimal("0.00")


class BankHistory:
    """The tables `accounts` and `transactions`, from the opening of the first account."""

    def __init__(self, seed: int = 1694) -> None:
        """Let the month go by; the full load is read some days after its beginning."""
        self._rng = random.Random(seed)  # noqa: S311 (no secret)
        self.accounts = SourceTable(["account_id"], _START)
        self.transactions = SourceTable(["account_id", "entry"], _START)
        self._number = 0
        self._entries: dict[str, int] = {}
        self.loads: dict[str, list[Change]] = {}
        """Rows of the full load by table."""
        for _ in range(_ACCOUNTS):
            self._open()
        for day in range(_DAYS):
            self._advance(_START + timedelta(days=day))
            if self.accounts.now >= _LOADED and not self.loads:
                self.loads = {name: table.full_load() for name, table in self.tables.items()}
            self.go_on()

    @property
    def tables(self) -> dict[str, SourceTable]:
        """Both tables by name."""
        return {"accounts": self.accounts, "transactions": self.transactions}

    def go_on(self) -> None:
        """Let most of a day go by."""
        for _ in range(40):
            self._happen()

    def changes(self, table: str) -> list[Change]:
        """Return what happened to a table from the full load on."""
        return [change for change in self.tables[table].log if change.changed_at >= _LOADED]

    def _happen(self) -> None:
        self._advance(self.accounts.now + timedelta(seconds=self._rng.uniform(1, 1500)))
        action = self._rng.choices(
            (self._book, self._open, self._move, self._close, self._remove, self._revoke, self._block),
            (80, 6, 8, 3, 2, 4, 3),
        )[0]
        action()

    def _advance(self, now: datetime) -> None:
        for table in self.tables.values():
            table.now = max(now, table.now)

    def _open(self) -> None:
        self._number += 1
        branch = self._rng.choice(list(_BRANCHES))
        account = f"{branch}-{self._number:06}"
        self.accounts.insert(
            {
                "account_id": account,
                "iban": f"PT50{self._rng.randrange(10**20):021}",
                "holder": self._rng.choice(_HOLDERS),
                "branch": branch,
                "currency": _BRANCHES[branch],
                "balance": _NIL,
                "status": "open",
                "opened_on": date(2015, 1, 1) + timedelta(days=self._rng.randrange(4000)),
                "overdraft": self._rng.choice((None, 0, 500, 2000)),
            }
        )
        for _ in range(self._rng.randint(0, 3)):
            self._book_on(account, Decimal(self._rng.randrange(1_000, 500_000)) / 100)

    def _any(self, *status: str) -> str | None:
        found = [row["account_id"] for row in self.accounts.rows.values() if row["status"] in status]
        return self._rng.choice(found) if found else None

    def _book(self) -> None:
        if account := self._any("open"):
            self._book_on(account, Decimal(self._rng.randrange(-30_000, 40_000)) / 100)

    def _book_on(self, account: str, amount: Decimal) -> None:
        """Book in one transaction: a row more, and another balance."""
        entry = self._entries.get(account, 0) + 1
        self._entries[account] = entry
        reference = self._rng.choice(_REFERENCES)
        booking = {"account_id": account, "entry": entry, "amount": amount, "reference": reference}
        self.transactions.insert({**booking, "booked_at": self.transactions.now})
        self._add(account, amount)

    def _add(self, account: str, amount: Decimal) -> None:
        balance = self.accounts.rows[account,]["balance"] + amount
        self.accounts.update((account,), {"balance": balance})

    def _revoke(self) -> None:
        """Delete a booking that was made in error."""
        open_accounts = {row["account_id"] for row in self.accounts.rows.values() if row["status"] == "open"}
        keys = [key for key in self.transactions.rows if key[0] in open_accounts]
        if keys:
            key = self._rng.choice(keys)
            amount = self.transactions.rows[key]["amount"]
            self.transactions.delete(key)
            self._add(key[0], -amount)

    def _move(self) -> None:
        """Give an account to another branch of its currency: its number changes, in its bookings, too."""
        account = self._any("open")
        row = self.accounts.rows[account,] if account else None
        if row is None or row["currency"] != "EUR":
            return
        branch = "OPO" if row["branch"] == "LIS" else "LIS"
        moved = f"{branch}-{row['account_id'][-6:]}"
        self.accounts.update((row["account_id"],), {"account_id": moved, "branch": branch})
        for key in [key for key in self.transactions.rows if key[0] == account]:
            self.transactions.update(key, {"account_id": moved})
        self._entries[moved] = self._entries.get(row["account_id"], 0)

    def _close(self) -> None:
        if account := self._any("open", "blocked"):
            self._book_on(account, -self.accounts.rows[account,]["balance"])
            self.accounts.update((account,), {"status": "closed"})

    def _remove(self) -> None:
        """Delete a closed account with its bookings."""
        if account := self._any("closed"):
            self.accounts.delete((account,))
            for key in [key for key in self.transactions.rows if key[0] == account]:
                self.transactions.delete(key)

    def _block(self) -> None:
        if account := self._any("open"):
            self.accounts.update((account,), {"status": "blocked"})


@cache
def bank_history() -> BankHistory:
    """Return the one history that the samples are made from."""
    return BankHistory()


def _table(name: str) -> Changes:
    history = bank_history()
    rows = history.tables[name].rows
    columns = tuple(next(iter(rows.values())))
    return Changes(columns, history.loads[name], history.changes(name), Counts(len(rows)))


SAMPLES = DomainSamples(
    {name: partial(_table, name) for name in ("accounts", "transactions")},
    [
        Question(
            "balances_by_branch",
            "What is on the accounts of each branch?",
            "SELECT branch, currency, accounts, balance, bookings FROM balances_by_branch ORDER BY branch",
            answer=[
                ("GVA", "CHF", "57", "198155.76", "311"),
                ("LDN", "GBP", "47", "169184.39", "278"),
                ("LIS", "EUR", "48", "187506.15", "244"),
                ("OPO", "EUR", "49", "192678.16", "267"),
            ],
        )
    ],
)
