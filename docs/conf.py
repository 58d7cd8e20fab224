"""The documentation site: written pages, and pages made of contracts, codes and docstrings."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

os.environ["NUMBA_DISABLE_JIT"] = "1"  # kernels are documented as the functions they were written as

import pages  # noqa: E402 - after the settings that it needs
from sphinx.application import Sphinx  # noqa: E402

project = "Himaya"
author = "The Himaya authors"
copyright = "The Himaya authors, Apache-2.0"
release = pages.VERSION
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_use_type_comments = False
autodoc_class_signature = "mixed"
python_use_unqualified_type_names = True
napoleon_google_docstring = False
suppress_warnings = [
    "ref.python",  # a short name in an annotation may be a class of several folders
    "misc.highlighting_failure",  # sketches of an interface are not quite Python
]
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_attr_annotations = False

html_theme = "furo"
html_title = "Himaya"
html_static_path = ["_static"]
html_css_files = ["site.css"]


def setup(app: Sphinx) -> None:
    """Fill the pages that are made of the project itself as they are read; nothing is written beside them."""
    app.connect("source-read", pages.fill)
