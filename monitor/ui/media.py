"""Media types of the files that pages offer."""

from typing import Final

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
