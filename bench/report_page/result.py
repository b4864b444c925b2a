# SPDX-License-Identifier: MIT
"""A result of bench-peers, read from JSON and checked."""

import json
import math
import os
import statistics
from dataclasses import dataclass, field, fields

from measure import Trouble
from report_page.words import duration, figure, spread, times

OURS = "libsync"


def number(value):
    """As a float that can be drawn."""
    value = float(value)
    if not 0 <= value <= 1e15:
        raise ValueError("%g is no figure" % value)
    return value if value > 1e-12 else 0.0


def maybe(value):
    return None if value is None else number(value)


def points(pairs):
    return {number(x): number(y) for x, y in dict(pairs).items()}


def text(value):
    """In one line."""
    return " ".join(str(value).split())


def texts(mapping):
    return {text(k): text(v) for k, v in mapping.items()}


def read(kind, data):
    """A dataclass from a JSON object; an annotation is the function that
    reads the member."""
    for f in fields(kind):
        if f.name not in data and f.default is f.default_factory:
            raise ValueError("%s without %s" % (kind.__name__.lower(),
                                                f.name))
    return kind(**{f.name: f.type(data[f.name]) for f in fields(kind)
                   if f.name in data})


@dataclass
class Figures:
    """One system in a row, or at a point of a curve."""
    median: number
    spread_percent: number
    cpu: maybe = None
    voluntary: maybe = None
    involuntary: maybe = None
    samples: lambda samples: [number(s) for s in samples] = ()
    percentiles: points = None
    curve: points = None

    def whiskers(self):
        """The quartiles; computed from the spread without samples."""
        if len(self.samples) < 3:
            return ends(self.median, self.spread_percent)
        low, _, high = statistics.quantiles(self.samples, n=4,
                                            method="inclusive")
        return min(low, self.median), max(high, self.median)

    @property
    def words(self):
        return figure(self.median) + " " + spread(self.spread_percent)


def ends(value, percent):
    """Of a whisker: equally long to both sides on a logarithmic axis."""
    factor = 1 + percent / 100
    return value / factor, value * factor


def systems(data):
    return {text(name): read(Figures, f) for name, f in data.items()}


@dataclass
class Bar:
    """A promise for a row: our speed over a system's, our CPU time or a
    percentile below that system's, or a figure not to be exceeded."""
    over: text
    system: text
    must: maybe
    aim: maybe
    ratio: maybe
    met: bool
    of: text = "median"
    row = None

    @property
    def whom(self):
        if self.over[:1].isdigit():
            return ("at least " if self.row.more else "at most ") + self.over
        words = self.over if self.over == self.system \
            else "%s: %s" % (self.over, self.system)
        return words + ("" if self.of == "median" else ", CPU"
                        if self.of == "cpu" else ", p" + self.of)

    @property
    def spread(self):
        """Of the ratio, in percent; None if unknown."""
        return self.row.ratios().get(self.system, (0, None))[1] \
            if self.of == "median" else None

    @property
    def verdict(self):
        """A bar without a must is neither met nor short."""
        if self.ratio is None:
            return "not measured"
        return "" if self.must is None else "met" if self.met else "short"

    @property
    def words(self):
        return self.verdict if self.ratio is None \
            else (times(self.ratio) + " " + self.verdict).strip()

    @property
    def levels(self):
        words = ["%s %g" % pair for pair in (("must", self.must),
                                             ("aim", self.aim))
                 if pair[1] is not None]
        return "(%s)" % ", ".join(words) if words else ""

    @property
    def role(self):
        return {"met": "met", "": "peer"}.get(self.verdict, "short")


