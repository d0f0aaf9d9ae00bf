"""How Sphinx builds these pages; ``script/docs`` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from datacats.version import VERSION  # noqa: E402 - what is documented is what lies beside these pages

project = "datacats"
author = "the datacats developers"
copyright = "the datacats developers; GNU AGPL, version 3 or later"
release = VERSION

extensions = ["myst_parser", "sphinx_copybutton", "docs._ext.generated"]
exclude_patterns = ["README.md", "_*"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"datacats {VERSION}"
html_static_path = ["_static"]
html_css_files = ["datacats.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
pygments_style = "default"

# The button copies what is typed, not what is printed.
copybutton_prompt_text = r"\$ |> "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"
