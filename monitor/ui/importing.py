"""An import as the page 数据导入 goes through it: files received, checked, loaded. Nothing here draws anything."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.errors import worth_a_workbook, write_workbook
from monitor.intake.load import FileResult, Plan, changes, import_files, register_after
from monitor.intake.preview import by_place
from monitor.store import Store, meta
from monitor.store.loads import LoadRefused
from monitor.store.register import load_register
from monitor.ui.jobs import Job, Tell

CHECKING: Final = "checking"
CHECKED: Final = "checked"
LOADING: Final = "loading"
LOADED: Final = "loaded"


class Upload(Protocol):
    """A file as the uploader gives it."""

    @property
    def name(self) -> str: ...
    def getvalue(self) -> bytes: ...


@dataclass(frozen=True)
class Checked:
    """What one file, or one teacher export of several files, would do.

    places: intake.preview.by_place; workbook: the marked workbook, where there is anything to mark.
    """

    results: list[FileResult]
    places: pl.DataFrame
    loadable: bool
    workbook: Path | None

    @property
    def name(self) -> str:
        """The names of its files."""
        return "、".join(result.file for result in self.results)

    @property
    def refused(self) -> int:
        """How many refusals there are."""
        return sum(result.refusals for result in self.results)

    def rows(self, change: str) -> int:
        """Rows with this change: new, corrected, unchanged; those of refused rows are not among them."""
        return int(self.places[change].sum()) if self.loadable else 0

    @property
    def writes(self) -> int:
        """Rows that a load would write."""
        return self.rows("new") + self.rows("corrected")


@dataclass(frozen=True)
class Outcome:
    """Result of a check: all files, and the data version that they were checked against."""

    files: list[Checked]
    version: int


_PREFIX: Final = "monitor-upload-"


def _folder() -> Path:
    """A folder that only this account of the machine can look into; its name says which process it belongs to."""
    sweep()
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


def sweep(*, own: bool = False) -> None:
    """Take away the folders of processes that ended before they could; with `own` those of this process, which ends."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        if process.isdecimal() and (int(process) == os.getpid() if own else not _alive(int(process))):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class Import:
    """Files of one upload on their way into the store. Each step is taken once, however often it is asked for.

    The files lie in a folder of their own, which goes with the import. `round` counts how often they were checked again
    because the data had moved.
    """

    def __init__(
        self, store: Store, campaign: Campaign, uploads: Sequence[Upload], by: str, kind: str | None, day: date | None
    ) -> None:
        self.store, self.campaign, self.by, self.kind, self.day = store, campaign, by, kind, day
        self._folder = _folder()
        self._gone = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.paths = [self._kept(number, upload) for number, upload in enumerate(uploads)]
        self.round = 0
        self.loading: Job[list[FileResult]] | None = None
        self.checking = self._check()

    def _kept(self, number: int, upload: Upload) -> Path:
        """The file under its own name, whatever the names of the others are."""
        folder = self._folder / str(number)
        folder.mkdir()
        path = folder / (Path(upload.name.replace("\\", "/")).name or "upload")
        path.write_bytes(upload.getvalue())
        return path

    @property
    def stage(self) -> str:
        """How far it is."""
        if self.loading is not None:
            return LOADING if self.loading.running else LOADED
        return CHECKING if self.checking.running else CHECKED

    @property
    def job(self) -> "Job[Outcome] | Job[list[FileResult]]":
        """The work that goes on, or went on last."""
        return self.loading or self.checking

    def _check(self) -> Job[Outcome]:
        # The work holds the import itself: its folder stays until it has ended, wherever the page has gone.
        return Job(self._look, (LoadRefused,))

    def recheck(self) -> None:
        """Check again: the data have moved since."""
        if self.stage == CHECKED:
            self.round += 1
            self.checking = self._check()

    def load(self, accept_valid: bool) -> None:
        """Load; with `accept_valid` the good rows of files with refused ones, too. Only once."""
        if self.stage != CHECKED:
            return
        if self.version() != (self.checking.result.version if self.checking.result else None):
            self.recheck()
            return
        self.loading = Job(lambda tell: self._load(tell, accept_valid), (LoadRefused,))

    def version(self) -> int:
        """The data version of the store."""
        with self.store.connect() as connection:
            return meta.data_version(connection)

    def close(self) -> None:
        """Take the files away."""
        self._gone()

    # ---- the work, in a thread -------------------------------------------------------------------------------

    def _look(self, tell: Tell) -> Outcome:
        tell(_("Reading and checking {count} files").format(count=len(self.paths)))
        with self.store.connect() as connection:
            version, register = meta.data_version(connection), load_register(connection)
        found: list[Checked] = []
        would_be = register

        places: list[pl.DataFrame] = []

        def look(planned: Plan, within: Store) -> None:
            nonlocal would_be
            before = would_be
            if planned.tables.units is not None and not planned.file_refused:
                would_be = register_after(within, self.campaign, planned) or would_be
            places.append(by_place(planned, changes(within, planned), before, would_be))

        def keep(planned: Plan, results: list[FileResult]) -> None:
            marked = self._marked(planned, results, len(found))
            found.append(Checked(results, places[-1], planned.loadable, marked))
            tell(_("{file}: checked").format(file=found[-1].name))

        import_files(
            self.store, self.campaign, self.paths, self.by, kind=self.kind, date=self.day, dry_run=True, on_plan=keep,
            on_check=look,
        )  # fmt: skip
        return Outcome(found, version)

    def _marked(self, planned: Plan, results: list[FileResult], number: int) -> Path | None:
        """The marked workbook, written while the file is at hand."""
        # A file that cannot be read at all is told in a sentence; there is nothing to mark in it.
        if planned.file_refused or not worth_a_workbook(results):
            return None
        path = self._folder / f"marked-{number}.xlsx"
        write_workbook(path, planned, results)
        return path

    def _load(self, tell: Tell, accept_valid: bool) -> list[FileResult]:
        tell(_("Reading {count} files").format(count=len(self.paths)))

        def done(planned: Plan, results: list[FileResult]) -> None:
            for result in results:
                tell(_("{file}: {loaded} rows loaded").format(file=result.file, loaded=f"{result.loaded:,}"))

        results = import_files(
            self.store,
            self.campaign,
            self.paths,
            self.by,
            tell,
            kind=self.kind,
            date=self.day,
            accept_valid=accept_valid,
            on_plan=done,
        )
        for path in self.paths:
            path.unlink(missing_ok=True)
        return results
