"""`upline plans`: versions of the marketing plan, drafted by one person and approved by another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.on_platform import actor_of, on_the_platform
from upline.languages import LANGUAGES

if TYPE_CHECKING:
    from upline.plans.models import PlanVersion

_actor = click.option(
    "--as", "email", required=True, help="The e-mail of the login that answers for it."
)


@click.group()
def plans() -> None:
    """See, draft and approve versions of the company's plan."""


@plans.command("list")
@on_the_platform
def list_plans() -> None:
    """List the versions, the latest first."""
    from upline.plans import queries

    found = queries.versions()
    for version in found:
        click.echo(_row(version))
    if not found:
        click.echo("There is no plan yet; 'upline init' or 'upline plans draft' brings one.")


@plans.command()
@click.argument("file", type=click.Path(path_type=Path))
@_actor
@on_the_platform
def draft(file: Path, email: str) -> None:
    """Keep a plan's text as a draft; the same text again is the same version."""
    from upline.cli.company import warn_of_kinds
    from upline.compensation import load_plan
    from upline.foundation import context
    from upline.plans import services

    actor = actor_of(email, "plans.edit")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(
            f"{file} cannot be read: {error}. Give the path of a YAML file in UTF-8."
        ) from error
    with context.working(actor=actor):
        version = services.draft_plan(text=text, file=str(file))
    click.echo(_row(version))
    warn_of_kinds(load_plan(version.text, file=str(file)))
    if version.state == "draft":
        click.echo("A second person approves it:")
        click.echo(f"  upline plans approve {version.pk} --as E-MAIL")


@plans.command()
@click.argument("number", type=int)
@click.option("--reason", default="", help="Why; the audit keeps it.")
@_actor
@on_the_platform
def approve(number: int, reason: str, email: str) -> None:
    """Put a draft in force from its day on."""
    from upline.foundation import context
    from upline.plans import services

    with context.working(actor=actor_of(email, "plans.approve")):
        version = services.approve_plan(version_id=number, reason=reason)
    click.echo(_row(version))


@plans.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@_actor
@on_the_platform
def withdraw(number: int, reason: str, email: str) -> None:
    """Put a draft aside for good."""
    from upline.foundation import context
    from upline.plans import services

    with context.working(actor=actor_of(email, "plans.edit")):
        version = services.withdraw_plan(version_id=number, reason=reason)
    click.echo(_row(version))


@plans.command()
@click.argument("number", type=int)
@click.option("--lang", type=click.Choice(LANGUAGES), help="As a document in a language.")
@on_the_platform
def show(number: int, lang: str | None) -> None:
    """Print a version's text as it was approved, or say it in words."""
    from upline.compensation import load_plan
    from upline.compensation.plan.describe import describe
    from upline.plans import queries

    version = queries.version(number)
    if lang is None:
        click.echo(version.text, nl=False)
        return
    click.echo(describe(load_plan(version.text, file=f"{version.name}.yaml"), lang), nl=False)


def _row(version: PlanVersion) -> str:
    cells = (version.pk, version, version.every, version.state)
    return "\t".join(str(cell) for cell in cells)
