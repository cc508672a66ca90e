"""What the environment says: every setting read, and every fault listed at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from upline.foundation.errors import DomainError

Stage = Literal["development", "production", "test"]
STAGES = ("development", "production", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One variable of the environment: what it means and whether production needs it."""

    name: str
    meaning: str
    default: str = ""
    is_needed_in_production: bool = False
    is_secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="UPLINE_ENV",
        meaning="Stage: development, production or test.",
        default="development",
    ),
    Setting(
        name="DATABASE_URL",
        meaning="The PostgreSQL database, version 15 or later: "
        "postgresql://user:password@host:5432/name. "
        "Without it development starts its own server in UPLINE_HOME.",
        is_needed_in_production=True,
        is_secret=True,
    ),
    Setting(
        name="UPLINE_SECRET_KEY",
        meaning="Signs sessions and links; 50 characters or more of chance.",
        is_needed_in_production=True,
        is_secret=True,
    ),
    Setting(
        name="UPLINE_HOSTS",
        meaning="Host names that the site answers to, with commas between them.",
        default="localhost,127.0.0.1,[::1]",
        is_needed_in_production=True,
    ),
    Setting(
        name="UPLINE_ENCRYPTION_KEYS",
        meaning="Keys of encrypted fields, id:key with commas between them, the one that encrypts "
        "first; a key is 32 bytes of chance in URL-safe base64.",
        is_needed_in_production=True,
        is_secret=True,
    ),
    Setting(
        name="UPLINE_INDEX_KEY",
        meaning="Key of the blind indexes by which encrypted fields are found; "
        "32 bytes of chance in URL-safe base64.",
        is_needed_in_production=True,
        is_secret=True,
    ),
    Setting(
        name="UPLINE_HOME",
        meaning="Folder of what a development machine keeps: its database and its secrets.",
        default="~/.local/share/upline",
    ),
    Setting(
        name="UPLINE_DEMO",
        meaning="1 for a demo company whose logins and passwords are public: the site then answers "
        "on this machine alone and says so on each page. Not for production.",
    ),
    Setting(
        name="UPLINE_PROXIES",
        meaning="How many proxies of yours stand before the site; the address of a client is read "
        "from X-Forwarded-For behind as many.",
        default="0",
    ),
    Setting(
        name="UPLINE_MAIL_URL",
        meaning="The mail server: smtp://user:password@host:587, or smtps://...:465. Without it "
        "development writes mails as files into UPLINE_HOME/mail.",
        is_needed_in_production=True,
        is_secret=True,
    ),
    Setting(
        name="UPLINE_MAIL_FROM",
        meaning="The address that mails come from.",
        default="upline@localhost",
        is_needed_in_production=True,
    ),
    Setting(
        name="UPLINE_METRICS_TOKEN",
        meaning="With it /metrics and /health/ready answer to other machines that send it as a "
        "bearer token; without it to this machine alone.",
        is_secret=True,
    ),
    Setting(
        name="UPLINE_LOG_LEVEL",
        meaning="Least level of what is logged: DEBUG, INFO, WARNING or ERROR.",
        default="INFO",
    ),
)


