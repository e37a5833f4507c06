"""Draw a folder of plain-text invoices: what the newcomer's first goal is about.

    python examples/make_invoices.py FOLDER --seed 7 --layouts 2

Names, goods, amounts and the order of the files come from the seed. Each file has one of eight layouts; a
folder holds one layout or several mixed. The expected answer goes to standard output as JSON, never into the
folder.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

FIRST = [
    "Adler", "Bergmann", "Castell", "Dunmore", "Eriksen", "Fairley", "Gallo", "Hartwig", "Ibsen", "Jansen",
    "Keller", "Lindqvist", "Moreau",
]  # fmt: skip
SECOND = [
    "Foundry", "Bakery", "Design", "Logistics", "Optics", "Printworks", "Studio", "Farms", "Engineering",
    "Textiles", "Garage", "Press",
]  # fmt: skip
MATERIAL = [
    "Oak", "Walnut", "Brass", "Copper", "Linen", "Slate", "Cedar", "Steel", "Ivory", "Granite", "Cotton", "Amber",
]  # fmt: skip
THING = [
    "shelf", "lamp", "table", "bracket", "panel", "frame", "cabinet", "bench", "hinge", "curtain", "basket",
    "handle",
]  # fmt: skip
STREET = ["Mill", "Harbour", "Station", "Church", "Garden", "Quarry", "Bridge", "Market"]
TOWN = ["Norwick", "Eastham", "Brandford", "Tiverley", "Coldwell", "Ashby", "Longmere", "Penrose"]
PEOPLE = ("Ms Lee", "Mr Ortiz", "Ms Novak", "Mr Brandt", "Ms Silva", "Mr Okafor", "Ms Haas", "Mr Quinn")


@dataclass(frozen=True, slots=True)
class Line:
    """One position: `price` and `amount` in cents."""

    item: str
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        """Quantity times price, in cents."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice, before a layout writes it down."""

    number: str
    day: date
    customer: str
    address: str
    person: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """The sum of the lines, in cents."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class House:
    """Who sends the invoices of one folder."""

    name: str
    symbol: str

    def money(self, cents: int) -> str:
        """`$1,234.50`."""
        return self.symbol + grouped(cents)


@dataclass(frozen=True, slots=True)
class Expected:
    """The right answer of one folder."""

    total: str
    """Two decimals, no separators."""
    customer: str
    others: tuple[str, ...]
    """The customers that would be wrong."""


def grouped(cents: int) -> str:
    """`1,234.50`."""
    return f"{cents // 100:,}.{cents % 100:02d}"


def plain(cents: int) -> str:
    """`1234.50`."""
    return f"{cents // 100}.{cents % 100:02d}"


def letterhead(house: House, invoice: Invoice) -> str:
    """A letterhead, who it is for, a list of items, the total."""
    rows = [
        f"{line.quantity:>4} x {line.item:<20} {house.money(line.price):>11} {house.money(line.amount):>13}"
        for line in invoice.lines
    ]
    return "\n".join(
        [
            house.name.upper(),
            "12 Wharf Road, Eastham",
            "",
            f"INVOICE {invoice.number}",
            f"Date: {invoice.day:%d %B %Y}",
            "",
            "Bill to:",
            f"  {invoice.customer}",
            f"  {invoice.address}",
            "",
            *rows,
            "",
            f"{'TOTAL DUE':>40} {house.money(invoice.total):>13}",
            "",
            "Payable within 30 days.",
        ]
    )


def key_value(house: House, invoice: Invoice) -> str:
    """One `key: value` a line."""
    rows = [
        f"item: {line.item}; quantity {line.quantity}; unit {plain(line.price)}; amount {plain(line.amount)}"
        for line in invoice.lines
    ]
    return "\n".join(
        [
            f"invoice: {invoice.number}",
            f"issued: {invoice.day:%Y-%m-%d}",
            f"seller: {house.name}",
            f"customer: {invoice.customer}",
            f"address: {invoice.address}",
            *rows,
            f"total: {plain(invoice.total)}",
            "status: open",
        ]
    )


def table(house: House, invoice: Invoice) -> str:
    """A table with ruled columns."""
    rows = [
        f"| {line.item:<20} | {line.quantity:>3} | {grouped(line.price):>9} | {grouped(line.amount):>11} |"
        for line in invoice.lines
    ]
    rule = f"+{'-' * 22}+{'-' * 5}+{'-' * 11}+{'-' * 13}+"
    return "\n".join(
        [
            f"{house.name} - Invoice no. {invoice.number} of {invoice.day:%d.%m.%Y}",
            f"Customer: {invoice.customer}, {invoice.address}",
            "",
            rule,
            f"| {'Description':<20} | Qty | {'Price':>9} | {'Amount':>11} |",
            rule,
            *rows,
            rule,
            f"| {'Total':<20} |     | {'':>9} | {grouped(invoice.total):>11} |",
            rule,
        ]
    )


def letter(house: House, invoice: Invoice) -> str:
    """A letter in prose."""
    goods = [
        f"{line.quantity} pieces of {line.item} at {house.money(line.price)} each, {house.money(line.amount)}"
        for line in invoice.lines
    ]
    return "\n".join(
        [
            house.name,
            f"Eastham, {invoice.day:%d %B %Y}",
            "",
            f"To {invoice.customer}",
            invoice.address,
            "",
            f"Dear {invoice.person},",
            "",
            f"Thank you for your order, which we have entered as invoice {invoice.number}.",
            *textwrap.wrap(f"We have delivered {'; '.join(goods)}.", width=76),
            f"In all it comes to {house.money(invoice.total)}, which we ask you to transfer within 14 days.",
            "",
            "Yours sincerely,",
            house.name,
        ]
    )


def receipt(house: House, invoice: Invoice) -> str:
    """A till receipt, 36 columns wide."""
    rows = [
        text
        for line in invoice.lines
        for text in (
            line.item,
            f"  {line.quantity} @ {plain(line.price)}".ljust(24) + f"{plain(line.amount):>12}",
        )
    ]
    return "\n".join(
        [
            house.name.center(36).rstrip(),
            "Wharf Road 12, Eastham".center(36).rstrip(),
            "=" * 36,
            f"No {invoice.number}".ljust(26) + f"{invoice.day:%d/%m/%Y}",
            f"Sold to {invoice.customer}",
            "-" * 36,
            *rows,
            "-" * 36,
            "TO PAY".ljust(20) + f"{house.symbol} {plain(invoice.total)}".rjust(16),
            "=" * 36,
            "Thank you!".center(36).rstrip(),
        ]
    )


def delimited(house: House, invoice: Invoice) -> str:
    """Records with fields between bars, as a machine would export them."""
    return "\n".join(
        [
            f"HEAD|{invoice.number}|{invoice.day:%Y%m%d}|{invoice.customer}|{invoice.address}",
            *(
                f"ITEM|{n}|{line.item}|{line.quantity}|{plain(line.price)}|{plain(line.amount)}"
                for n, line in enumerate(invoice.lines, 1)
            ),
            f"SUM|{len(invoice.lines)}|{plain(invoice.total)}",
        ]
    )


def statement(house: House, invoice: Invoice) -> str:
    """A statement in fixed columns."""
    rows = [
        f"{line.quantity:>5}  {line.item.upper():<24}{grouped(line.price):>12}{grouped(line.amount):>15}"
        for line in invoice.lines
    ]
    return "\n".join(
        [
            f"{house.name.upper():<38}{'STATEMENT OF CHARGES':>20}",
            f"REFERENCE   {invoice.number:<26}{f'{invoice.day:%d %b %Y}'.upper():>20}",
            f"ACCOUNT     {invoice.customer}",
            f"            {invoice.address}",
            "",
            f"{'QTY':>5}  {'GOODS':<24}{'UNIT':>12}{'CHARGE':>15}",
            *rows,
            f"{'-' * 15:>58}",
            f"{'BALANCE DUE':>43}{grouped(invoice.total):>15}",
        ]
    )


def leaders(house: House, invoice: Invoice) -> str:
    """Dotted leaders between what and how much."""

    def led(label: str, value: str) -> str:
        return f"{label} ".ljust(60 - len(value) - 1, ".") + f" {value}"

    return "\n".join(
        [
            f"{house.name}, invoice",
            "",
            led("Invoice number", invoice.number),
            led("Date", f"{invoice.day:%d %b %Y}"),
            led("Client", invoice.customer),
            led("Place", invoice.address),
            "",
            *(
                led(f"{line.item} ({line.quantity} x {plain(line.price)})", grouped(line.amount))
                for line in invoice.lines
            ),
            "",
            led("Total", house.money(invoice.total)),
        ]
    )


LAYOUTS: tuple[Callable[[House, Invoice], str], ...] = (
    letterhead,
    key_value,
    table,
    letter,
    receipt,
    delimited,
    statement,
    leaders,
)


def draw_invoice(rng: random.Random, number: int, customers: dict[str, str]) -> Invoice:
    """Draw one invoice for one of `customers` (name to address)."""
    customer = rng.choice(list(customers))
    goods = [f"{rng.choice(MATERIAL)} {rng.choice(THING)}" for _ in range(rng.randint(1, 5))]
    lines = tuple(Line(item, rng.randint(1, 24), rng.randint(250, 45_000)) for item in goods)
    day = date(2025, 1, 6) + timedelta(days=rng.randrange(350))
    return Invoice(str(number), day, customer, customers[customer], rng.choice(PEOPLE), lines)


def draw(seed: int, count: int, layouts: int) -> tuple[dict[str, str], Expected]:
    """Return the files of one folder (name to text) and the right answer."""
    rng = random.Random(seed)
    house = House(
        f"{rng.choice(TOWN)} {rng.choice(['Joinery', 'Supplies', 'Traders', 'Workshop'])}", rng.choice("$€£")
    )
    names = [f"{first} {second}" for first in FIRST for second in SECOND]
    customers = {
        name: f"{rng.randint(1, 99)} {rng.choice(STREET)} Street, {rng.choice(TOWN)}"
        for name in rng.sample(names, rng.randint(6, 10))
    }
    first = rng.randint(1, 80) * 100
    numbers = rng.sample(range(first, first + 3 * count), count)
    invoices = [draw_invoice(rng, number, customers) for number in numbers]
    chosen = rng.sample(LAYOUTS, layouts)
    texts = [(chosen[n % layouts] if n < layouts else rng.choice(chosen))(house, i) for n, i in enumerate(invoices)]
    rng.shuffle(texts)
    return {f"{n:04d}.txt": text + "\n" for n, text in enumerate(texts, 1)}, expect(invoices)


def expect(invoices: list[Invoice]) -> Expected:
    """Add up what the invoices say."""
    owed: Counter[str] = Counter()
    for invoice in invoices:
        owed[invoice.customer] += invoice.total
    (most, _), *rest = owed.most_common()
    return Expected(plain(owed.total()), most, tuple(name for name, _ in rest))


def is_right(answer: str, expected: Expected) -> bool:
    """Judge a final answer: it states the total and names the right customer, and no other."""
    text = " ".join(answer.split()).casefold()
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    stated = any(abs(float(number.replace(",", "")) - float(expected.total)) < 0.006 for number in numbers)
    return stated and expected.customer.casefold() in text and not any(n.casefold() in text for n in expected.others)


def main() -> None:
    """Write the folder and print the right answer."""
    parser = argparse.ArgumentParser(description="Draw a folder of plain-text invoices.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--layouts", type=int, default=1, choices=range(1, len(LAYOUTS) + 1))
    options = parser.parse_args()
    files, expected = draw(options.seed, options.count, options.layouts)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.folder / name).write_text(text, encoding="utf-8")
    print(json.dumps(asdict(expected), ensure_ascii=False))


if __name__ == "__main__":
    main()
