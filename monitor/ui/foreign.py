"""Streamlit's own words: what its elements say in English and offer no setting for, in the language of the page.

The page brings a table of them along (middleware.py), and assets/page.js puts them in place. A word that is not here stays
English: docs/decisions.md says which do.
"""

from typing import Final

from monitor import i18n
from monitor.i18n import _
from monitor.i18n import marked as _marked

_ENGLISH: Final = "en"


WORDS: Final = (
    # the frame of every page
    _marked("Skip to main content"),
    _marked("Sidebar"),
    _marked("App pages"),
    _marked("Navigate to home page"),
    _marked("Collapse sidebar"),
    _marked("Expand sidebar"),
    _marked("Link to heading"),
    _marked("Logo"),
    _marked("Help for {name}"),
    _marked("Connecting"),
    _marked("Close"),
    _marked("Running..."),
    _marked("Stop"),
    # fields
    _marked("Press Enter to apply"),
    _marked("Press Enter to submit form"),
    _marked("Press Ctrl+Enter to apply"),
    _marked("Press Ctrl+Enter to submit form"),
    _marked("Press ⌘+Enter to apply"),
    _marked("Show password"),
    _marked("Hide password"),
    _marked("Invalid input."),
    _marked("Increment"),
    _marked("Decrement"),
    _marked("Clear value"),
    _marked("Clear entry"),
    _marked("Clear all"),
    _marked("Clear date"),
    _marked("Dismiss"),
    _marked("No results"),
    _marked("No options to select"),
    _marked("Choose an option"),
    _marked("Choose options"),
    _marked("Select all"),
    _marked("Select {count} matches"),
    _marked("Selected values"),
    _marked("{count} options available."),
    _marked("{count} option available."),
    _marked("Choose date"),
    _marked("Previous month"),
    _marked("Next month"),
    _marked("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    _marked("year, {name}"),
    _marked("month, {name}"),
    _marked("day, {name}"),
    _marked("Empty"),
    # handing files in
    _marked("Upload"),
    _marked("Add files"),
    _marked("file upload"),
    _marked("Drag and drop files here"),
    _marked("Drag and drop a file here"),
    _marked("{size} per file"),
    _marked("Remove {name}"),
    _marked("Error:"),
    _marked("{kind} files are not allowed."),
    _marked("File must be {size} or smaller."),
    # tables
    _marked("Show/hide columns"),
    _marked("Show/hide columns: {name}"),
    _marked("Download as CSV"),
    _marked("Download as CSV: {name}"),
    _marked("Search"),
    _marked("Search: {name}"),
    _marked("Type to search"),
    _marked("Previous Result"),
    _marked("Next Result"),
    _marked("Close Search"),
    _marked("{count} results"),
    _marked("{count} result"),
    _marked("Fullscreen"),
    _marked("Fullscreen: {name}"),
    _marked("Close fullscreen"),
    _marked("Close fullscreen: {name}"),
    _marked("Sort ascending"),
    _marked("Sort descending"),
    _marked("Autosize"),
    _marked("Pin column"),
    _marked("Unpin column"),
    _marked("Hide column"),
    _marked("Format"),
    _marked("Copy column name"),
    _marked("Dataframe column menu"),
    _marked("Automatic"),
    _marked("Localized"),
    _marked("Plain"),
    _marked("Compact"),
    _marked("Dollar"),
    _marked("Euro"),
    _marked("Yen"),
    _marked("Percent"),
    _marked("Scientific"),
    _marked("Accounting"),
    # charts and texts
    _marked("Show data"),
    _marked("Show data: {name}"),
    _marked("Show chart"),
    _marked("Show chart: {name}"),
    _marked("Download as PNG"),
    _marked("Download as PNG: {name}"),
    _marked("Copy Vega-Lite spec"),
    _marked("Copy Vega-Lite spec: {name}"),
    _marked("Copy to clipboard"),
    _marked("Copied"),
    _marked("Copied!"),
)
"""What they say; what stands between braces may be anything, and is kept."""

OTHERWISE: Final = {"Open": _marked("Open the list")}
"""Words that mean something else in the program: what is meant by them here."""


def table(language: str) -> dict[str, str]:
    """The words that are others in a language: what Streamlit says, what is said instead."""
    with i18n.spoken(language):
        said = {word: _(word) for word in WORDS} | {word: _(meant) for word, meant in OTHERWISE.items()}
    return {} if language == _ENGLISH else said