class SettingsRefused(DomainError):
    """Settings are missing or wrong; every one of them is listed."""

    code = "foundation.settings_refused"
    text = "Upline cannot start in %(stage)s:\n%(faults)s"
    remedy = "\nSet these variables and start again; docs/reference/settings.md explains each."


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The settings as read."""

    stage: Stage
    database_url: str
    secret_key: str
    hosts: tuple[str, ...]
    encryption_keys: str
    index_key: str
    home: Path
    is_demo: bool
    proxies: int
    mail_url: str
    mail_from: str
    metrics_token: str
    log_level: str


@dataclass(slots=True)
class _Reading:
    """Values taken from the environment, and the faults met."""

    environ: Mapping[str, str]
    stage: str
    faults: list[str] = field(default_factory=list)

    def value(self, name: str, development: str = "") -> str:
        """Give a variable; where production needs it and it is missing, note a fault."""
        setting = next(one for one in SETTINGS if one.name == name)
        given = self.environ.get(name, "").strip()
        if given:
            return given
        if self.stage == "production" and setting.is_needed_in_production:
            self.faults.append(f"- {name} is missing. {setting.meaning}")
        return development or setting.default


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the settings. Raises SettingsRefused with every fault at once."""
    environ = os.environ if environ is None else environ
    stage = environ.get("UPLINE_ENV", "").strip() or "development"
    reading = _Reading(environ, stage)
    if stage not in STAGES:
        reading.faults.append(f"- UPLINE_ENV is {stage!r}; write one of {', '.join(STAGES)}.")
    secrets = _secrets(reading)
    hosts = tuple(part.strip() for part in reading.value("UPLINE_HOSTS").split(",") if part.strip())
    found = Environment(
        stage=cast("Stage", stage),
        database_url=reading.value("DATABASE_URL"),
        secret_key=secrets[0],
        encryption_keys=secrets[1],
        index_key=secrets[2],
        hosts=hosts,
        home=Path(reading.value("UPLINE_HOME")).expanduser(),
        is_demo=reading.value("UPLINE_DEMO") == "1",
        proxies=_count(reading, "UPLINE_PROXIES"),
        mail_url=reading.value("UPLINE_MAIL_URL"),
        mail_from=reading.value("UPLINE_MAIL_FROM"),
        metrics_token=reading.value("UPLINE_METRICS_TOKEN"),
        log_level=reading.value("UPLINE_LOG_LEVEL").upper(),
    )
    _check(found, reading)
    if reading.faults:
        raise SettingsRefused(stage=stage, faults="\n".join(reading.faults))
    return found


# Anybody can read these; production refuses them, and development warns by its banner.
OPEN_SECRETS = (
    "development-only-anybody-can-read-this-in-the-source",
    "open:b3Blbi1kZXZlbG9wbWVudC1lbmNyeXB0aW9uLWtleSE=",
    "b3Blbi1kZXZlbG9wbWVudC1pbmRleC1rZXktMzJieSE=",
)


def _secrets(reading: _Reading) -> tuple[str, str, str]:
    names = ("UPLINE_SECRET_KEY", "UPLINE_ENCRYPTION_KEYS", "UPLINE_INDEX_KEY")
    key, encryption, index = (
        reading.value(name, development)
        for name, development in zip(names, OPEN_SECRETS, strict=True)
    )
    return key, encryption, index


def _count(reading: _Reading, name: str) -> int:
    given = reading.value(name)
    if not given.isdecimal():
        reading.faults.append(f"- {name} is {given!r}; write a whole number.")
        return 0
    return int(given)


def _check(found: Environment, reading: _Reading) -> None:
    if found.mail_from and "@" not in found.mail_from:
        reading.faults.append("- UPLINE_MAIL_FROM is no e-mail address.")
    if found.mail_url and not found.mail_url.startswith(("smtp://", "smtps://")):
        reading.faults.append("- UPLINE_MAIL_URL is not an address that starts with smtp://.")
    if found.database_url and not found.database_url.startswith(("postgresql://", "postgres://")):
        reading.faults.append("- DATABASE_URL is not an address that starts with postgresql://.")
    if found.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        reading.faults.append("- UPLINE_LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR.")
    if reading.value("UPLINE_DEMO") not in {"", "0", "1"}:
        reading.faults.append("- UPLINE_DEMO is neither 1 nor 0.")
    if found.stage != "production":
        return
    if found.is_demo:
        reading.faults.append("- UPLINE_DEMO is 1; a demo's passwords are public.")
    given = {name: reading.environ.get(name, "").strip() for name in ("UPLINE_SECRET_KEY",)}
    key = given["UPLINE_SECRET_KEY"]
    if key and (len(key) < 50 or key in OPEN_SECRETS):
        reading.faults.append("- UPLINE_SECRET_KEY is shorter than 50 characters or is public.")
    if "*" in found.hosts:
        reading.faults.append("- UPLINE_HOSTS holds *; name the hosts.")
    for name in ("UPLINE_ENCRYPTION_KEYS", "UPLINE_INDEX_KEY"):
        if reading.environ.get(name, "").strip() in OPEN_SECRETS:
            reading.faults.append(f"- {name} is the public one of development.")
