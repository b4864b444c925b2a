# SPDX-License-Identifier: MIT
"""The figures of the runs of peers.py, and whether the bars are met; all is in
the form of the JSON."""

import statistics

from measure import spread
from peers_table.rows import WITHIN
from peers_table.systems import OWN

PERCENTILES = (50, 90, 99, 99.9, 100)
CURVE = (0, 1, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95,
         96, 97, 98, 98.5, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95, 99.99, 100)

# The figure of a run, by the name of a row's value.
VALUES = {
    "ns": lambda run: run["ns"],
    "latency": lambda run: statistics.median(run["latencies"]),
    "share": lambda run: run["least"] / max(run["most"], 1),
    "longest": lambda run: run["longest"] / 1e6,
    "cpu_ms": lambda run: run["cpu"] / 1e6,
}


def percentile(ordered, percent):
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def switches(runs, kind):
    return statistics.median(run[kind] / max(run["ops"], 1) for run in runs)


def figures(result, value):
    """A system in a row, for the JSON."""
    samples = [VALUES[value](run) for run in result.runs]
    out = {
        "samples": samples,
        "median": statistics.median(samples),
        "spread_percent": spread(samples),
        "cpu": statistics.median(run["cpu"] for run in result.runs),
        "voluntary": switches(result.runs, "voluntary"),
        "involuntary": switches(result.runs, "involuntary"),
    }
    if value == "latency":
        merged = sorted(t for run in result.runs for t in run["latencies"])
        out["percentiles"] = {"%g" % p: percentile(merged, p)
                              for p in PERCENTILES}
        out["curve"] = [[p, percentile(merged, p)] for p in CURVE]
    return out


def quantity(system, of):
    if system is None or of in system:
        return None if system is None else system[of]
    return system.get("percentiles", {}).get(of)


def judge(bar, row, systems):
    """A bar for the JSON; None if there is nothing to compare."""
    own = quantity(systems.get(OWN), bar.of)
    name, other = bar.over, None
    if isinstance(bar.over, float):
        name, other = "%g %s" % (bar.over, row.unit), bar.over
    elif bar.over == "best":
        peers = {n: f["median"] for n, f in systems.items() if n != OWN}
        if peers:
            name = (min if row.better == "less" else max)(peers,
                                                          key=peers.get)
            other = peers[name]
    else:
        other = quantity(systems.get(bar.over), bar.of)
    if other is None:
        return None
    ratio = None
    if own is not None:
        over, under = (other, own) if row.better == "less" else (own, other)
        ratio = over / under if under > 0 else float("inf")
    out = {"over": "best" if bar.over == "best" else name, "system": name,
           "must": bar.must, "aim": bar.aim,
           "ratio": None if ratio is None else min(ratio, 1e9)}
    if bar.of != "median":
        out["of"] = bar.of
    level = bar.must if bar.must is not None else bar.aim
    out["met"] = ratio is not None and ratio >= level
    return out


def row_figures(row, results):
    systems = {name: figures(result, row.value)
               for name, result in results.items() if result.usable()}
    out = {"name": row.name, "group": row.group, "unit": row.unit,
           "better": row.better, "systems": systems,
           "bars": [b for b in (judge(bar, row, systems) for bar in row.bars)
                    if b is not None]}
    failed = failures(results)
    if failed:
        out["failed"] = failed
    return out


def failures(results):
    failed = {}
    for name, result in results.items():
        if result.wrong:
            failed[name] = "WRONG in %d runs: lost, doubled or early" \
                % result.wrong
        elif result.troubles:
            failed[name] = "%s in %d runs of %d, %s" % (
                result.troubles[0], len(result.troubles),
                len(result.troubles) + len(result.runs),
                "the others count" if result.usable() else "given up")
    return failed


def growth_figures(name, x_name, points):
    out = {"name": name, "x": x_name, "points": []}
    for x, measurement in points:
        systems = {}
        for system, result in measurement.results.items():
            if result.usable():
                samples = [run["ns"] for run in result.runs]
                systems[system] = {"median": statistics.median(samples),
                                   "spread_percent": spread(samples)}
        point = {"x": x, "systems": systems}
        failed = failures(measurement.results)
        if failed:
            point["failed"] = failed
        out["points"].append(point)
    own = [p["systems"][OWN]["median"] for p in out["points"]
           if OWN in p["systems"]]
    if own:
        out["worst_over_best"] = max(own) / min(own)
        out["must"] = WITHIN
        out["met"] = len(own) == len(points) and max(own) <= WITHIN * min(own)
    return out
