"""Measure side by side: scenes in turn, round by round, ratios taken within each round."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Scene = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One scene's cost: median microseconds, and its ratio to the yardstick (median, extremes)."""

    name: str
    median_us: float
    ratio: float
    ratio_min: float
    ratio_max: float


def interleave(
    scenes: Mapping[str, Scene], *, yardstick: str, rounds: int, calls: int
) -> Sequence[Figure]:
    """Run every scene `calls` times in each round, the order turned by one every round.

    A machine that slows down for a while slows down the yardstick of the same round too, so the
    ratios stand where microseconds would move.
    """
    names = list(scenes)
    costs: dict[str, list[float]] = {name: [] for name in names}
    for scene in scenes.values():
        _time(scene, calls)
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            costs[name].append(_time(scenes[name], calls))
    return [_figure(name, costs[name], costs[yardstick]) for name in names]


def _time(scene: Scene, calls: int) -> float:
    began = time.perf_counter_ns()
    for _ in range(calls):
        scene()
    return (time.perf_counter_ns() - began) / calls / 1_000


def _figure(name: str, costs: Sequence[float], yardstick: Sequence[float]) -> Figure:
    ratios = [cost / measure for cost, measure in zip(costs, yardstick, strict=True)]
    return Figure(
        name, statistics.median(costs), statistics.median(ratios), min(ratios), max(ratios)
    )
