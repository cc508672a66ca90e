"""The colours of both themes can be read: contrast as WCAG 2.2 computes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THEME = ROOT / "frontend/css/parts/theme.css"
BUILT = ROOT / "src/upline/web/shared/static/upline/upline.css"
TEXT, GRAPHIC = 4.5, 3.0
# What is written or drawn on what, and the least contrast.
PAIRS = [
    *(
        (f"color-{name}-content", f"color-{name}", TEXT)
        for name in (
            "primary",
            "secondary",
            "accent",
            "neutral",
            "info",
            "success",
            "warning",
            "error",
        )
    ),
    *(
        (text, ground, TEXT)
        for text in (
            "color-base-content",
            "muted",
            "color-primary",
            "color-error",
            "color-success",
            "color-warning",
            "color-info",
        )
        for ground in ("color-base-100", "color-base-200")
    ),
    ("color-base-content", "color-base-300", TEXT),
    ("wash-content", "wash", TEXT),
    ("field-border", "color-base-100", GRAPHIC),
    *((f"series-{place}", "color-base-100", GRAPHIC) for place in range(1, 7)),
]
TONES = ("color-primary", "color-info", "color-success", "color-warning", "color-error", "muted")
# A tag is written in its tone on a wash of so much of it.
WASH_OF_TAG = 0.11

# Where our own tokens stand; the dark ones are nested in the light ones.
OWN = {"light": r"\n  :root {(.*?)@variant", "dark": r"@variant dark-page {(.*?)\n    }"}


def tokens(theme: str) -> dict[str, str]:
    """Read the tokens of a theme: daisyUI's and our own."""
    text = THEME.read_text()
    plugin = re.search(rf'name: "{theme}";(.*?)\n}}', text, re.DOTALL)
    own = re.search(OWN[theme], text, re.DOTALL)
    assert plugin
    assert own
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", plugin[1] + own[1]))


def channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    linear = [
        each / 255 / 12.92 if each / 255 <= 0.04045 else ((each / 255 + 0.055) / 1.055) ** 2.4
        for each in rgb
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_pair_of_colours_has_enough_contrast(theme):
    found = tokens(theme)

    weak = [
        f"{front} on {ground}: {measured:.2f} < {least}"
        for front, ground, least in PAIRS
        if (measured := contrast(channels(found[front]), channels(found[ground]))) < least
    ]

    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_tag_is_readable_on_its_own_wash(theme):
    found = tokens(theme)
    surface = channels(found["color-base-100"])

    weak = []
    for tone in TONES:
        front = channels(found[tone])
        # Mixed in sRGB; the browser mixes in OKLab, which differs by less than a hundredth here.
        ground = [
            WASH_OF_TAG * one + (1 - WASH_OF_TAG) * other
            for one, other in zip(front, surface, strict=True)
        ]
        if (measured := contrast(front, ground)) < TEXT:
            weak.append(f"{tone}: {measured:.2f}")

    assert not weak


def test_dark_comes_by_choice_and_by_the_wish_of_the_device_but_not_against_a_choice():
    sheet = BUILT.read_text()
    by_device = re.search(
        r"prefers-color-scheme:dark\){:root:not\(\[data-theme=light\]\){(--muted.*?)}", sheet
    )
    by_choice = re.search(r":root\[data-theme=dark\]{(--muted.*?)}", sheet)

    assert by_device
    assert by_choice
    assert by_device[1] == by_choice[1]
