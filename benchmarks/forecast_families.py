"""The families of simulated campaigns that the forecast is tried on: how much of its work a unit does on each working day.

Each family takes a Clock and gives, units × working days, the share of a unit's people done that day.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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


# ---- never fitted to, and not looked at while the forecast was made ----------------------------------------------


def linear_noise(c: Clock) -> Array:
    """The same every day, give or take."""
    return np.ones((c.units, c.days)) / (c.between(0.6, 1.6) * c.span) * c.noise(c.between(0.02, 0.25))


def accelerating(c: Clock) -> Array:
    """Faster from day to day."""
    done = ((c.time + 1) / (c.between(0.75, 1.35) * c.span)) ** c.between(1.2, 2.6)
    return np.diff(done, axis=1, prepend=0) * c.noise(0.3)


def plateau(c: Clock) -> Array:
    """Under way, then next to nothing for weeks, then a sudden catching-up."""
    start, length = c.between(0.2, 0.6) * c.span, c.between(0.15, 0.4) * c.span
    rate = np.where(c.time < start, 1, np.where(c.time < start + length, 0.05, c.between(1.5, 4)))
    return rate / (c.between(0.8, 1.8) * c.span) * c.noise(0.4)


def mild_rush(c: Clock) -> Array:
    """Somewhat faster towards the deadline."""
    return _rush(c, c.between(0.3, 0.8))


def strong_rush(c: Clock) -> Array:
    """Most of the work in the last weeks before the deadline; those who miss it go on at their last pace."""
    return _rush(c, c.between(1.5, 3))


def _rush(c: Clock, strength: Array) -> Array:
    rate = np.exp(strength * np.minimum(c.time / c.span, 1))
    return rate / rate[:, : c.span].sum(axis=1, keepdims=True) * c.between(0.8, 1.25) * c.noise(c.between(0.2, 0.6))


def weekends(c: Clock) -> Array:
    """Work on days off, from a little to nearly all of it."""
    more = c.between(0.3, 8)
    daily = (1 + more * c.after_days_off[None]) * c.noise(c.between(0.2, 0.8))
    return daily / (1 + more * c.after_days_off.mean()) / (c.between(0.5, 1.8) * c.span)


def weekly_review(c: Clock) -> Array:
    """Reviewers take the whole queue on one or two fixed days a week."""
    arriving = c.noise(0.4) / (c.between(0.5, 1.6) * c.span)
    weekday = c.random.integers(0, 5, (c.units, 1))
    twice = c.random.random((c.units, 1)) < 0.4
    open_day = (c.time % 5 == weekday) | (twice & (c.time % 5 == (weekday + 2) % 5))
    daily, stock = np.zeros((c.units, c.days)), np.zeros(c.units)
    for day in range(c.days):
        stock += arriving[:, day]
        daily[:, day] = np.where(open_day[:, day], stock, 0)
        stock -= daily[:, day]
    return daily


def capacity(c: Clock) -> Array:
    """Records arrive on an S-curve, and so many reviewers get through so many a day."""
    middle, width = c.between(0.2, 0.7) * c.span, c.between(3, 9)
    arrived = 1.05 / (1 + np.exp(np.clip(-(c.time - middle) / width, -60, 60)))
    arriving, most = np.diff(arrived, axis=1, prepend=0), 1 / (c.between(0.6, 1.6) * c.span)
    daily, stock = np.zeros((c.units, c.days)), np.zeros(c.units)
    for day in range(c.days):
        stock = stock + arriving[:, day]
        daily[:, day] = np.minimum(stock, most[:, 0] * np.exp(c.random.normal(0, 0.3, c.units)))
        stock = stock - daily[:, day]
    return daily


def late_and_fast(c: Clock) -> Array:
    """Next to nothing for long, then at one go."""
    start = c.between(0.3, 0.75) * c.span
    return (
        np.where(c.time < start, c.between(0, 0.1), 1) / (c.between(0.25, 0.8) * c.span) * c.noise(c.between(0.2, 0.6))
    )


def weeks_on_and_off(c: Clock) -> Array:
    """Whole weeks with work and whole weeks without."""
    on = c.random.random((c.units, c.days // 5 + 1)) < c.between(0.35, 0.8)
    return (np.repeat(on, 5, axis=1)[:, : c.days] + 0.02) / (c.between(0.4, 1.1) * c.span) * c.noise(0.4)


HELD_OUT: tuple[Callable[[Clock], Array], ...] = (
    (linear_noise, accelerating, plateau, mild_rush, strong_rush, weekends, weekly_review, capacity, late_and_fast, weeks_on_and_off)
)  # fmt: skip
