"""Languages: English message ids in the code, one Chinese catalog a package, Chinese by default.

The catalogs are locale/<language>/LC_MESSAGES/<domain>.po. They are compiled when first needed, and again when a .po
file is newer than what was compiled from it, so that nothing binary is kept in git and nothing has to be built by hand.
"""

import contextlib
import gettext
import io
import os
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from monitor.atomic import write_bytes

LOCALE = Path(__file__).resolve().parent.parent / "locale"
DEFAULT = "zh_CN"
LANGUAGES = {"zh_CN": "中文", "en": "English"}

_at_start = os.environ.get("MONITOR_LANGUAGE", DEFAULT)
_language: ContextVar[str | None] = ContextVar("language", default=None)


def use(language: str) -> None:
    """Speak `language` (a key of LANGUAGES) from here on in this thread or task; an unknown one means the default."""
    _language.set(language if language in LANGUAGES else DEFAULT)


@contextlib.contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak `language` within the block: what is written for the office is Chinese, whatever the screen speaks."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The language in use, a key of LANGUAGES."""
    return _language.get() or _at_start


def _(message: str) -> str:
    """`message` in the language in use; the message itself where the catalogs do not know it."""
    return _catalog(language()).gettext(message)


def marked(message: str) -> str:
    """The message itself, marked for translation where it is shown (imported as _marked)."""
    return message


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    merged: gettext.NullTranslations = gettext.NullTranslations()
    for po in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        catalog = gettext.GNUTranslations(io.BytesIO(_compiled(po)))
        catalog.add_fallback(merged)
        merged = catalog
    return merged


def _compiled(po: Path) -> bytes:
    mo = po.with_suffix(".mo")
    with contextlib.suppress(OSError):  # not there, or written by somebody who keeps it to himself
        if mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            return mo.read_bytes()
    # Babel is imported only here: a start that finds its catalogs compiled does not pay for it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with po.open("rb") as source:
        write_mo(compiled, read_po(source))
    # An installation that may not write beside its code compiles at every start.
    with contextlib.suppress(OSError):
        write_bytes(mo, compiled.getvalue())
    return compiled.getvalue()
