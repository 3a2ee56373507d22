"""How well the forecast does on simulated campaigns, and (with --fit) where its coefficients come from.

    python benchmarks/forecast_calibration.py [--units 300] [--seed 7]
    python benchmarks/forecast_calibration.py --fit

Fourteen families of campaigns are simulated, half of the units of each in its pure form, half blended with steady
work and noise. Ten families the forecast was fitted to (with other seeds), four it has never seen. Every forecast
that the public function gives is held against what then happened, beside two simple rules: carrying on at the mean of
the last ten working days, and at that of the last five.
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

from monitor.campaign import Measures
from monitor.measures.forecast import LOOK_BACK, forecast, increments, reasons
from monitor.measures.history import reliability
from monitor.measures.outlook import COEFFICIENTS, mixture, traits
from monitor.measures.panel import Panel
from monitor.workdays import Calendar

CALENDAR, SETTINGS = Calendar(), Measures()
DEADLINE = date(2016, 12, 16)
STARTS = (date(2016, 9, 5), date(2016, 10, 17), date(2016, 11, 1))
LAST = date(2018, 12, 31)
OFTEN = (101, 102)  # seeds of the further campaigns of steady work that a fit sees
HORIZON = 522  # working days: two years, where a finish that is further off is counted
Array = np.ndarray


@dataclass(frozen=True)
class Clock:
    """The working days of one campaign: how many are simulated, how many to the deadline, which follow days off."""

    random: np.random.Generator
    units: int
    days: int
    span: int
    after_days_off: Array

    @property
    def time(self) -> Array:
        return np.arange(self.days)[None]

    def between(self, low: float, high: float) -> Array:
        return self.random.uniform(low, high, (self.units, 1))

    def noise(self, spread: float | Array) -> Array:
        """Log-normal with mean 1, one number a unit and day."""
        return np.exp(self.random.normal(0, 1, (self.units, self.days)) * spread - np.square(spread) / 2)


def steady(c: Clock) -> Array:
    return np.ones((c.units, c.days)) / (c.between(0.5, 2) * c.span) * c.noise(c.between(0.05, 0.6))


def logistic(c: Clock) -> Array:
    middle, width = c.between(0.25, 0.95) * c.span, c.between(2.5, 8)
    curve = 1 / (1 + np.exp(np.clip(-(c.time - middle) / width, -60, 60)))
    daily = np.diff(curve, axis=1, prepend=0) * c.noise(c.between(0.1, 0.7))
    return daily / daily.sum(axis=1, keepdims=True) * c.between(1.002, 1.12)


def stop_and_go(c: Clock) -> Array:
    stop, go = c.between(0.15, 0.5), c.between(0.15, 0.6)
    working, state = c.random.random((c.units, 1)) < 0.5, []
    for _ in range(c.days):
        draw = c.random.random((c.units, 1))
        working = np.where(working, draw > stop, draw < go)
        state.append(working)
    return np.hstack(state) * (stop + go) / go / (c.between(0.5, 1.7) * c.span) * c.noise(0.5)


def deadline_rush(c: Clock) -> Array:
    end, power = c.between(0.85, 1.2) * c.span, c.between(0.6, 1.8)
    daily = (np.maximum(end - c.time, 0.6) / c.span + c.between(0.03, 0.25)) ** -power
    return daily / np.where(c.time < end, daily, 0).sum(axis=1, keepdims=True) * c.noise(0.4)


def weekend_work(c: Clock) -> Array:
    more = c.between(0.5, 4)
    daily = (1 + more * c.after_days_off[None]) * c.noise(0.4)
    return daily / (1 + more * c.after_days_off.mean()) / (c.between(0.5, 1.6) * c.span)


def batches(c: Clock) -> Array:
    arriving = c.noise(0.5) / (c.between(0.5, 1.6) * c.span)
    every, phase = c.random.integers(3, 9, (c.units, 1)), c.random.integers(0, 8, (c.units, 1))
    open_day = ((c.time + phase) % every == 0) ^ (c.random.random((c.units, c.days)) < 0.15)
    daily, stock = np.zeros((c.units, c.days)), np.zeros(c.units)
    for day in range(c.days):
        stock += arriving[:, day]
        daily[:, day] = np.where(open_day[:, day], stock * c.random.uniform(0.7, 1, c.units), 0)
        stock -= daily[:, day]
    return daily


def late_start(c: Clock) -> Array:
    start, end = c.between(0.2, 0.65) * c.span, c.between(0.8, 1.4) * c.span
    rising = np.clip((c.time - start) / c.between(1, 8), 0, 1)
    before = (c.time < start) * c.random.choice([0, 0.0008], (c.units, 1))
    return rising / np.maximum(end - start, 4) * c.noise(0.5) + before


def decay(c: Clock) -> Array:
    daily = np.exp(-c.time / (c.between(0.2, 0.8) * c.span)) * c.noise(0.4)
    return daily / daily.sum(axis=1, keepdims=True) * c.between(1.01, 1.2)


def stragglers(c: Clock) -> Array:
    daily = steady(c) * 1.3
    return np.where(daily.cumsum(axis=1) > c.between(0.85, 0.98), daily * c.between(0.15, 0.5), daily)


def learning(c: Clock) -> Array:
    return 2 * (c.time + 0.5) / (c.between(0.7, 1.3) * c.span) ** 2 * c.noise(0.4)


def outage(c: Clock) -> Array:
    start = c.between(0.1, 0.9) * c.span
    return steady(c) * 1.2 * ~((c.time >= start) & (c.time < start + c.between(3, 10)))


def waves(c: Clock) -> Array:
    swing = 1 + 0.9 * np.sin(2 * np.pi * c.time / c.between(8, 25) + c.between(0, 6.3))
    return swing / (c.between(0.6, 1.5) * c.span) * c.noise(0.4)


def quota(c: Clock) -> Array:
    ease, done, days = c.random.uniform(0.5, 1.1, c.units), np.zeros(c.units), []
    for day in range(c.days):
        step = (1.02 - done) / max(c.span - day, 1.5) * ease * np.exp(c.random.normal(-0.125, 0.5, c.units))
        days.append(np.maximum(step, 0.002))
        done = np.minimum(done + days[-1], 1)
    return np.stack(days, axis=1)


def two_speeds(c: Clock) -> Array:
    turn, factor = c.between(0.2, 0.9) * c.span, np.exp(c.between(-1.1, 1.1))
    return np.where(c.time < turn, 1, factor) / (c.between(0.6, 1.5) * c.span) * c.noise(0.4)


FITTED: tuple[Callable[[Clock], Array], ...] = (
    (logistic, stop_and_go, deadline_rush, weekend_work, batches, late_start, steady, decay, stragglers, learning)
)  # fmt: skip
UNSEEN: tuple[Callable[[Clock], Array], ...] = (outage, waves, quota, two_speeds)


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
    seen = rows["family"].isin([family.__name__ for family in FITTED])
    groups = {"all": rows, "fitted families": rows[seen], "unseen families": rows[~seen]}
    groups |= {str(name): part for name, part in rows.groupby("family", sort=False)}
    table = pd.DataFrame({name: score(part) for name, part in groups.items()}).T
    print(table.to_string(float_format="{:.3f}".format))
    print("\nReliability of the probability of making the deadline:")
    print(reliability(rows["probability"], rows["finish"] <= rows["days_left"]).to_string(float_format="{:.3f}".format))


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
        report(collect((*FITTED, *UNSEEN), chosen.units, chosen.seed))
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
