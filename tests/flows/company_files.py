"""A small company as files: who joined under whom, what is sold, what was bought in October."""

from __future__ import annotations

import csv
from pathlib import Path

# Under whom each stands, and where; names and codes in the alphabets of the five languages.
MEMBERS = (
    ("AIMAN", "", "KZ", "Айман", "Сұлтанова"),
    ("Әлия", "aiman", "KZ", "Әлия", "Жұмабаева"),
    ("БОРИС", "AIMAN", "BG", "Борис", "Димитров"),
    ("Celina", "борис", "PL", "Celina", "Łukasik"),
    ("ŻANETA", "celina", "PL", "Żaneta", "Brzęczyszczykiewicz"),
    ("dmitri", "Борис", "RU", "Дмитрий", "Ёлкин"),
    ("Юлия", "DMITRI", "RU", "Юлия", "Щукина"),
    ("O'BRIEN", "әлия", "BG", "Siobhán", "O'Brien, jr."),
    ("Ъгъл-1", "БОРИС", "BG", "Ангел", "Ъгълов"),
    ("Ғани", "Әлия", "KZ", "Ғани", "Қасымов"),
    ("Ivan_2", "żaneta", "BG", "Ivan", "Petrov"),
    ("Zofia", "ivan_2", "PL", "Zofia", "Śliwa"),
)
PRODUCTS = (
    ("TEA-1", "Mountain tea", "Планински чай"),
    ("HONEY", "Honey, 250 g", "Мед „Странджа“"),
)
COMPANY = """\
name: Мёд & чай
plan: plan.yaml
owner: Anna@Example.com
markets:
  BG: {tax: 20 %}
  KZ: {currency: EUR, time_zone: Asia/Almaty, tax: 16 %}
"""
PASSWORD = "twelve quiet horses"
EXAMPLE = Path(__file__).parents[2] / "examples" / "plans" / "unilevel-compression.yaml"


def plan() -> str:
    """Give an example plan as it is."""
    return EXAMPLE.read_text(encoding="utf-8")


def written(folder: Path) -> Path:
    """Write company.yaml, password.txt, members, products, prices and orders into a folder."""
    (folder / "company.yaml").write_text(COMPANY, encoding="utf-8")
    (folder / "plan.yaml").write_text(plan(), encoding="utf-8")
    (folder / "password.txt").write_text(f"{PASSWORD}\n", encoding="utf-8")
    heads = ("code", "sponsor", "country", "given_name", "family_name", "joined_on")
    table(
        folder / "members.csv",
        *(
            dict(zip(heads, (*member, f"2026-{1 + place // 2:02}-1{place % 10}"), strict=True))
            for place, member in enumerate(MEMBERS)
        ),
    )
    table(
        folder / "products.csv",
        *({"sku": sku, "name_en": name, "name_bg": own} for sku, name, own in PRODUCTS),
    )
    table(
        folder / "prices.csv",
        *(
            {"sku": sku, "audience": audience, "amount": amount, "starts_at": "2026-10-01"}
            | {"market": "BG", "pv": "10.5", "cv": "8"}
            for sku, _, _ in PRODUCTS
            for audience, amount in (("retail", "12.60"), ("partner", "9.99"))
        ),
    )
    table(folder / "orders.csv", *(line for number in range(36) for line in _lines(number)))
    return folder


def table(path: Path, *rows: dict[str, str]) -> Path:
    """Write rows as CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def order(**changed: str) -> dict[str, str]:
    """A row of one order of Aiman's, with named differences."""
    usual = {"number": "O-1", "moment": "2026-10-05", "currency": "EUR", "kind": "own"}
    usual |= {"member": "AIMAN", "customer": "", "market": "BG", "sku": "TEA-1"}
    return {**usual, "net": "10", "tax": "2", "pv": "1", "cv": "1", **changed}


def _lines(number: int) -> list[dict[str, str]]:
    code = MEMBERS[number % len(MEMBERS)][0]
    is_customer = number % 3 == 2
    heads = {
        "number": f"ЗАКАЗ-{number:03}",
        "moment": f"2026-10-{1 + number % 31:02}T{number % 24:02}:30",
        "kind": "customer" if is_customer else "own",
        "member": code.swapcase() if number % 2 else code,
        "customer": f"C-{number}" if is_customer else "",
        "market": "KZ" if number % 5 == 0 else "BG",
    }
    minor = 4_000 + 1_237 * number
    first = order(**heads, net=_decimal(minor), tax=_decimal(minor * 20 // 100))
    first |= {"pv": _decimal(minor * 7 // 8), "cv": _decimal(minor * 3 // 4)}
    second = order(**heads, sku="honey", net="19.99", tax="4", pv="15.5", cv="12.25")
    return [first, second] if number % 4 == 0 else [first]


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
