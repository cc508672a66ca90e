"""`upline site`: the screens, served until stopped."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import ip_address

import click

from upline.cli.on_platform import on_the_platform

# Requests at work when told to stop have as long to end.
GRACE_SECONDS = 20


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port."
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
@click.option(
    "--threads",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Requests at once in each process; each holds a connection to the database.",
)
@on_the_platform
def site(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the screens until stopped; SIGTERM and Ctrl-C let requests at work end."""
    from django.conf import settings
    from django.db import connections

    if settings.ENVIRONMENT.is_demo:
        _require_loopback(host)
    _require_static_files()
    _require_free(host, port)
    # The processes are forks: a connection must not be shared by two.
    connections.close_all()
    # Read by `upline.config.wsgi`: they end with this process.
    os.environ["SITE_PARENT_PID"] = str(os.getpid())
    _serve(host, port, workers, threads)


def _require_loopback(host: str) -> None:
    try:
        is_loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise click.ClickException(
            f"This is a demo, whose passwords are public, so it does not answer at {host}.\n"
            "Use --host 127.0.0.1, or set up a company of your own: upline init."
        )


def _require_static_files() -> None:
    from django.conf import settings

    if settings.STATIC_ROOT and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        raise click.ClickException(
            f"Styles and scripts are not in {settings.STATIC_ROOT} yet.\n"
            "Run 'upline manage collectstatic --no-input' once for each version, then start again."
        )


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # As the server will: a port whose connections only fade away is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise click.ClickException(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken: another program answers there, maybe this one.\n"
            f"Stop it, or choose another port: upline site --port {min(port + 1, 65535)}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is kept for the system. Choose one above 1023, with a proxy before it."
    return f"Nothing can listen at {host}, port {port}: {error.strerror or error}."


def _serve(host: str, port: int, workers: int, threads: int) -> None:
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "upline.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=GRACE_SECONDS,
        log_dictconfig=_logging(settings.LOGGING),
    )
    server.serve()


def _logging(ours: dict[str, object]) -> dict[str, object]:
    """Give our logging, with the server's own lines in it as JSON like the rest."""
    loggers = ours["loggers"]
    assert isinstance(loggers, dict)
    quiet = {"handlers": [], "propagate": True}
    return {**ours, "loggers": {**loggers, "_granian": quiet, "granian.access": quiet}}
