"""Reports of the demonstration that are written out: invented, marked, the same every time."""

from collections import Counter

from monitor.demo import filing_story
from monitor.demo.reports import written_reports
from monitor.filings.fields import FIELDS, fields_of, read, same_person

from .conftest import Demo


def test_the_same_every_time(demo: Demo) -> None:
    assert written_reports(demo.campaign) == written_reports(demo.campaign)


def test_every_state_is_there(demo: Demo) -> None:
    states = Counter((one.month, one.steps[-1][0] if one.steps else "draft") for one in written_reports(demo.campaign))
    assert {key for key in states if key[0] == "2016-10"} == {
        ("2016-10", "accepted"), ("2016-10", "returned"), ("2016-10", "submitted")
    }  # fmt: skip
    assert {key for key in states if key[0] == "2016-11"} == {("2016-11", "submitted"), ("2016-11", "draft")}
    ways = [tuple(state for state, *_rest in one.steps) for one in written_reports(demo.campaign)]
    assert ("submitted", "returned", "submitted", "accepted") in ways


def test_first_submissions_are_those_of_the_story(demo: Demo) -> None:
    story = {(code, month): filed for code, month, filed in filing_story(demo.campaign)}
    for one in written_reports(demo.campaign):
        moments = [moment for _state, moment, _who, _reason in one.steps]
        assert (moments[0] if moments else None) == story[one.code, one.month]
        assert moments == sorted(moments) and all(one.saved_at < moment for moment in moments)


def test_what_is_written_could_have_been_typed(demo: Demo) -> None:
    for one in written_reports(demo.campaign):
        for key, value in one.fields.items():
            assert read(FIELDS[key], str(value)) == value
        if one.steps:
            sector = "schools" if one.code.endswith("00") and len(one.code) == 6 else "universities"
            assert all(one.fields.get(field.key) for field in fields_of(sector) if field.required)
            assert not same_person(one.fields["filler"], one.fields["reviewer"])
            assert all("演示" in one.fields[key] for key in ("filler", "reviewer", "head"))
        assert all("演示" in who and (reason is None or "演示" in reason) for _state, _at, who, reason in one.steps)
