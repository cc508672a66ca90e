"""`upline load`: members, products, prices and orders of a file, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import on_the_platform
from upline.cli.refusals import shows_refusals

if TYPE_CHECKING:
    from upline.company.loading import Wanted

_file = click.argument("file", type=click.Path(path_type=Path))
_check = click.option("--check", is_flag=True, help="Only look for faults; write nothing.")
_volumes = click.option(
    "--volumes", help="The columns of volumes, as pv,cv; left out, those that the plans ask for."
)


def _market(meaning: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("--market", default="", help=meaning)


@click.group()
def load() -> None:
    """Load members, products, prices and orders: CSV in UTF-8, or Parquet."""


@load.command()
@_file
@_market("Its country is that of members whose table names none.")
@_check
@shows_refusals("nothing was written")
@on_the_platform
def members(file: Path, market: str, check: bool) -> None:
    """Load members with sponsors, placements and names.

    Columns: code, joined_on, country; where wanted sponsor, sponsor_since, number, status,
    status_since, person, given_name, family_name, and for each tree TREE_parent, TREE_side,
    TREE_since.
    """
    _load("members", file, market=market, check=check)


@load.command()
@_file
@_check
@shows_refusals("nothing was written")
@on_the_platform
def products(file: Path, check: bool) -> None:
    """Add products, and change those that are there.

    Columns: sku; where wanted tax_category ('standard' if left out), status, and for each language
    name_en, description_en ...
    """
    _load("products", file, check=check)


@load.command()
@_file
@_market("Of prices whose table names none.")
@_volumes
@_check
@shows_refusals("nothing was written")
@on_the_platform
def prices(file: Path, market: str, volumes: str | None, check: bool) -> None:
    """Put prices in force; each ends the one before it.

    Columns: sku, audience (retail, customer, partner), amount, starts_at; market where there are
    several; where wanted currency, ends_at, and one for each volume.
    """
    _load("prices", file, market=market, volumes=volumes, check=check)


@load.command()
@_file
@_market("Of orders whose table names none.")
@_volumes
@click.option("--book", is_flag=True, help="Book their money against the account opening:orders.")
@_check
@shows_refusals("nothing was written")
@on_the_platform
def orders(file: Path, market: str, volumes: str | None, book: bool, check: bool) -> None:
    """Load orders that were paid before, and record what they bring.

    Columns: number, moment, currency, kind (own, customer), net, tax; where wanted member,
    customer, market, retail, sku, name, quantity, and one for each volume. A row for each line.
    """
    from upline.company import loading

    wanted = _load("orders", file, market=market, volumes=volumes, check=check)
    if book and not check:
        count = loading.book(wanted)
        click.echo(f"{file}: booked in {count:,} journals.")


def _load(
    what: str, file: Path, *, market: str = "", volumes: str | None = None, check: bool
) -> Wanted:
    from upline.cli.progress import Steps
    from upline.company import loading

    named = None if volumes is None else [one.strip() for one in volumes.split(",") if one.strip()]
    wanted = loading.Wanted(what=what, path=file, market=market, volumes=named, is_check=check)
    with Steps() as steps:
        outcome = loading.load_file(wanted=wanted, say=steps)
    found = f"{outcome.count:,} {what if outcome.count != 1 else what.removesuffix('s')}"
    if not outcome.is_new:
        click.echo(f"{file}: {found}, loaded before; nothing was changed.")
    elif check:
        click.echo(f"{file}: {found}, no fault. Nothing was written.")
    else:
        click.echo(f"{file}: {found} loaded{outcome.words}.")
    return wanted
