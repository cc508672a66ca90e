"""`upline init`: a company set up from a description, from options, or by questions."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli import passwords
from upline.cli.passwords import password_file
from upline.cli.refusals import shows_refusals

if TYPE_CHECKING:
    from upline.cli.progress import Steps
    from upline.company.description import Description, PlanFinder
    from upline.company.markets import MarketDescription
    from upline.compensation import Plan
    from upline.compensation.plan.text import Entries


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A YAML file that says all of this; options go before it.",
)
@click.option("--name", help="Of the company.")
@click.option("--plan", help="A plan's file, or the name of an example, as unilevel-basic.")
@click.option("--owner", help="The e-mail by which the first owner signs in.")
@click.option(
    "--market",
    "markets",
    multiple=True,
    metavar="CODE[:KEY=VALUE,...]",
    help="A country you sell in, as PL, or PL:currency=PLN,language=pl,tax=23; several times.",
)
@click.option(
    "--calendar",
    "calendars",
    multiple=True,
    metavar="NAME[:KEY=VALUE,...]",
    help="As monthly:every=month,starts_on=2026-10-01; several times. Left out, the plan's own.",
)
@click.option("--time-zone", help="Of the company's days; left out, the plan's or the market's.")
@click.option("--currency", help="Of the company's books; left out, the plan's.")
@password_file
@shows_refusals("nothing was written")
def init(
    config: Path | None,
    markets: tuple[str, ...],
    calendars: tuple[str, ...],
    password_file: Path | None,
    **scalars: str | None,
) -> None:
    """Set a company up: markets, calendars, plan, first owner.

    At a terminal it asks for what is not said. The same again changes nothing; another company in
    the same database is refused. docs/how-to/set-up-a-company.md explains the description.
    """
    from upline.company.description import described
    from upline.company.reading import DescriptionRefused

    plans = _plans(config)
    entries = _entries(config, scalars, markets, calendars)
    asks = config is None and passwords.at_terminal()
    if asks:
        _ask(entries, plans)
    try:
        description = described(entries, plans=plans)
    except DescriptionRefused:
        if asks:
            click.echo(f"Your answers, to be corrected:\n  {_as_command(entries)}", err=True)
        raise
    if asks:
        _show(description)
        click.confirm("Set it up like this?", default=True, abort=True)
    if _set_up(description, password_file):
        if not asks:
            _show(description)
        warn_of_kinds(description.plan)
        click.echo(f"{description.name} is set up. Next:")
        click.echo("  upline load members members.csv")
        click.echo("  upline load products products.csv")
        click.echo("  upline load orders orders.csv")
    else:
        click.echo(f"{description.name} is set up already, just so; nothing was changed.")


def warn_of_kinds(plan: Plan) -> None:
    """Say aloud which rules of a plan no order here can meet."""
    from upline.commissions.facts import KINDS
    from upline.company.services import strange_kinds

    for kind in strange_kinds(plan):
        known = ", ".join(KINDS)
        click.echo(
            f"Mind: the plan asks for orders of kind '{kind}'. Orders here are of the kinds"
            f" {known}, so what asks for another pays nothing."
        )


def _plans(config: Path | None) -> PlanFinder:
    import upline
    from upline.company.description import PlanFinder

    clone = Path(upline.__file__).parents[2] / "examples" / "plans"
    here = Path("examples/plans")
    return PlanFinder(
        beside=config.parent if config else Path(), examples=clone if clone.is_dir() else here
    )


def _entries(
    config: Path | None,
    scalars: dict[str, str | None],
    markets: Iterable[str],
    calendars: Iterable[str],
) -> Entries:
    """Join a file and options into one description, each value with its place."""
    from upline.company.reading import read_description
    from upline.compensation.errors import Place
    from upline.compensation.plan.text import Entries, Text

    entries = read_description(config) if config else Entries()
    if config is None:
        entries.place = Place()
    for name, value in scalars.items():
        if value is not None:
            place = Place(f"--{name.replace('_', '-')}")
            entries.pop(name, None)
            entries[Text.at(name, place)] = Text.at(value, place)
    for key, option, given in (
        ("markets", "--market", markets),
        ("calendars", "--calendar", calendars),
    ):
        for one in given:
            _add(entries, key, option, one)
    return entries


def _add(entries: Entries, key: str, option: str, given: str) -> None:
    """Add a market or a calendar, in place of one of that name."""
    from upline.compensation.errors import Place
    from upline.compensation.plan.text import Entries, Text

    code, _, rest = given.partition(":")
    place = Place(f"{option} {code}")
    row = Entries()
    row.place = place
    for part in filter(None, (part.strip() for part in rest.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise click.BadParameter(
                f"'{part}' is not KEY=VALUE, as in currency=EUR.", param_hint=option
            )
        row[Text.at(name.strip(), place)] = Text.at(value.strip(), place)
    named = entries.get(key)
    if not isinstance(named, Entries):
        named = Entries()
        named.place = Place(option)
        entries[Text.at(key, Place(option))] = named
    named.pop(code, None)
    named[Text.at(code, place)] = row


def _ask(entries: Entries, plans: PlanFinder) -> None:
    """Ask for what is not said."""
    from upline.compensation.errors import Place
    from upline.compensation.plan.text import Text

    def keep(name: str, value: str) -> None:
        entries[Text.at(name, Place())] = Text.at(value, Place(f"--{name}"))

    if "name" not in entries:
        keep("name", click.prompt("Name of the company"))
    if "plan" not in entries:
        names = plans.names
        click.echo(f"Examples of plans: {', '.join(names)}; or give the path of a file of yours.")
        keep("plan", click.prompt("Marketing plan", default=names[0] if names else None))
    if "markets" not in entries:
        question = "Country you sell in (two letters, as PL)"
        while country := click.prompt(question, default="", show_default=False).strip().upper():
            _add(entries, "markets", "--market", _asked_market(country))
            question = "Another country (Enter: no more)"
    if "owner" not in entries:
        keep("owner", click.prompt("E-mail of the first owner"))


def _asked_market(country: str) -> str:
    """Ask for what a country does not tell by itself, and give the market as an option."""
    from upline.company import territories

    if not territories.is_country(country):
        return country
    said = {}
    zones = territories.zones_of(country)
    if len(zones) > 1:
        click.echo(f"Time zones: {', '.join(zones)}")
        said["time_zone"] = click.prompt("Time zone", type=click.Choice(zones), show_choices=False)
    usual = territories.currency_of(country)
    said["currency"] = click.prompt("Currency (three letters)", default=usual).upper()
    if territories.language_of(country) is None:
        said["language"] = click.prompt("Language (two letters)", default="en")
    tax = click.prompt("Usual tax there in % (Enter: later)", default="", show_default=False)
    if tax:
        said["tax"] = tax
    return f"{country}:{','.join(f'{name}={value}' for name, value in said.items())}"


def _as_command(entries: Entries) -> str:
    """Write a description as the options that say the same."""
    from upline.compensation.plan.text import Entries

    words = ["upline", "init"]
    for name, value in entries.items():
        if not isinstance(value, Entries):
            words += [f"--{name.replace('_', '-')}", str(value)]
            continue
        for code, row in value.items():
            assert isinstance(row, Entries)
            said = ",".join(f"{key}={one}" for key, one in row.items())
            words += [f"--{name.removesuffix('s')}", f"{code}:{said}" if said else code]
    return shlex.join(words)


def _set_up(description: Description, path: Path | None) -> bool:
    """Set up, and say whether that was still to be done."""
    from upline.cli.on_platform import reach_database
    from upline.cli.progress import Steps
    from upline.foundation.errors import DomainError

    try:
        with Steps() as steps:
            steps("Starting the database")
            reach_database()
            return _written(description, path, steps)
    except DomainError as refused:
        click.echo(str(refused), err=True)
        raise SystemExit(1) from None


def _written(description: Description, path: Path | None, steps: Steps) -> bool:
    from upline.company import services
    from upline.foundation import context
    from upline.people import logins

    # No actor is named before the tables are there: statements of migrations must stay as written.
    is_new = not services.has_tables()
    if not is_new:
        services.migrate(say=steps)
        if services.is_set_up(description):
            return False
    steps.pause()
    password = passwords.new_password(description.owner, path)
    logins.check_password(email=description.owner, password=password)
    if is_new:
        services.migrate(say=steps)
    with context.working(actor="command:init"):
        return services.set_up(description=description, password=password, say=steps)


def _show(description: Description) -> None:
    plan = description.plan
    click.echo(
        f"{description.name}: books in {description.currency}, days in {description.time_zone}"
    )
    for market in description.markets:
        click.echo(_of_market(market))
    for calendar in description.calendars:
        click.echo(f"  calendar {calendar.name}: every {calendar.every}, from {calendar.starts_on}")
    click.echo(f"  plan {plan.id}: {description.plan_file}")
    for name, tree in plan.file.trees.items():
        click.echo(f"  tree {name}: {tree.kind}")
    click.echo(f"  owner {description.owner}")


def _of_market(market: MarketDescription) -> str:
    tax = "tax not said" if market.tax_percent is None else f"tax {market.tax_percent} %"
    prices = "with tax" if market.prices_include_tax else "without tax"
    return (
        f"  market {market.code}: {market.name}, {market.currency}, {market.language},"
        f" {market.time_zone}, prices {prices}, {tax}"
    )
