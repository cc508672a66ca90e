"""What npm built is committed; here it is held to its sources, without Node."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src/upline/web/shared/static/upline"
TEMPLATES = sorted((ROOT / "src/upline/web").glob("**/templates/**/*.html"))
# Words in class attributes that are no rules: hooks of scripts, and what other stylesheets know.
NOT_OURS = ("office", "unfold")


def digest_of_sources() -> str:
    """Hash the sources as frontend/build.mjs does."""
    named = [
        FRONTEND / name for name in ("build.mjs", "icons.txt", "package-lock.json", "package.json")
    ]
    files = [path for folder in ("brand", "css", "js") for path in (FRONTEND / folder).rglob("*")]
    found = {
        path.relative_to(FRONTEND).as_posix(): path for path in [*files, *named] if path.is_file()
    }
    whole = hashlib.sha256()
    for name in sorted(found):
        whole.update(f"{name}\n{hashlib.sha256(found[name].read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def test_the_committed_build_belongs_to_its_sources():
    built = json.loads((BUILT / "built.json").read_text())

    assert built == {"sources": digest_of_sources()}, "Sources changed: run make web and commit."


def test_the_lock_of_npm_names_no_host():
    assert '"resolved"' not in (FRONTEND / "package-lock.json").read_text()


def test_the_lock_of_npm_names_the_packages_of_other_systems_too():
    packages = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]

    missing = [
        f"{place}: {name}"
        for place, package in packages.items()
        for name in package.get("optionalDependencies", {})
        if f"node_modules/{name}" not in packages and f"{place}/node_modules/{name}" not in packages
    ]

    assert missing == [], "npm ci refuses such a lock: see frontend/README.md."


@pytest.mark.parametrize("name", ["upline.css", "upline.js"])
def test_what_is_built_asks_no_other_host(name):
    built = (BUILT / name).read_text()

    # Names of XML are no addresses that anybody asks; licences name their sites in comments.
    without_comments = re.sub(r"/\*.*?\*/", "", built, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href|url\(|fetch\()["'(=\s]*https?://""", without_comments)


def test_no_script_of_a_page_evaluates_text():
    built = (BUILT / "upline.js").read_text()

    assert "new Function(" not in built
    assert "eval(" not in re.sub(r"[\w.]eval\(", "", built)


def used_classes() -> list[tuple[str, str]]:
    """List the plain classes of our templates with the place where each is used."""
    found: dict[str, str] = {}
    for path in TEMPLATES:
        if any(word in path.parts for word in NOT_OURS):
            continue
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "{}", path.read_text(), flags=re.DOTALL)
        for attribute in re.findall(r'\sclass="([^"]*)"', text):
            for word in attribute.split():
                if "{" not in word:
                    found.setdefault(word, path.relative_to(ROOT).as_posix())
    return sorted(found.items())


def test_each_class_of_a_template_has_a_rule():
    sheets = "".join(path.read_text() for path in sorted(BUILT.glob("*.css")))
    known = {re.sub(r"\\(.)", r"\1", name) for name in re.findall(r"\.((?:[\w-]|\\.)+)", sheets)}

    missing = [f"{word} in {place}" for word, place in used_classes() if word not in known]

    assert not missing, "Run make web, or take these out:\n" + "\n".join(missing)


def test_the_sprite_has_each_icon_that_templates_name():
    sprite = (BUILT / "icons.svg").read_text()
    named = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= set(re.findall(r'<c-icon name="([a-z-]+)"', text))
        named |= set(re.findall(r'{% icon "([a-z-]+)"', text))
        named |= set(re.findall(r'\sicon(?:_after)?="([a-z-]+)"', text))

    assert not sorted(name for name in named if f'id="{name}"' not in sprite)


def test_templates_have_no_inline_style_and_no_inline_script():
    inline = re.compile(
        r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*(?:src=|application/json))"""
    )
    guilty = [
        f"{path.relative_to(ROOT)}: {found.group().strip()}"
        for path in TEMPLATES
        for found in inline.finditer(path.read_text())
    ]

    assert not guilty
