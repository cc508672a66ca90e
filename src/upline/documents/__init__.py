"""Papers as PDF; see README.md."""

from upline.documents.rendering import DocumentsMissing, render

__all__ = ["DocumentsMissing", "render"]
