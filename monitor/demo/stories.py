"""The stories: what is laid over the simulated figures so that a viewer finds something to see."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from monitor.demo.scenario import Scenario
from monitor.demo.simulate import Counts, Simulation

WORKED_OFF = (1.0, 1.0, 0.85, 0.85, 0.85, 0.7, 0.55, 0.4, 0.25)
"""What is left of approvals taken back, by days since."""


@dataclass(frozen=True)
class Story:
    """What the tables say: `first` as they came, `truth` as it stands after all corrections."""

    first: Simulation
    truth: Simulation
    corrected: NDArray[np.int64]  # schools of the correction


def told(scenario: Scenario, simulation: Simulation) -> Story:
    """All stories of the scenario laid over the figures."""
    truth = _undercounted(scenario, simulation)
    truth = _taken_back(scenario, truth)
    truth = _merged(scenario, truth)
    truth = _left_out(scenario, truth)
    truth = _reported_apart(scenario, truth)
    return _corrected(scenario, truth)


def _in(schools: pl.DataFrame, county: str) -> NDArray[np.bool_]:
    return (schools["parent"] == county).to_numpy()


def _undercounted(scenario: Scenario, simulation: Simulation) -> Simulation:
    rule, schools = scenario.undercount, simulation.schools
    chosen = _in(schools, rule.county) & (schools["school_type"] == rule.school_type).to_numpy()
    fewer = np.maximum(1, np.rint(simulation.expected * rule.share)).astype(np.int64)
    return replace(simulation, expected=np.where(chosen[:, None], fewer, simulation.expected))


def _taken_back(scenario: Scenario, simulation: Simulation) -> Simulation:
    """Approvals go back to returned on one day and are worked off until the end."""
    rule, at = scenario.taken_back, scenario.index(scenario.taken_back.day)
    approved, days = simulation.counts["approved"], len(scenario.days)
    chosen = _largest(_in(simulation.schools, rule.county), approved[:, at - 1], rule.schools)
    left = np.zeros(days)
    left[at:] = (*WORKED_OFF, *[WORKED_OFF[-1]] * days)[: days - at]
    taken = np.floor(approved[chosen, at - 1 : at] * rule.share)
    changed, numbered = approved.copy(), simulation.counts["numbered"].copy()
    changed[chosen] -= np.floor(taken * left).astype(np.int64)
    # A number once given stays: it was given to none of those that are taken back later.
    kept = np.minimum.accumulate(changed[chosen, ::-1], axis=1)[:, ::-1]
    numbered[chosen] = np.minimum(numbered[chosen], kept)
    return simulation.with_counts(approved=changed, numbered=numbered)


def _merged(scenario: Scenario, simulation: Simulation) -> Simulation:
    """Tables hold a school from its opening to its closing; a successor reports for those merged into it."""
    schools, days = simulation.schools, np.array(scenario.days, dtype="datetime64[D]")
    opened = schools["opened"].fill_null(scenario.first_day).to_numpy()[:, None] <= days
    closed = schools["closed"].to_numpy()[:, None] <= days  # never true where there is no day
    place = {code: n for n, code in enumerate(schools["code"].to_list())}
    arrays = {
        "expected": simulation.expected.copy(),
        **{name: array.copy() for name, array in simulation.counts.items()},
    }
    for before, successor in enumerate(schools["successor"].to_list()):
        if successor is not None:
            for array in arrays.values():
                array[place[successor]] += np.where(closed[before], array[before], 0)
    expected = arrays.pop("expected")
    return replace(simulation, expected=expected, counts=arrays, present=simulation.present & opened & ~closed)


def _left_out(scenario: Scenario, simulation: Simulation) -> Simulation:
    rule, random = scenario.left_out, scenario.random("left out")
    gone = random.uniform(0, 1, simulation.present.shape) < rule.share_elsewhere
    gone[:, 0] = False
    changing = simulation.schools["opened"].is_not_null() | simulation.schools["closed"].is_not_null()
    gone[changing.to_numpy()] = False
    gone[_in(simulation.schools, rule.county), scenario.index(rule.since) :] = True
    return replace(simulation, present=simulation.present & ~gone)


def _reported_apart(scenario: Scenario, simulation: Simulation) -> Simulation:
    rule = scenario.supplement
    apart = simulation.apart.copy()
    apart[_in(simulation.schools, rule.county), scenario.index(rule.day)] = True
    return replace(simulation, apart=apart & simulation.present, present=simulation.present & ~apart)


def _corrected(scenario: Scenario, truth: Simulation) -> Story:
    """First told: all records that wait at the final level are approved."""
    rule, at = scenario.correction, scenario.index(scenario.correction.day)
    waiting = truth.counts["passed_first"] - truth.counts["reviewed_final"]
    chosen = _largest(_in(truth.schools, rule.county) & truth.present[:, at], waiting[:, at], rule.schools)
    approved, reviewed = truth.counts["approved"].copy(), truth.counts["reviewed_final"].copy()
    approved[chosen, at] += waiting[chosen, at]
    reviewed[chosen, at] += waiting[chosen, at]
    return Story(truth.with_counts(approved=approved, reviewed_final=reviewed), truth, chosen)


def _largest(among: NDArray[np.bool_], by: Counts, count: int) -> NDArray[np.int64]:
    """The `count` schools among those marked with the largest figures; of equal ones the first."""
    candidates = np.flatnonzero(among)
    return np.sort(candidates[np.argsort(-by[candidates], kind="stable")[:count]])
