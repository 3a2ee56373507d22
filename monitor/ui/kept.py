"""What answers are kept under: the data version, who asks, the day, the language. And when they are let go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import streamlit as st

from monitor.progress import View
from monitor.store import Scope, meta
from monitor.ui import runtime

MOST: Final = 512
"""Answers of one kind that are kept."""

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Key:
    """What an answer depends on besides the question: the data, who asks, the day, the language of the sentences."""

    store: str
    version: int
    scope: Scope
    as_of: date
    language: str


def hashed(scope: Scope) -> tuple[Any, ...]:
    """A scope as caches tell it apart."""
    return scope.everything, tuple(sorted(scope.roots)), tuple(sorted(scope.sectors)), scope.contacts


def key_hash(key: Key) -> tuple[Any, ...]:
    """What a cache tells keys apart by."""
    return key.store, key.version, hashed(key.scope), key.as_of.isoformat(), key.language


def cached(
    function: Callable[Concatenate[Key, Arguments], Answer],
) -> Callable[Concatenate[Key, Arguments], Answer]:
    """Keep what a question gives, for each key."""
    return st.cache_data(max_entries=MOST, show_spinner=False, hash_funcs={Key: key_hash})(function)


@contextmanager
def view_of(key: Key) -> Iterator[View]:
    """What a question of this key is asked of."""
    store = runtime.store()
    with store.connect() as connection:
        yield View.at(connection, store.campaign, key.scope, key.as_of)


def version() -> tuple[str, int]:
    """Which store, and which state of its data."""
    store = runtime.store()
    with store.connect() as connection:
        found = str(store.engine.url), meta.data_version(connection)
    _forget(found)
    return found


def _forget(now: tuple[str, int]) -> None:
    """Drop what was kept of an earlier state of the data: nobody will ask for it again, and it would take the place of
    what is asked for."""
    with _seeing:
        before = _seen.get(now[0], now[1])
        _seen[now[0]] = max(before, now[1])
    if before < now[1]:
        st.cache_data.clear()
        st.cache_resource.clear()


_seeing: Final = Lock()
_seen: dict[str, int] = {}
