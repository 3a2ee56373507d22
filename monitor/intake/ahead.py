"""Reading ahead: the next part of a file is read in another thread while one is worked on."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def ahead(parts: Iterator[T]) -> Generator[T, None, None]:
    """The parts (none of them None) in their order, with what reading them raises. One is held in advance, no more, so that
    memory stays bounded. Unpacking and parsing let other threads run meanwhile, so that two cores are of use to one file."""
    here = copy_context()  # what is refused over there is said in the language of whoever asked

    def following() -> T | None:
        return here.run(next, parts, None)

    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(following)
        while (part := coming.result()) is not None:
            coming = reader.submit(following)
            yield part