@dataclass
class Row:
    """A piece of work that the systems were measured on; best first."""
    name: text
    group: text
    unit: text
    systems: systems
    bars: lambda bars: [read(Bar, bar) for bar in bars]
    better: text = "less"
    failed: texts = field(default_factory=dict)

    def __post_init__(self):
        self.more = self.better == "more"
        self.systems = dict(sorted(
            self.systems.items(), key=lambda item: item[1].median,
            reverse=self.more))
        for bar in self.bars:
            bar.row = self

    def ratios(self):
        """{peer: (how much better we are, the spread of that in percent)},
        the nearest to us first."""
        ours, found = self.systems.get(OURS), {}
        for name, peer in self.systems.items():
            if name != OURS and ours and ours.median > 0 and peer.median > 0:
                ratio = peer.median / ours.median
                found[name] = (1 / ratio if self.more else ratio, math.hypot(
                    ours.spread_percent, peer.spread_percent))
        return dict(sorted(found.items(), key=lambda item: item[1][0]))

    def with_percentiles(self):
        return {name: f for name, f in self.systems.items()
                if f.percentiles and f.curve}

    def table(self):
        ratios = {name: times(pair[0]) + " " + spread(pair[1])
                  for name, pair in self.ratios().items()}
        return [["system", "median, " + self.unit, "spread", "CPU, ns/op",
                 "switches/op, voluntary", "involuntary", "libsync over it"],
                *([name, figure(f.median), spread(f.spread_percent),
                   figure(f.cpu), figure(f.voluntary), figure(f.involuntary),
                   ratios.get(name, "-")]
                  for name, f in self.systems.items())]

    def percentiles_table(self):
        drawn = self.with_percentiles()
        all_of = sorted({p for f in drawn.values() for p in f.percentiles})
        show = duration if self.unit.startswith("ns") else figure
        return [["system", *("max" if p >= 100 else "%g %%" % p
                             for p in all_of)],
                *([name, *(show(f.percentiles[p]) if p in f.percentiles
                           else "-" for p in all_of)]
                  for name, f in drawn.items())]


@dataclass
class Growth:
    """The time that an operation takes, by threads or by capacity."""
    name: text
    x: text
    points: list
    must: number = 0

    def __post_init__(self):
        self.curves, self.failed = {}, []  # {system: {x: Figures}}
        for point in self.points:
            x = number(point["x"])
            for name, figures in systems(point["systems"]).items():
                if figures.median > 0:
                    self.curves.setdefault(name, {})[x] = figures
            self.failed += [(name, "at %g: %s" % (x, why)) for name, why
                            in texts(point.get("failed", {})).items()]
        self.sizes = sorted({x for c in self.curves.values() for x in c})

    @property
    def worst(self):
        """Our slowest point over our best; None if we have no curve."""
        medians = [f.median for f in self.curves.get(OURS, {}).values()]
        return max(medians) / min(medians) if medians else None

    @property
    def verdict(self):
        return "met" if self.worst <= self.must else "short"

    def table(self):
        return [[self.x, *self.curves],
                *(["%g" % x, *(c[x].words if x in c else "-"
                               for c in self.curves.values())]
                  for x in self.sizes)]


@dataclass
class Result:
    """A file."""
    date: text
    machine: texts
    versions: texts
    missing: lambda peers: [(text(p["peer"]), text(p["package"]))
                            for p in peers]
    rows: lambda rows: [read(Row, row) for row in rows]
    growth: lambda curves: [read(Growth, curve) for curve in curves]
    path = None

    def __post_init__(self):
        self.date = self.date.replace("T", " ")
        self.facts = {"date": self.date, **self.machine}
        self.growth = [curve for curve in self.growth if curve.curves]

    def bars(self):
        return [bar for row in self.rows for bar in row.bars]

    def bars_table(self):
        return [["row / over whom", "ratio", "spread", "must", "aim", ""],
                *(["%s / %s" % (b.row.name, b.whom),
                   "-" if b.ratio is None else times(b.ratio),
                   spread(b.spread), *("-" if v is None else "%g" % v
                                       for v in (b.must, b.aim)), b.verdict]
                  for b in self.bars())]

    def about(self, *keys):
        """The machine, in a line."""
        return ", ".join(self.machine[key] + (" cores" if key == "cores"
                                              else "")
                         for key in keys if self.machine.get(key))


def read_file(path):
    try:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
    except OSError as error:
        raise Trouble("%s: %s" % (path, error.strerror)) from None
    except (ValueError, RecursionError) as error:
        raise Trouble("%s: not JSON: %s" % (path, error)) from None
    try:
        result = read(Result, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Trouble("%s: no result of bench-peers: %s" % (
            path, text(error))) from None
    if not any(row.systems for row in result.rows) and not result.growth:
        raise Trouble("%s: nothing was measured" % path)
    result.path = path
    result.name = result.machine.get("platform") or os.path.basename(path)
    return result


def read_all(paths):
    """The results, each with a different name."""
    results = [read_file(path) for path in paths]
    names = [result.name for result in results]
    for i, result in enumerate(results):
        if names.count(result.name) > 1:
            result.name += " (%d: %s)" % (i + 1, os.path.basename(result.path))
    return results
