"""Facts and a template of ours to a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files


class DocumentsMissing(Exception):
    """The package that sets papers is not installed."""

    text = (
        "PDF needs the package typst. Install Upline with its extra 'platform':"
        " pip install 'upline[platform]'."
    )

    def __init__(self) -> None:
        super().__init__(self.text)


def render(template: str, facts: Mapping[str, object], *, made_at: datetime) -> bytes:
    """Set a template with facts and give the PDF; equal facts and moments give equal bytes.

    Facts are read as data, never as markup. Raises DocumentsMissing without the package typst.
    """
    try:
        import typst  # noqa: PLC0415 - only where a paper is set
    except ModuleNotFoundError as error:
        raise DocumentsMissing from error
    source = files("upline.documents").joinpath("templates", f"{template}.typ").read_bytes()
    compiler = typst.Compiler(
        source,
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
    )
    paper = compiler.compile(format="pdf", timestamp=made_at.replace(microsecond=0))
    assert isinstance(paper, bytes)
    return paper
