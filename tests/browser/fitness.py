"""Whether a page can be used by everybody: what axe finds, and what does not fit."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # What passes is not described, node for node: that takes longer than finding what does not.
    "resultTypes": ["violations"],
}
OVERFLOW = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > wide + 1)
        .slice(-5).map(one => one.outerHTML.slice(0, 160));
}"""


def unfit(page: object, size: dict[str, int]) -> list[str]:
    """List what keeps people out of a page, and what is wider than its screen."""
    wide = f"{size['width']} px"
    found = Axe().run(page, options=RULES).response["violations"]
    barriers = [
        f"{wide}: {one['id']}: {one['help']}: "
        + "; ".join(f"{node['target'][0]} {node['html'][:160]}" for node in one["nodes"][:4])
        for one in found
    ]
    return barriers + [f"{wide}: wider than the screen: {part}" for part in page.evaluate(OVERFLOW)]
