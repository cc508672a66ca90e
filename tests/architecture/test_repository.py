"""The repository keeps its own promises."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import upline

ROOT = Path(__file__).parents[2]


def test_the_installed_version_is_the_one_in_the_source():
    assert version("upline") == upline.__version__


def test_the_lock_pins_every_package_with_a_hash_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock)[1:]

    assert "://" not in lock
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["platform"],
        *project["dependency-groups"]["dev"],
    ]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))

    names = {re.split(r"[<>=~! ;\[]", line)[0].lower() for line in declared}

    assert names <= locked
