"""The pictures of the guide and of the README, taken from the running demonstration.

make pictures                                      all of them: fills a demonstration of its own, serves it, signs in, looks
.venv/bin/python scripts/pictures.py home tiles    these alone
--store sqlite:///demo.db                          a filled demonstration instead: a copy of it, it stays as it is
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from monitor.access.demo import PASSWORD  # noqa: E402 - after the path of the project

GUIDE, README = PROJECT / "docs" / "guide" / "images", PROJECT / "docs" / "images"
WIDTH, HEIGHT = 1366, 768  # what an official's computer shows
MENU = 241  # of it, the menu
MOST = 150 * 1024  # bytes of a picture
COLOURS = (256, 128, 64, 32)  # as many as fit
PATIENCE = 120

Step = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """A picture: who looks at which address, what is done there first, and what of it is shown.

    Attributes:
        name: its file, without ending.
        account: an account of the demonstration.
        address: the page and what it is asked for.
        steps: what is done before the picture is taken.
        part: an element of the page, with a little around it; None: what is on the screen.
        height: pixels of the screen, from its top.
        menu: whether the menu is shown beside the page.
        folder: where it goes.
    """

    name: str
    account: str
    address: str
    steps: tuple[Step, ...] = ()
    part: str | None = None
    height: int = HEIGHT
    menu: bool = False
    folder: Path = GUIDE


def down_to(selector: str) -> Step:
    """Scroll until the element is at the top of what is seen."""
    return lambda page: page.locator(selector).first.evaluate(
        "element => element.scrollIntoView({block: 'start', behavior: 'instant'})"
    )


def press(name: str) -> Step:
    """Press a button by its name, and wait for what it does."""

    def pressed(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        settle(page)

    return pressed


def find(typed: str) -> Step:
    """Look for a unit."""

    def found(page: Page) -> None:
        page.get_by_label("查找单位").fill(typed)
        page.keyboard.press("Enter")
        page.locator(".st-key-account [data-testid=stPageLink] a").nth(1).wait_for()
        settle(page)

    return found


def hand_in(page: Page) -> None:
    """Hand in a small table of a school, and wait for its preview."""
    heads = "统计日期,学校代码,学校名称,应采集人数,已录入人数,已报送人数,已赋号人数"
    content = f"{heads}\n2016-11-25,3301020001,,30,30,29,20\n".encode("utf-8-sig")
    page.locator("input[type=file]").set_input_files(
        {"name": "采集进度表.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="放弃，重新选择").wait_for()
    settle(page)


PICTURES = (
    Picture("overview", "province-schools", "overview", menu=True, folder=README),
    Picture("home", "city", "", menu=True),
    Picture("tiles", "province-schools", "overview", part=".tiles"),
    Picture("list", "province-schools", "cities", (down_to(".st-key-state-kind, .st-key-state-q"),), height=560),
    Picture("wall", "observer", "wall", menu=True),
    Picture("search", "province-schools", "overview", (find("xihu"),), part="[data-testid=stSidebar]"),
    Picture("lagging", "province-schools", "lagging?kind=city"),
    Picture("funnel", "province-schools", "analysis"),
    Picture("whatif", "province-schools", "whatif?deadline=2016-12-23"),
    Picture("monthly", "city", "monthly?view=fill"),
    Picture("filings", "province-schools", "filings?period=2016-10"),
    Picture("roster", "province-schools", "roster", height=620),
    Picture("milestones", "province-schools", "milestones"),
    Picture("bulletin", "province-schools", "bulletin", (press("起草通报"),)),
    Picture("chase", "province-schools", "chase", (press("生成清单"), down_to("[data-testid=stDataFrame]"))),
    Picture("import", "admin", "intake", (hand_in,)),
    Picture("quality", "province-schools", "quality"),
)


# ---- the demonstration -------------------------------------------------------------------------------------------


@contextmanager
def served(store: str | None) -> Iterator[str]:
    """The address of a demonstration that is served as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="monitor-pictures-") as folder:
        file = Path(folder) / "store.db"
        if store:
            shutil.copy(store.removeprefix("sqlite:///"), file)
        environment = {**os.environ, "MONITOR_DATABASE_URL": f"sqlite:///{file}", "MONITOR_LANGUAGE": "zh_CN"}
        program = [sys.executable, "-m", "monitor"]
        filling = [*program, "init"] if store else [*program, "init", "--demo"]
        subprocess.run(filling, cwd=PROJECT, env=environment, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [*program, "serve", "--port", str(port)], cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def wait_for(address: str) -> None:
    """Wait until the program answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the program did not start")


# ---- looking -----------------------------------------------------------------------------------------------------


def settle(page: Page) -> None:
    """Wait until the page has run, and a moment for what it draws."""
    page.wait_for_timeout(300)
    page.wait_for_function(
        """() => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
        && document.querySelector('h1') && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')"""
    )
    page.wait_for_timeout(1200)


def sign_in(page: Page, address: str, account: str) -> None:
    """Through the form, as everybody."""
    page.goto(f"{address}/account")
    page.get_by_label("账号", exact=True).fill(account)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("密码", exact=True).press("Enter")
    page.locator(".st-key-sign-out").wait_for()


def take(page: Page, address: str, picture: Picture) -> bytes:
    """The picture as the browser gives it."""
    page.goto(f"{address}/{picture.address}")
    settle(page)
    for step in picture.steps:
        step(page)
    page.mouse.move(WIDTH - 2, HEIGHT - 2)
    page.wait_for_timeout(400)
    if picture.part is None:
        left = 0 if picture.menu else MENU
        return page.screenshot(clip={"x": left, "y": 0, "width": WIDTH - left, "height": picture.height})
    part = page.locator(picture.part).first
    part.scroll_into_view_if_needed()
    return part.screenshot()


def keep(picture: Picture, taken: bytes) -> None:
    """Write the picture with as many colours as fit into its bytes."""
    image = Image.open(BytesIO(taken)).convert("RGB")
    for colours in COLOURS:
        out = BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST:
            break
    else:
        raise SystemExit(f"{picture.name} does not fit into {MOST} bytes: show less of it")
    picture.folder.mkdir(parents=True, exist_ok=True)
    (picture.folder / f"{picture.name}.png").write_bytes(out.getvalue())
    print(f"{picture.name}: {image.width} × {image.height}, {out.tell() // 1024} KB, {colours} colours")


def look(browser: Browser, address: str, wanted: list[Picture]) -> None:
    """Take the pictures, account by account."""
    for account in dict.fromkeys(picture.account for picture in wanted):
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        sign_in(page, address, account)
        for picture in wanted:
            if picture.account == account:
                keep(picture, take(page, address, picture))
        context.close()


def main() -> None:
    """Take the pictures that the command line names; all without a name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="which pictures")
    parser.add_argument("--store", help="address of a filled SQLite demonstration, which is copied")
    asked = parser.parse_args()
    unknown = set(asked.names) - {picture.name for picture in PICTURES}
    if unknown:
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    wanted = [picture for picture in PICTURES if not asked.names or picture.name in asked.names]
    chromium = os.environ.get("MONITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with served(asked.store) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        look(browser, address, wanted)
        browser.close()


if __name__ == "__main__":
    main()
