"""The few strokes that pictures are made of, as SVG with attributes alone."""

from __future__ import annotations

from math import cos, radians, sin


def number(value: float) -> str:
    """Write a coordinate with one decimal at most.

    >>> number(3.0), number(2.25)
    ('3', '2.2')
    """
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def path(data: str, fill: str, *, opacity: str = "") -> str:
    """Draw a filled outline."""
    return f'<path d="{data}" fill="{fill}"{_seen(opacity)}/>'


def line(data: str, colour: str, width: float) -> str:
    """Draw a stroke with round ends."""
    return (
        f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{number(width)}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def box(corner: tuple[float, float], size: tuple[float, float], fill: str, radius: float) -> str:
    """Draw a rectangle with round corners."""
    (x, y), (width, height) = corner, size
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        f' rx="{number(radius)}" fill="{fill}"/>'
    )


def shade(corner: tuple[float, float], size: tuple[float, float], radius: float) -> str:
    """Let light fall from the left upon what stands there."""
    (x, y), (width, height) = corner, size
    light = (
        f'<rect x="{number(x + width * 0.08)}" y="{number(y + height * 0.06)}"'
        f' width="{number(width * 0.09)}" height="{number(height * 0.86)}"'
        f' rx="{number(width * 0.045)}" fill="#fff" opacity=".32"/>'
    )
    dark = (
        f'<path d="M{number(x + width * 0.78)} {number(y)}H{number(x + width - radius)}'
        f"q{number(radius)} 0 {number(radius)} {number(radius)}V{number(y + height - radius)}"
        f'q0 {number(radius)} {number(-radius)} {number(radius)}H{number(x + width * 0.78)}z"'
        ' fill="#000" opacity=".09"/>'
    )
    return light + dark


def oval(
    centre: tuple[float, float], radii: tuple[float, float], fill: str, *, opacity: str = ""
) -> str:
    """Draw an ellipse."""
    (x, y), (across, down) = centre, radii
    return (
        f'<ellipse cx="{number(x)}" cy="{number(y)}" rx="{number(across)}" ry="{number(down)}"'
        f' fill="{fill}"{_seen(opacity)}/>'
    )


def leaf(
    at: tuple[float, float], length: float, angle: float, fill: str, *, slim: float = 0.3
) -> str:
    """Draw a leaf that grows from a point in a direction, 0 being upwards."""
    x, y = at
    side = length * slim
    data = (
        f"M0 0C{number(side)} {number(-length * 0.3)} {number(side)} {number(-length * 0.75)} 0"
        f" {number(-length)}C{number(-side)} {number(-length * 0.75)} {number(-side)}"
        f" {number(-length * 0.3)} 0 0z"
    )
    return (
        f'<path d="{data}" fill="{fill}"'
        f' transform="translate({number(x)} {number(y)}) rotate({number(angle)})"/>'
    )


def around(at: tuple[float, float], distance: float, angle: float) -> tuple[float, float]:
    """Give the point at a distance in a direction, 0 being upwards."""
    return at[0] + distance * sin(radians(angle)), at[1] - distance * cos(radians(angle))


def _seen(opacity: str) -> str:
    return f' opacity="{opacity}"' if opacity else ""
