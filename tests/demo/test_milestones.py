"""Milestones of the demonstration: late, missing, and the same every time."""

from datetime import date

from monitor.campaign import Campaign
from monitor.demo.milestones import milestone_story
from monitor.demo.scenario import load_world
from monitor.filings.milestones import ELSEWHERE


def test_who_is_late_and_who_is_missing(campaign: Campaign) -> None:
    counties = [county.code for county in load_world(campaign).counties]
    story = milestone_story(campaign, dict.fromkeys(counties, 50))
    assert story == milestone_story(campaign, dict.fromkeys(counties, 50))
    assert not {told.stage for told in story} & set(ELSEWHERE)
    by = {(told.stage, told.code): told for told in story}
    assert len(by) == len(story) == 1 + 10 + 10 + len(counties) - 2
    assert ("work_plan", "330800") not in by and ("local_training", "331123") not in by
    due = date(2016, 10, 31)
    late = {key for key, told in by.items() if told.said.done_on > due}
    assert late == {
        ("work_plan", "330300"), ("local_training", "330300"), ("local_training", "330381"), ("local_training", "331100"),
        ("local_training", "331127"),
    }  # fmt: skip
    assert by["local_training", "330381"].said.schools == 36
    assert all("演示" in told.said.note for told in story)
