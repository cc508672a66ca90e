"""A picture for each product: its vessel in the colours of its category, and what it is made of."""

from __future__ import annotations

from pathlib import Path

from upline.demo.drawing.marks import box, oval
from upline.demo.drawing.motifs import MOTIFS
from upline.demo.drawing.vessels import GROUND, VESSELS, Tones
from upline.demo.goods import Product, products

# Where the pictures lie, as static files of this app, until products have a store of pictures.
PICTURES = Path(__file__).parents[1] / "static"
SIDE = 320
_TONES = {
    "tea": ("#edf1e3", "#dce6c9", "#64875f", "#3f5c45", "#fbf9f0", "#8aa37b"),
    "pantry": ("#f8f0df", "#f1e0bb", "#d8a347", "#8a5a2b", "#fffaf0", "#c9a873"),
    "face": ("#faeeee", "#f3dadb", "#e4adb2", "#b06873", "#fffafa", "#d8a0a6"),
    "body": ("#efedf7", "#dcd7ed", "#a698c8", "#6a5c93", "#fbfaff", "#a89cc6"),
    "hair": ("#f5efe7", "#e8d9c6", "#b78d66", "#6f4f37", "#fffbf5", "#c4a283"),
    "home": ("#e6f2f3", "#cde4e6", "#70a9ad", "#3b6c75", "#f6fcfc", "#88b6ba"),
}


def picture(product: Product) -> str:
    """Draw a product as an SVG; the same product gives the same text."""
    tones = Tones(
        **dict(
            zip(
                ("ground", "light", "body", "lid", "label", "ink"),
                _TONES[product.category],
                strict=True,
            )
        )
    )
    vessel, motif = VESSELS[product.shape](tones), MOTIFS[product.motif]
    side = -1 if int(product.sku[-2:]) % 2 else 1
    parts = [
        box((0, 0), (SIDE, SIDE), tones.ground, 0),
        oval((160 + side * 26, 150), (118, 118), tones.light),
        box((0, GROUND), (SIDE, SIDE - GROUND), tones.light, 0),
        oval((160, GROUND + 3), (92, 9), "#000", opacity=".10"),
        vessel.drawn,
        motif(vessel.at, vessel.size),
        oval((160 + side * 104, GROUND + 4), (24, 4), "#000", opacity=".08"),
        motif((160 + side * 104, GROUND - 21), 24),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}"'
        f' width="{SIDE}" height="{SIDE}">{"".join(parts)}</svg>\n'
    )


def write_pictures() -> int:
    """Write the pictures of all products where the site finds them; give how many."""
    for product in products():
        file = PICTURES / product.picture
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(picture(product), encoding="utf-8")
    return len(products())
