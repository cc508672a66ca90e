"""What is drawn on a label and lies beside: flowers, leaves, fruit, each around a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from upline.demo.drawing.marks import around, leaf, line, number, oval, path

Point = tuple[float, float]
Motif = Callable[[Point, float], str]

GREEN, DEEP, PALE = "#6f8f52", "#4c6b3f", "#a7bf80"


def _stem(at: Point, size: float, colour: str = DEEP) -> str:
    x, y = at
    return line(f"M{number(x)} {number(y + size)}V{number(y - size * 0.7)}", colour, size * 0.09)


def sprig(at: Point, size: float) -> str:
    """Draw a twig with paired leaves."""
    x, y = at
    leaves = [
        leaf((x, y + size * (0.7 - 0.42 * row)), size * 0.62, side * 58, colour)
        for row, colour in enumerate((DEEP, GREEN, PALE))
        for side in (-1, 1)
    ]
    return _stem(at, size) + "".join(leaves) + leaf((x, y - size * 0.55), size * 0.5, 0, PALE)


def _petals(at: Point, size: float, colours: tuple[str, str], count: int, slim: float = 0.3) -> str:
    petal, heart = colours
    petals = "".join(leaf(at, size, 360 * nth / count, petal, slim=slim) for nth in range(count))
    return petals + oval(at, (size * 0.3, size * 0.3), heart)


def chamomile(at: Point, size: float) -> str:
    # Upon a leaf, for white petals are not seen on a white label.
    ground = oval(at, (size * 1.14, size * 1.14), "#c9d7a4")
    return (
        ground
        + _petals(at, size, ("#fdfdf8", "#e9b93c"), 12, 0.2)
        + oval(at, (size * 0.2, size * 0.2), "#d39d22")
    )


def calendula(at: Point, size: float) -> str:
    return _petals(at, size, ("#f0a03a", "#b8651b"), 16, 0.18) + _petals(
        at, size * 0.62, ("#f7bd5a", "#9c5113"), 12, 0.22
    )


def rose(at: Point, size: float) -> str:
    outer = "".join(
        oval(around(at, size * 0.5, 72 * nth), (size * 0.48, size * 0.48), "#d97f8d")
        for nth in range(5)
    )
    inner = "".join(
        oval(around(at, size * 0.26, 36 + 72 * nth), (size * 0.32, size * 0.32), "#c7606f")
        for nth in range(5)
    )
    heart = oval(at, (size * 0.2, size * 0.2), "#a9475a")
    green = leaf(around(at, size * 0.7, 130), size * 0.6, 130, GREEN)
    return green + leaf(around(at, size * 0.7, 215), size * 0.55, 215, DEEP) + outer + inner + heart


def linden(at: Point, size: float) -> str:
    x, y = at
    blossoms = [(-0.35, 0.35), (0.05, 0.6), (0.4, 0.3), (0.0, 0.15)]
    found = leaf((x - size * 0.1, y - size * 0.1), size * 1.05, -38, GREEN, slim=0.42)
    found += leaf((x + size * 0.1, y - size * 0.1), size * 0.95, 40, PALE, slim=0.24)
    for across, down in blossoms:
        to = (x + across * size, y + down * size)
        found += line(
            f"M{number(x)} {number(y - size * 0.15)}L{number(to[0])} {number(to[1])}",
            DEEP,
            size * 0.05,
        )
        found += _petals(to, size * 0.26, ("#f4e3a1", "#c99a2e"), 6, 0.4)
    return found


def mint(at: Point, size: float) -> str:
    return "".join(
        leaf(at, size * (1 - 0.08 * nth), angle, colour, slim=0.42)
        for nth, (angle, colour) in enumerate(
            ((0, "#5f9a6a"), (72, "#7cb487"), (-72, "#7cb487"), (140, "#4b8158"), (-140, "#4b8158"))
        )
    )


def thyme(at: Point, size: float) -> str:
    flowers = "".join(
        oval(around(at, size * 0.75, angle), (size * 0.13, size * 0.13), "#b493c7")
        for angle in (-24, -8, 8, 24)
    )
    return sprig(at, size * 0.9) + flowers


def lavender(at: Point, size: float) -> str:
    found = ""
    for lean in (-22, 0, 22):
        root = (at[0], at[1] + size)
        tip = around(root, size * 1.2, lean)
        found += line(
            f"M{number(root[0])} {number(root[1])}L{number(tip[0])} {number(tip[1])}",
            GREEN,
            size * 0.06,
        )
        for step in range(6):
            spot = around(root, size * (1 + 0.17 * step), lean)
            wide = size * (0.15 - 0.015 * step)
            found += oval(spot, (wide, wide * 0.8), "#8a78b5" if step % 2 else "#a394cc")
    return found


def fireweed(at: Point, size: float) -> str:
    found = _stem(at, size)
    for step in range(5):
        side = -1 if step % 2 else 1
        spot = (at[0] + side * size * (0.34 - 0.05 * step), at[1] + size * (0.15 - 0.24 * step))
        found += _petals(spot, size * (0.3 - 0.03 * step), ("#c777a5", "#8f4775"), 4, 0.5)
    return found + leaf((at[0], at[1] + size * 0.6), size * 0.6, 60, GREEN, slim=0.18)


def berry(at: Point, size: float) -> str:
    spots = ((-0.32, 0.25), (0.32, 0.25), (0, -0.12), (0, 0.62))
    found = leaf((at[0], at[1] - size * 0.3), size * 0.7, -46, GREEN, slim=0.4)
    found += leaf((at[0], at[1] - size * 0.3), size * 0.7, 46, DEEP, slim=0.4)
    for across, down in spots:
        spot = (at[0] + across * size, at[1] + down * size)
        found += oval(spot, (size * 0.32, size * 0.32), "#8c3149")
        found += oval(
            (spot[0] - size * 0.1, spot[1] - size * 0.1), (size * 0.08, size * 0.08), "#d993a3"
        )
    return found


def citrus(at: Point, size: float) -> str:
    found = oval(at, (size, size), "#e88f2e") + oval(at, (size * 0.86, size * 0.86), "#fbe3b8")
    return found + "".join(
        leaf(around(at, size * 0.08, 45 * nth), size * 0.68, 45 * nth, "#f2aa47", slim=0.36)
        for nth in range(8)
    )


def honey(at: Point, size: float) -> str:
    found = ""
    for across, down in ((0, 0), (0.87, 0.5), (-0.87, 0.5), (0, 1), (0, -1)):
        centre = (at[0] + across * size * 0.78, at[1] + down * size * 0.78)
        corners = [around(centre, size * 0.46, 30 + 60 * nth) for nth in range(6)]
        data = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "z"
        found += path(data, "#e3a52f" if (across, down) != (0, 0) else "#f3c763")
    return found


def drop(at: Point, size: float) -> str:
    x, y = at
    data = (
        f"M{number(x)} {number(y - size)}c{number(size * 0.55)} {number(size * 0.75)}"
        f" {number(size * 0.75)} {number(size)} {number(size * 0.75)} {number(size * 1.3)}"
        f"a{number(size * 0.75)} {number(size * 0.75)} 0 0 1 {number(-size * 1.5)} 0"
        f"c0 {number(-size * 0.3)} {number(size * 0.2)} {number(-size * 0.55)}"
        f" {number(size * 0.75)} {number(-size * 1.3)}z"
    )
    light = oval(
        (x - size * 0.25, y + size * 0.4), (size * 0.14, size * 0.24), "#fff", opacity=".7"
    )
    return path(data, "#d9a23a") + light


def nut(at: Point, size: float) -> str:
    x, y = at
    shell = oval(at, (size * 0.82, size * 0.92), "#b07c4a")
    seam = line(
        f"M{number(x)} {number(y - size * 0.9)}q{number(size * 0.25)} {number(size * 0.9)} 0"
        f" {number(size * 1.8)}",
        "#7f5530",
        size * 0.08,
    )
    folds = "".join(
        line(
            f"M{number(x + side * size * 0.25)} {number(y + row * size)}q{number(side * size * 0.25)}"
            f" {number(size * 0.12)} {number(side * size * 0.35)} {number(-size * 0.05)}",
            "#8f6239",
            size * 0.06,
        )
        for side in (-1, 1)
        for row in (-0.4, 0.0, 0.4)
    )
    return shell + seam + folds


def wheat(at: Point, size: float) -> str:
    grains = "".join(
        leaf(
            (at[0], at[1] + size * (0.45 - 0.3 * row)), size * 0.5, side * 34, "#d6a84a", slim=0.34
        )
        for row in range(4)
        for side in (-1, 1)
    )
    return (
        _stem(at, size, "#b58a35")
        + grains
        + leaf((at[0], at[1] - size * 0.6), size * 0.5, 0, "#e3bd68")
    )


def pine(at: Point, size: float) -> str:
    needles = "".join(
        line(
            "M{} {}L{} {}".format(
                number(at[0]),
                number(at[1] + size * (0.8 - 0.25 * row)),
                *map(number, around((at[0], at[1] + size * (0.8 - 0.25 * row)), size * 0.6, lean)),
            ),
            DEEP if lean > 0 else GREEN,
            size * 0.08,
        )
        for row in range(7)
        for lean in (-42, 42)
    )
    return _stem(at, size, "#7a5c3c") + needles


def nettle(at: Point, size: float) -> str:
    return _stem(at, size) + "".join(
        leaf((at[0], at[1] + size * (0.5 - 0.45 * row)), size * 0.8, side * 66, colour, slim=0.38)
        for row, colour in enumerate((DEEP, GREEN, PALE))
        for side in (-1, 1)
    )


MOTIFS: Mapping[str, Motif] = {
    "berry": berry,
    "calendula": calendula,
    "chamomile": chamomile,
    "citrus": citrus,
    "drop": drop,
    "fireweed": fireweed,
    "honey": honey,
    "lavender": lavender,
    "leaf": sprig,
    "linden": linden,
    "mint": mint,
    "nettle": nettle,
    "nut": nut,
    "pine": pine,
    "rose": rose,
    "thyme": thyme,
    "wheat": wheat,
}
