"""The daily page: one HTML file, drawings inline, no script, nothing fetched."""

from midback_analysis.page.document import day_page

__all__ = ["day_page"]
