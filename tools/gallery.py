#!/usr/bin/env python3
"""Photograph the screens of the demo company, and write the page of the documentation that shows them.

python -m tools.gallery [--languages en,kk] [--only NAME,...] [--folder docs/gallery]

The demo of build/gallery is started for it, or made there first: 2,000 members, seed 7. Pictures are
WebP of what a screen shows at once: a phone, a tablet and a desk.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from tests.browser.chromium import launched, sign_in
from upline.foundation import start

ROOT = Path(__file__).parents[1]
HOME = ROOT / "build" / "gallery"
FOLDER = ROOT / "docs" / "gallery"
WIDTHS = {"390": (390, 844), "820": (820, 1180), "1280": (1280, 800)}
LANGUAGES = {"en": "English", "ru": "Русский", "bg": "Български", "kk": "Қазақша", "pl": "Polski"}
QUALITY = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A screen: who looks at it, and how it is reached.

    The first step is an address; each further one matches the address of a link there.
    """

    name: str
    title: str
    who: str
    steps: Sequence[str]


_STATEMENT = ("/my/statements/", r"/my/statements/[^/]+/[^/]+/$")
SHOTS = (
    Shot(name="sign-in", title="Signing in", who="stranger", steps=["/accounts/login/"]),
    Shot(name="home", title="A member's home", who="leader", steps=["/my/"]),
    Shot(name="estimate", title="If it closed now", who="leader", steps=["/my/estimate/"]),
    Shot(name="statement", title="A statement", who="leader", steps=_STATEMENT),
    Shot(
        name="why",
        title="Why this sum",
        who="leader",
        steps=[*_STATEMENT, r".*\?bonus=", r".*/lines/[0-9]+/$"],
    ),
    Shot(name="why-not", title="Why not more", who="middle", steps=[*_STATEMENT, r".*/why-not/$"]),
    Shot(name="team", title="The team as a tree", who="leader", steps=["/my/team/"]),
    Shot(name="map", title="The team as a map", who="leader", steps=["/my/team/map/"]),
    Shot(name="office", title="The office", who="owner", steps=["/office/"]),
    Shot(name="members", title="Members", who="owner", steps=["/office/members/"]),
    Shot(
        name="member",
        title="A member's card",
        who="owner",
        steps=["/office/members/?q=leader@example.com", r"/office/members/[^/]+/$"],
    ),
    Shot(
        name="order",
        title="An order",
        who="owner",
        steps=["/office/orders/", r"/office/orders/[^/]+/$"],
    ),
    Shot(name="products", title="Products and prices", who="owner", steps=["/office/products/"]),
    Shot(
        name="period",
        title="A period and its close",
        who="owner",
        steps=["/office/periods/?state=sealed", r"/office/periods/[^/]+/$", r"\?tab=pay$"],
    ),
    Shot(
        name="plan",
        title="A plan as text",
        who="owner",
        steps=["/office/plans/", r"/office/plans/[^/]+/$"],
    ),
    Shot(name="components", title="The components", who="stranger", steps=["/design/"]),
)


def main() -> None:
    """Take the pictures and write the page."""
    asked = _arguments()
    wanted = [shot for shot in SHOTS if not asked.only or shot.name in asked.only.split(",")]
    languages = asked.languages.split(",")
    asked.folder.mkdir(parents=True, exist_ok=True)
    with _demo() as url:
        _photograph(url, wanted, languages, asked.folder)
    (asked.folder / "index.md").write_text(_page(asked.folder), encoding="utf-8")
    size = sum(path.stat().st_size for path in asked.folder.glob("*.webp"))
    print(f"{asked.folder}: {size / 1e6:.1f} MB in all.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", default="en,kk")
    parser.add_argument("--only", default="")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser.parse_args()


@contextmanager
def _demo() -> Iterator[str]:
    """Run the demo of the gallery, and give its address."""
    os.environ.update(UPLINE_ENV="development", UPLINE_DEMO="1", UPLINE_HOME=str(HOME))
    demo = subprocess.Popen(
        [sys.executable, "-m", "upline", "demo"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    try:
        said = ""
        for line in demo.stdout:
            said += line
            if ready := re.match(r"Ready in .*: (\S+)/ ", line):
                yield ready[1]
                break
        else:
            raise SystemExit(f"The demo ended before it was ready:\n{said}")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)


def _photograph(url: str, shots: Sequence[Shot], languages: Sequence[str], folder: Path) -> None:
    start.start_without_database()
    with launched() as browser:
        for who in dict.fromkeys(shot.who for shot in shots):
            context = browser.new_context(
                base_url=url, timezone_id="Europe/Warsaw", reduced_motion="reduce"
            )
            page = context.new_page()
            if who != "stranger":
                sign_in(page, who)
            for language in languages:
                _choose(page, language)
                for shot in shots:
                    if shot.who == who:
                        _take(page, shot, folder, language)
            context.close()


def _choose(page: object, language: str) -> None:
    """Have the pages in a language, as the switch at their foot does it."""
    page.goto("/design/")
    page.request.post(
        "/language/",
        form={
            "language": language,
            "next": "/design/",
            "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        },
        headers={"Referer": page.url},
    )


def _take(page: object, shot: Shot, folder: Path, language: str) -> None:
    first, *further = shot.steps
    page.goto(first)
    for step in further:
        links = [link.get_attribute("href") for link in page.locator("main a[href]").all()]
        found = next((link for link in links if re.match(step, link)), None)
        if found is None:
            raise SystemExit(f"{page.url} has no link {step} for {shot.name}.")
        page.goto(urljoin(page.url, found))
    for width, (wide, high) in WIDTHS.items():
        page.set_viewport_size({"width": wide, "height": high})
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        taken = page.context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
        picture = folder / f"{shot.name}-{language}-{width}.webp"
        picture.write_bytes(base64.b64decode(taken["data"]))
        print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")


def _page(folder: Path) -> str:
    """Give the page that shows the pictures there are."""
    lines = [
        "# Gallery",
        "",
        "<!-- Written by tools/gallery.py; run `make gallery` after a change of the screens. -->",
        "",
        "The screens on the demo company (`make demo`): on a phone of 390 px, a tablet of 820 px and a",
        "desk of 1280 px.",
    ]
    for shot in SHOTS:
        found = {path.stem for path in folder.glob(f"{shot.name}-??-*.webp")}
        languages = [one for one in LANGUAGES if f"{shot.name}-{one}-1280" in found]
        if not languages:
            continue
        lines += ["", f"## {shot.title}"]
        for language in languages:
            lines += ["", f"{LANGUAGES[language]}:", ""]
            for width in WIDTHS:
                stem = f"{shot.name}-{language}-{width}"
                share = round(96 * WIDTHS[width][0] / sum(wide for wide, _ in WIDTHS.values()))
                lines += [
                    f"```{{image}} {stem}.webp",
                    f":alt: {shot.title}, {LANGUAGES[language]}, {width} px",
                    f":width: {share}%",
                    "```",
                ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
