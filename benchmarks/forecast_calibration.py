"""How well the forecast does on simulated campaigns, and (with --fit) where its coefficients come from.

    python benchmarks/forecast_calibration.py [--units 300] [--seed 7]
    python benchmarks/forecast_calibration.py --fit

Twenty-four families of campaigns (forecast_families.py) are simulated, half of the units of each in its pure form, half
blended with steady work and noise. Ten families the forecast was fitted to (with other seeds), four it was tried on while
it was made, ten were written afterwards and never looked at before: they alone say what a new campaign may expect.
Every forecast that the public function gives is held against what then happened, beside two simple rules: carrying
on at the mean of the last ten working days, and at that of the last five.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.forecast_families import FITTED, HELD_OUT, UNSEEN, Array, Clock, steady
from monitor.measures.forecast import LOOK_BACK, forecast, increments, reasons
from monitor.measures.history import reliability
from monitor.measures.outlook import COEFFICIENTS, mixture, traits
from monitor.measures.panel import Panel
from monitor.sections import Measures
from monitor.workdays import Calendar

CALENDAR, SETTINGS = Calendar(), Measures()
DEADLINE = date(2016, 12, 16)
STARTS = (date(2016, 9, 5), date(2016, 10, 17), date(2016, 11, 1))
LAST = date(2018, 12, 31)
OFTEN = (101, 102)  # seeds of the further campaigns of steady work that a fit sees
HORIZON = 522  # working days: two years, where a finish that is further off is counted


@dataclass
class Campaign:
    """Simulated units of all families: figures by calendar day, and the working day each was done."""

    family: Array
    days: list[date]
    working: list[date]
    size: Array
    approved: Array  # units × calendar days
    finished: Array  # index into `working`

    def panel(self, as_of: date) -> Panel:
        width = (as_of - self.days[0]).days + 1
        units = np.arange(len(self.size))
        rows = pd.DataFrame(
            {"unit": np.repeat(units, width), "day": np.tile(pd.to_datetime(self.days[:width]), len(units))}
        )
        rows["approved"], rows["expected"] = self.approved[:, :width].ravel(), np.repeat(self.size, width)
        return Panel(rows, as_of)


def simulate(families: tuple[Callable[[Clock], Array], ...], units: int, seed: int, start: date) -> Campaign:
    """`units` units a family; the first half pure, the second blended with steady work and noise."""
    working = CALENDAR.between(start, LAST)
    days = [start + timedelta(days=n) for n in range((DEADLINE - start).days + 1)]
    since = [(day - before).days for before, day in pairwise(working)]
    cumulative, sizes = [], []
    for number, family in enumerate(families):
        random = np.random.default_rng([seed, number, start.toordinal()])
        clock = Clock(
            random,
            units,
            len(working),
            CALENDAR.count(start - timedelta(days=1), DEADLINE),
            np.r_[0, np.array(since) > 1],
        )
        daily = family(clock)
        share = random.uniform(0, 0.6, (units, 1))
        blended = (share * daily + (1 - share) * steady(clock)) * clock.noise(clock.between(0.1, 1))
        daily = np.where(np.arange(units)[:, None] < units // 2, daily, blended)
        size = np.round(np.exp(random.uniform(np.log(20), np.log(60_000), (units, 1))))
        done = np.floor(size * np.minimum(daily.cumsum(axis=1), 2) + random.random((units, 1)))
        cumulative.append(np.minimum(done, size))
        sizes.append(size[:, 0])
    done, size = np.concatenate(cumulative), np.concatenate(sizes)
    complete = done >= size[:, None]
    finished = np.where(complete.any(axis=1), complete.argmax(axis=1), len(working) + HORIZON)
    names = np.repeat([family.__name__ for family in families], units)
    on = np.searchsorted(np.array(working), np.array(days), side="right") - 1
    return Campaign(names, days, working, size, done[:, np.maximum(on, 0)] * (on >= 0), finished)


def days_asked(campaign: Campaign) -> list[date]:
    """Every fifth day of the campaign from its second week, days off among them."""
    return campaign.days[8:-1:5]


def collect(families: tuple[Callable[[Clock], Array], ...], units: int, seed: int) -> pd.DataFrame:
    """One row a forecast: family, remaining, days_left, finish, and what was forecast, all in working days."""
    parts = []
    for start in STARTS:
        campaign = simulate(families, units, seed, start)
        for as_of in days_asked(campaign):
            parts.append(_forecasts(campaign, campaign.panel(as_of), as_of))
    return pd.concat(parts, ignore_index=True)


def _forecasts(campaign: Campaign, panel: Panel, as_of: date) -> pd.DataFrame:
    told = forecast(panel, DEADLINE, CALENDAR, SETTINGS)
    has = told["none_reason"].isna().to_numpy()
    past = CALENDAR.count(campaign.working[0], as_of)
    recent = increments(panel, CALENDAR, LOOK_BACK)[has]
    rows = pd.DataFrame({"family": campaign.family[has], "days_left": CALENDAR.count(as_of, DEADLINE)})
    rows["finish"] = np.minimum(campaign.finished[has] - past, HORIZON)
    rows["remaining"] = (panel.now("expected") - panel.now("approved"))[has]
    rows["probability"] = told["probability"].to_numpy()[has]
    for name in ("p10", "p50", "p90"):
        days = told[name][has].dt.date
        rows[name] = [HORIZON if pd.isna(day) else CALENDAR.count(as_of, day) for day in days]
    for name, window in (("ten days", 10), ("five days", 5)):
        mean = np.nanmean(recent[:, -window:], axis=1)
        naive = np.divide(rows["remaining"], mean, out=np.full(len(rows), float(HORIZON)), where=mean > 0)
        rows[name] = np.minimum(np.ceil(naive), HORIZON)
    return rows


def pinball(finish: pd.Series, told: pd.Series, share: float) -> pd.Series:
    short = finish - told
    return np.maximum(share * short, (share - 1) * short)


def score(rows: pd.DataFrame) -> dict[str, float]:
    made = rows["finish"] <= rows["days_left"]
    quantiles = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
    result = {
        "forecasts": len(rows),
        "cover": ((rows["finish"] >= rows["p10"]) & (rows["finish"] <= rows["p90"])).mean(),
        "width": (rows["p90"] - rows["p10"]).median(),
        "Brier": ((rows["probability"] - made) ** 2).mean(),
        "pinball": np.mean([pinball(rows["finish"], rows[name], share).mean() for name, share in quantiles.items()]),
    }
    for name in ("ten days", "five days"):
        result[f"Brier {name}"] = (((rows[name] <= rows["days_left"]) * 1.0 - made) ** 2).mean()
        result[f"pinball {name}"] = np.mean(
            [pinball(rows["finish"], rows[name], share).mean() for share in quantiles.values()]
        )
    for name in ("Brier", "pinball"):
        result[f"{name} ratio"] = result[name] / min(result[f"{name} ten days"], result[f"{name} five days"])
    return result


def report(rows: pd.DataFrame) -> None:
    parts = {"fitted": FITTED, "unseen": UNSEEN, "held out": HELD_OUT}
    groups = {"all": rows}
    groups |= {
        f"{name} families": rows[rows["family"].isin([family.__name__ for family in families])]
        for name, families in parts.items()
    }
    table = pd.DataFrame({name: score(part) for name, part in [*groups.items(), *rows.groupby("family", sort=False)]}).T
    print(table.to_string(float_format="{:.3f}".format))
    for name, part in groups.items():
        print(f"\nReliability of the probability of making the deadline, {name}:")
        kept = reliability(part["probability"], part["finish"] <= part["days_left"])
        print(kept.to_string(float_format="{:.3f}".format))


def fit(units: int, seed: int, rounds: int = 1200, batch: int = 2500) -> dict[str, dict[str, float]]:
    """Coefficients by maximum likelihood of the working day of the finish, by gradient steps (Adam) on random
    batches."""
    trait, finish = _training(units, seed)
    random = np.random.default_rng(seed)
    keys = [(group, name) for group, weights in COEFFICIENTS.items() for name in weights]
    start = {("near", "spread"): 0.3, ("tail", "spread"): 0.5, ("tail", "shift"): 0.8, ("spread", "one"): -0.9}
    start |= {("hurry", "one"): -1.0, ("slow", "one"): -2.0}
    theta = np.array([start.get(key, 0.0) for key in keys])
    mean, square = np.zeros(len(keys)), np.zeros(len(keys))
    for step in range(1, rounds + 1):
        pick = random.integers(0, len(finish), batch)
        some = {name: values[pick] for name, values in trait.items()}
        here = _loss(keys, theta, some, finish[pick])
        gradient = (
            np.array([_loss(keys, theta + nudge, some, finish[pick]) - here for nudge in np.eye(len(keys)) * 1e-4])
            / 1e-4
        )
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        rate = 0.03 if step < rounds / 2 else 0.01 if step < rounds * 0.8 else 0.003
        theta -= rate * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        if step % 200 == 0:
            print(f"  {step} of {rounds}: {here:.4f}", file=sys.stderr)
    return _weights(keys, theta)


def _training(units: int, seed: int) -> tuple[dict[str, Array], Array]:
    """Traits and finishes of all forecasts of the fitted families; long tails count twice, being the costlier
    surprise."""
    parts: list[tuple[dict[str, Array], Array]] = []
    for start, number in [(start, number) for start in STARTS for number in (seed, *OFTEN)]:
        campaign = simulate(FITTED if number == seed else (steady,), units, number, start)
        for as_of in days_asked(campaign):
            panel = campaign.panel(as_of)
            has = pd.isna(reasons(panel, CALENDAR, SETTINGS))
            left = (panel.now("expected") - panel.now("approved"))[has]
            recent = increments(panel, CALENDAR, LOOK_BACK)[has]
            days_left = CALENDAR.count(as_of, DEADLINE)
            trait = traits(left, recent, panel.now("approved")[has], SETTINGS.pace_window, days_left)
            parts.append((trait, campaign.finished[has] - CALENDAR.count(campaign.working[0], as_of)))
    joined = {name: np.concatenate([trait[name] for trait, _ in parts]) for name in parts[0][0]}
    return joined, np.minimum(np.concatenate([finish for _, finish in parts]), HORIZON)


def _loss(keys: list[tuple[str, str]], theta: Array, trait: dict[str, Array], finish: Array) -> float:
    """Mean negative log likelihood; a share of it spread wide, so that a few odd campaigns do not rule the rest."""
    view = mixture(trait, _weights(keys, theta))
    late = np.where(finish >= HORIZON, 1.0, view.done_within(finish.astype(float)))
    early = np.where(finish <= 1, 0.0, view.done_within(np.maximum(finish - 1.0, 0.5)))
    odd = 0.005
    return float(
        -np.log((1 - odd) * np.maximum(late - early, 0) + odd / (finish * 8)).mean() + 1e-3 * (theta**2).mean()
    )


def _weights(keys: list[tuple[str, str]], theta: Array, widen: float = 1.0) -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = {}
    for (group, name), value in zip(keys, theta, strict=True):
        weights.setdefault(group, {})[name] = float(value)
    for group in ("near", "tail"):
        weights[group]["spread"] = float(np.clip(abs(weights[group]["spread"]), 0.08, 1.6)) * widen
    weights["spread"]["one"] += float(np.log(widen))
    # Who does less must never be expected earlier: being far off may only speak against a finish at the deadline.
    weights["hurry"]["far"] = min(weights["hurry"]["far"], -1.0)
    weights["hurry"]["under"] = min(weights["hurry"]["under"], -0.3)
    weights["near"]["gap"] = max(weights["near"]["gap"], 0.0)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=300, help="units a family and campaign")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--fit", action="store_true", help="fit the coefficients anew and print them")
    parser.add_argument("--widen", type=float, default=0.97, help="factor on the fitted spreads (too wide)")
    chosen = parser.parse_args()
    if not chosen.fit:
        report(collect((*FITTED, *UNSEEN, *HELD_OUT), chosen.units, chosen.seed))
        return
    weights = fit(chosen.units, seed=1)
    keys = [(group, name) for group, part in weights.items() for name in part]
    weights = _weights(keys, np.array([weights[group][name] for group, name in keys]), chosen.widen)
    for group, part in weights.items():
        print(f'    "{group}": {{')
        for name, value in part.items():
            print(f'        "{name}": {round(value, 3)},')
        print("    },")


if __name__ == "__main__":
    main()
