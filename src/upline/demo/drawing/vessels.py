"""What a product comes in: each stands on the ground in the middle and says where its label is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from upline.demo.drawing.marks import box, line, oval, path, shade

GROUND, MIDDLE = 262.0, 160.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tones:
    """The colours of a category: ground, light behind, vessel, lid, label, letters."""

    ground: str
    light: str
    body: str
    lid: str
    label: str
    ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel:
    """A drawn vessel, and the middle and size of what is drawn upon it; no size, no label."""

    drawn: str
    at: tuple[float, float]
    size: float


Draw = Callable[[Tones], Vessel]


def _standing(width: float, height: float, fill: str, radius: float) -> str:
    corner = (MIDDLE - width / 2, GROUND - height)
    return box(corner, (width, height), fill, radius) + shade(corner, (width, height), radius)


def _lid(width: float, height: float, bottom: float, fill: str, radius: float = 5) -> str:
    corner = (MIDDLE - width / 2, bottom - height)
    return box(corner, (width, height), fill, radius) + shade(corner, (width, height), radius)


def _label(width: float, height: float, middle: float, tones: Tones) -> str:
    """Paste a label with two lines where letters would stand."""
    top = middle - height / 2
    lines = "".join(
        box((MIDDLE - long / 2, top + height - up), (long, 4), tones.ink, 2)
        for long, up in ((width * 0.55, 20), (width * 0.34, 12))
    )
    return box((MIDDLE - width / 2, top), (width, height), tones.label, 6) + lines


def tin(tones: Tones) -> Vessel:
    drawn = _standing(112, 142, tones.body, 10) + _lid(118, 26, GROUND - 130, tones.lid, 7)
    return Vessel(drawn=drawn + _label(88, 92, 200, tones), at=(MIDDLE, 189), size=23)


def carton(tones: Tones) -> Vessel:
    side = path("M222 128l22 -14v134l-22 14z", tones.lid)
    top = path("M98 128l22 -14h124l-22 14z", tones.ink, opacity=".55")
    face = box((98, 128), (124, 134), tones.body, 0) + shade((98, 128), (124, 134), 1)
    return Vessel(drawn=side + top + face + _label(92, 92, 196, tones), at=(MIDDLE, 185), size=23)


def jar(tones: Tones) -> Vessel:
    drawn = _standing(116, 116, tones.body, 24) + _lid(104, 26, GROUND - 108, tones.lid)
    return Vessel(drawn=drawn + _label(92, 74, 208, tones), at=(MIDDLE, 200), size=18)


def flask(tones: Tones) -> Vessel:
    neck = _lid(30, 46, GROUND - 132, tones.body, 6)
    drawn = neck + _standing(86, 140, tones.body, 26) + _lid(36, 24, GROUND - 160, tones.lid)
    return Vessel(drawn=drawn + _label(74, 84, 202, tones), at=(MIDDLE, 192), size=20)


def pouch(tones: Tones) -> Vessel:
    body = path("M104 112h112l8 132q1 18 -17 18h-94q-18 0 -17 -18z", tones.body)
    dark = path("M192 112h24l8 132q1 18 -17 18h-18z", "#000", opacity=".08")
    fold = box((104, 104), (112, 18), tones.lid, 4)
    return Vessel(drawn=body + dark + fold + _label(84, 88, 190, tones), at=(MIDDLE, 180), size=22)


def cream(tones: Tones) -> Vessel:
    drawn = _standing(140, 66, tones.body, 18) + _lid(144, 34, GROUND - 60, tones.lid, 9)
    return Vessel(drawn=drawn, at=(MIDDLE, 229), size=17)


def pump(tones: Tones) -> Vessel:
    head = box((134, 92), (52, 14), tones.lid, 6) + box((120, 94), (26, 8), tones.lid, 4)
    neck = box((153, 100), (14, 26), tones.lid, 2) + _lid(42, 18, GROUND - 126, tones.lid)
    drawn = head + neck + _standing(88, 130, tones.body, 20)
    return Vessel(drawn=drawn + _label(72, 82, 204, tones), at=(MIDDLE, 194), size=20)


def dropper(tones: Tones) -> Vessel:
    bulb = oval((MIDDLE, 128), (14, 22), tones.ink) + _lid(36, 26, GROUND - 102, tones.lid)
    drawn = bulb + _standing(78, 106, tones.body, 16)
    return Vessel(drawn=drawn + _label(64, 70, 214, tones), at=(MIDDLE, 206), size=16)


def bottle(tones: Tones) -> Vessel:
    body = path(
        "M116 142q0 -24 24 -24h40q24 0 24 24v106q0 14 -14 14h-60q-14 0 -14 -14z", tones.body
    )
    drawn = body + shade((116, 122), (88, 140), 14) + _lid(48, 28, 122, tones.lid)
    return Vessel(drawn=drawn + _label(72, 88, 198, tones), at=(MIDDLE, 188), size=21)


def spray(tones: Tones) -> Vessel:
    trigger = path("M128 92q0 -10 12 -10h44q14 0 14 16v6h-22v18h-26v-16h-8l-10 18h-8z", tones.lid)
    body = path(
        "M146 122h28q6 18 20 26q10 6 10 20v80q0 14 -14 14h-60q-14 0 -14 -14v-80q0 -14 10 -20q14 -8 20 -26z",
        tones.body,
    )
    return Vessel(
        drawn=body + shade((116, 156), (88, 106), 14) + trigger + _label(70, 72, 212, tones),
        at=(MIDDLE, 203),
        size=17,
    )


def canister(tones: Tones) -> Vessel:
    body = path(
        "M104 134q0 -16 16 -16h84q16 0 16 16v112q0 16 -16 16h-84q-16 0 -16 -16z", tones.body
    )
    grip = path("M182 130h24q6 0 6 6v34q0 6 -6 6t-6 -6v-20h-18z", tones.ground, opacity=".85")
    drawn = body + shade((104, 118), (116, 144), 16) + grip + _lid(42, 24, 120, tones.lid)
    return Vessel(drawn=drawn + _label(84, 78, 214, tones), at=(MIDDLE, 205), size=18)


def stick(tones: Tones) -> Vessel:
    drawn = _standing(58, 66, tones.body, 10) + _lid(54, 62, GROUND - 62, tones.lid, 12)
    return Vessel(drawn=drawn, at=(MIDDLE, 230), size=15)


def bar(tones: Tones) -> Vessel:
    block = path(
        "M86 196q0 -18 18 -18h112q18 0 18 18v48q0 18 -18 18h-112q-18 0 -18 -18z", tones.body
    )
    band = box((124, 178), (72, 84), tones.label, 0)
    return Vessel(drawn=block + shade((86, 178), (148, 84), 18) + band, at=(MIDDLE, 220), size=23)


def comb(tones: Tones) -> Vessel:
    teeth = "".join(line(f"M{92 + 10 * nth} 206V256", tones.body, 6) for nth in range(14))
    back = path("M78 212q0 -54 82 -54t82 54q0 6 -6 6h-152q-6 0 -6 -6z", tones.body)
    return Vessel(drawn=teeth + back, at=(MIDDLE, 189), size=14)


def candle(tones: Tones) -> Vessel:
    flame = path("M160 112q16 22 0 36q-16 -14 0 -36z", "#f2b04a") + oval(
        (MIDDLE, 140), (4, 7), "#fff3d0"
    )
    wick = line("M160 148v14", "#5b4a3a", 3)
    wax = box((108, 160), (104, 98), "#f6e7c3", 8)
    glass = box((104, 152), (112, 110), tones.body, 14).replace("/>", ' opacity=".55"/>')
    drawn = flame + wick + wax + glass + shade((104, 152), (112, 110), 14)
    return Vessel(drawn=drawn + _label(82, 66, 214, tones), at=(MIDDLE, 207), size=15)


def gift(tones: Tones) -> Vessel:
    body = box((86, 150), (148, 112), tones.body, 6) + shade((86, 150), (148, 112), 6)
    lid = box((80, 130), (160, 30), tones.lid, 5)
    ribbon = box((151, 130), (18, 132), tones.label, 0)
    bow = path("M160 132q-40 -44 -48 -18q-4 18 48 18q40 -44 48 -18q4 18 -48 18z", tones.label)
    return Vessel(drawn=body + lid + ribbon + bow, at=(118, 212), size=19)


VESSELS: Mapping[str, Draw] = {
    "bar": bar,
    "bottle": bottle,
    "box": carton,
    "candle": candle,
    "canister": canister,
    "comb": comb,
    "cream": cream,
    "dropper": dropper,
    "flask": flask,
    "gift": gift,
    "jar": jar,
    "pouch": pouch,
    "pump": pump,
    "spray": spray,
    "stick": stick,
    "tin": tin,
}
