"""How Sphinx builds the documentation: Markdown by MyST, dressed by Furo, no network."""

import re
from pathlib import Path
from typing import Any

import upline

project = "Upline"
author = "The Upline contributors"
copyright = "The Upline contributors"
version = release = upline.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Upline"
html_show_sphinx = False
html_copy_source = False

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"


def name_newest(_: Any, __: str, source: list[str]) -> None:
    """Put the newest results in the place of NEWEST, or say that none are kept."""
    newest = max((path.name for path in RESULTS.glob("*.json")), default="")
    if newest:
        source[0] = source[0].replace("results/NEWEST", f"results/{newest}")
    else:
        block = r"```\{literalinclude\} \S+/NEWEST\n.*?```"
        source[0] = re.sub(block, "No figures are kept yet.", source[0], flags=re.DOTALL)


def setup(app: Any) -> None:
    """Connect what Sphinx calls."""
    app.connect("source-read", name_newest)
