"""How Sphinx builds the documentation: Markdown by MyST, dressed by Furo, no network."""

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
