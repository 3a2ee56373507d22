"""Rosters of the demonstration: invented people, the same every time, in every state."""

import re
from datetime import UTC, datetime

from monitor import rosters as words
from monitor.campaign import Campaign
from monitor.demo.rosters import roster_story
from monitor.personal import holds_resident_id
from monitor.rosters import CELLS, DUTIES


def test_people_are_plainly_invented_and_cannot_be_called(campaign: Campaign) -> None:
    story = roster_story(campaign)
    people = [member for one in story for member in one.people]
    assert len(people) > 600
    for member in people:
        assert member.person.startswith("演示")
        assert re.fullmatch(r"0571-0000\d{4}", member.phone) and member.mobile == ""
        assert member.email.endswith("@example.cn") and member.duty in DUTIES
        assert not any(holds_resident_id(getattr(member, key)) for key in CELLS)
    assert words.lines_wrong(people) == []


def test_the_same_every_time(campaign: Campaign) -> None:
    assert roster_story(campaign) == roster_story(campaign)


def test_every_state_is_there(campaign: Campaign) -> None:
    story = {one.code: one for one in roster_story(campaign)}
    due = campaign.end_of(campaign.stage("roster").due)  # type: ignore[arg-type]
    assert len(story) == 118 - 3
    late = {code for code, one in story.items() if one.electronic_at and one.electronic_at >= due}
    assert late == {"330800", "4133010876", "4133012036"}
    assert {code for code, one in story.items() if one.paper_on is None} == {
        "330800", "4133012646", "4133014090", "4133013637",
    }  # fmt: skip
    lacking = {
        code for code, one in story.items()
        if any(problem.code == "roster_department_missing" for problem in words.wrong(one.people, campaign.roster))
    }  # fmt: skip
    assert lacking == {"331100", "4133013003", "4133013637"}
    whole = [one for one in story.values() if one.code != "4133013637"]
    assert all(problem.grade == "explain" for one in whole for problem in words.wrong(one.people, campaign.roster))
    assert [one.code for one in story.values() if one.reason] == ["331100"]
    assert max(one.electronic_at for one in whole if one.electronic_at) < datetime(2016, 11, 1, tzinfo=UTC)
