"""The ASGI application: Streamlit, the routes beside it, and what stands before both."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from monitor import logs
from monitor.access import directory
from monitor.campaign import load_campaign
from monitor.i18n import _
from monitor.store.trouble import explained
from monitor.ui import faults, importing, outage, runtime, upkeep
from monitor.ui.middleware import Shell
from monitor.ui.routes import ROUTES

_log = logging.getLogger(__name__)


SCRIPT: Final = Path(__file__).with_name("main.py")
"""The script of the program. It stands in this folder, not beside app.py: on a cold process Streamlit would serve every
file of a pages/ folder that stands beside its script, without running the script, past the sign-in."""


def parts() -> dict[str, Any]:
    """What the application is made of besides its script. It is put together in app.py, in so many words: `streamlit run`
    reads there whether it is to start an application or a script."""
    settings = load_campaign()
    logs.discreet()
    logs.begin(settings.logging, settings.base, served=True)
    secrets = directory.secrets(settings)
    if settings.directory.on and secrets is None:
        _log.error("sign-in through the directory is off: %s is not set", directory.SECRET_VARIABLE)
    return {
        "routes": ROUTES,
        "middleware": [Middleware(Shell)],
        "lifespan": _lifespan,
        "secrets": secrets,
        "on_script_error": show_error,
    }


@asynccontextmanager
async def _lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    await run_in_threadpool(runtime.prepare)
    await run_in_threadpool(importing.sweep)
    await run_in_threadpool(upkeep.load)
    try:
        with upkeep.collecting():
            yield {}
    finally:
        await run_in_threadpool(importing.sweep, own=True)
        await run_in_threadpool(runtime.close)


def show_error(error: Exception) -> bool:
    """Tell the person that something went wrong, and the log what: the number leads from one to the other."""
    number = faults.number_of(error)
    trouble = explained(error)
    if trouble is not None:
        outage.show(faults.numbered(trouble, number))
    else:
        words = _("Something went wrong here. Please try again, or tell the administrator the number {number}.")
        st.error(words.format(number=number), icon=":material/error:")
    return True
