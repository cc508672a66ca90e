"""The `upline` command: its groups and how they are found."""

from importlib import import_module

import click

from upline import __version__

# Each command and where it lives. A module is imported when its command is asked for, so that
# `upline --help` answers at once.
COMMANDS = {
    "backup": "upline.cli.backup:backup",
    "bench": "upline.cli.bench:bench",
    "check": "upline.cli.check:check",
    "compute": "upline.cli.compute:compute",
    "corrections": "upline.cli.corrections:corrections",
    "database": "upline.cli.database:database",
    "demo": "upline.cli.demo:demo",
    "explain": "upline.cli.explain:explain",
    "generate": "upline.cli.generate:generate",
    "grants": "upline.cli.keys:grants",
    "init": "upline.cli.company:init",
    "keys": "upline.cli.keys:keys",
    "ledger": "upline.cli.ledger:ledger",
    "load": "upline.cli.loading:load",
    "logins": "upline.cli.logins:logins",
    "manage": "upline.cli.manage:manage",
    "outbox": "upline.cli.worker:outbox",
    "payouts": "upline.cli.payouts:payouts",
    "periods": "upline.cli.periods:periods",
    "plan": "upline.cli.plan_texts:plan",
    "plans": "upline.cli.plans:plans",
    "site": "upline.cli.site:site",
    "tour": "upline.cli.tour:tour",
    "verify": "upline.cli.compute:verify",
    "warm": "upline.cli.compute:warm",
    "worker": "upline.cli.worker:worker",
}


class CommandsByName(click.Group):
    """A group that imports a command's module only when the command is used or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None or cmd_name not in COMMANDS:
            return found
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=CommandsByName)
@click.version_option(__version__, prog_name="upline")
def main() -> None:
    """Compute, explain and verify the pay of a network."""
