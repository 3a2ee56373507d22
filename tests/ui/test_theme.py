"""Colours are told apart by whoever reads them: contrasts of the theme, by the formula of WCAG 2.1."""

import re
import tomllib
from itertools import product

import altair as alt
import pandas as pd
import pytest
import vl_convert

from monitor.campaign import PROJECT
from monitor.ui import theme, tilemap, wall_style

THEME = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
LOOKS = ("light", "dark")
WHITE = (255.0, 255.0, 255.0)
TEXT, DRAWN = 4.5, 3.0  # the least of AA: for text of ordinary size (1.4.3), for what is not text (1.4.11)
FADED = 0.6
"""How much of the colour of text Streamlit keeps for captions, heads of tables and what stands in empty fields."""

Colour = tuple[float, ...]


def colour(code: str) -> Colour:
    return tuple(float(int(code[place : place + 2], 16)) for place in (1, 3, 5))


def over(front: Colour, back: Colour, share: float) -> Colour:
    """A colour that lets through what lies behind it."""
    return tuple(share * one + (1 - share) * other for one, other in zip(front, back, strict=True))


def luminance(of: Colour) -> float:
    linear = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in of]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def grounds(look: str) -> list[Colour]:
    """What text stands on: the page, its fields, the menu and its fields."""
    page = THEME[look]
    return [
        colour(part[name])
        for part in (page, page["sidebar"])
        for name in ("backgroundColor", "secondaryBackgroundColor")
    ]


def test_the_formula_gives_what_the_standard_says() -> None:
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1
    assert contrast(colour("#777777"), WHITE) == pytest.approx(4.48, abs=0.005)  # the well-known grey that just fails


@pytest.mark.parametrize(("look", "share"), list(product(LOOKS, (1.0, FADED))))
def test_text_is_read_on_every_ground(look: str, share: float) -> None:
    text = colour(THEME[look]["textColor"])
    assert min(contrast(over(text, ground, share), ground) for ground in grounds(look)) >= TEXT


@pytest.mark.parametrize("look", LOOKS)
def test_links_and_buttons_are_read(look: str) -> None:
    page = THEME[look]
    assert contrast(WHITE, colour(page["primaryColor"])) >= TEXT, "the word on a primary button"
    for ground in grounds(look)[:2]:
        assert contrast(colour(page["linkColor"]), ground) >= TEXT
        assert contrast(colour(page["primaryColor"]), ground) >= DRAWN, "the frame of what is chosen"


@pytest.mark.parametrize("status", list(theme.STATUSES.values()), ids=lambda status: status.key)
def test_a_status_is_read_on_its_tile_and_seen_on_the_page(status: theme.Status) -> None:
    assert contrast(WHITE, colour(status.color)) >= TEXT
    assert contrast(colour(status.color), WHITE) >= DRAWN


def test_what_stands_on_a_tile_is_white_and_not_fainter() -> None:
    rules = re.findall(r"[^{}]*\.tiles[^{}]*\{[^}]*\}", tilemap.STYLE + wall_style.STYLE)
    assert any("small" in rule for rule in rules)
    assert [rule for rule in rules if "opacity" in rule] == []


@pytest.mark.parametrize("look", LOOKS)
def test_rates_are_read_on_tiles_of_any_depth(look: str) -> None:
    text, page = colour(THEME[look]["textColor"]), colour(THEME[look]["backgroundColor"])
    for percent in range(0, 71, 5):
        assert contrast(text, over(colour(theme.ACCENT), page, percent / 100)) >= TEXT


@pytest.mark.parametrize(("look", "name"), list(product(LOOKS, ("ACCENT", "TEAL", "AMBER", "QUIET", "DEADLINE"))))
def test_lines_of_charts_are_seen(look: str, name: str) -> None:
    assert contrast(colour(getattr(theme, name)), colour(THEME[look]["backgroundColor"])) >= DRAWN


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_written_in_charts_is_read(look: str) -> None:
    assert contrast(colour(theme.INKS[look]), colour(THEME[look]["backgroundColor"])) >= TEXT


def test_texts_of_charts_have_the_ink_and_what_a_chart_says_of_itself_stays() -> None:
    spec = {"mark": "bar", "config": {"axis": {"labelAngle": 0}, "legend": {"titleColor": "#123456"}}}
    written = theme.written(spec, "#abcdef")
    assert written["config"]["axis"] == {"labelColor": "#abcdef", "titleColor": "#abcdef", "labelAngle": 0}
    assert written["config"]["legend"] == {"labelColor": "#abcdef", "titleColor": "#123456"}
    assert written["config"]["style"] == {theme.SAID: {"color": "#abcdef"}}
    assert spec["config"] == {"axis": {"labelAngle": 0}, "legend": {"titleColor": "#123456"}}, "it is kept for others"


def test_no_text_of_a_chart_has_the_quiet_colour_of_lines() -> None:
    for path in sorted((PROJECT / "monitor" / "ui").glob("*.py")):
        assert not re.search(r"mark_text\([^()]*QUIET", path.read_text(encoding="utf-8")), path.name


def test_the_frame_around_what_has_the_focus_is_seen_in_both_looks() -> None:
    style = (PROJECT / "monitor" / "ui" / "assets" / "page.css").read_text(encoding="utf-8")
    found = re.search(r":focus-visible \{\s*outline: 3px solid (#[0-9a-f]{6})", style)
    assert found
    assert min(contrast(colour(found[1]), ground) for look in LOOKS for ground in grounds(look)) >= DRAWN


def test_an_axis_writes_its_minus_as_all_numbers_are_written() -> None:
    x = alt.X("people:Q", axis=alt.Axis(format=",d"))
    chart = theme.finish(alt.Chart(pd.DataFrame({"people": [-4000, 4000]})).mark_point().encode(x=x))
    drawn = vl_convert.vegalite_to_svg(theme.written(chart.to_dict(), "#000000"))
    assert ">-4,000<" in drawn and ">4,000<" in drawn and "−" not in drawn
