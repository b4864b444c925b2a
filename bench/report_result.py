# SPDX-License-Identifier: MIT
"""A result of bench-peers: read, checked, and evaluated.

A value that is missing or is no number is None from here on.  All text and
numbers that are drawn or shown were checked here.
"""

import json
import math
import os
import statistics

OURS = "libsync"
GROWTH_MUST = 3  # times our best value, at most, if the result does not say


class Trouble(Exception):
    """An error that ends the report; one line."""


def number(value):
    """As a float; None if it is no number, or larger than any figure can be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if value == 0 or 1e-9 <= abs(value) <= 1e15 else None


def text(value):
    """In one line; empty for None."""
    return "" if value is None else " ".join(str(value).split())


def mapping(value):
    return value if isinstance(value, dict) else {}


def listing(value):
    return [item for item in value if isinstance(item, dict)] \
        if isinstance(value, list) else []


def pick(numbers):
    """{float of the key: number}, for the entries that are numbers."""
    found = {}
    for key, value in mapping(numbers).items():
        try:
            found[float(key)] = number(value)
        except ValueError:
            continue
    return {key: found[key] for key in sorted(found)
            if found[key] is not None and math.isfinite(key)}


def ends(value, percent):
    """Of a whisker: equally long to both sides on a logarithmic axis."""
    factor = 1 + max(percent or 0, 0) / 100
    return value / factor, value * factor


class Figures:
    """The result of one system in a row, or at a point of a curve."""

    def __init__(self, data):
        data = mapping(data)
        self.median = number(data.get("median"))
        self.spread = number(data.get("spread_percent"))
        self.cpu = number(data.get("cpu"))
        self.voluntary = number(data.get("voluntary"))
        self.involuntary = number(data.get("involuntary"))
        samples = data.get("samples")
        self.samples = [s for s in map(number, samples) if s is not None] \
            if isinstance(samples, list) else []
        self.percentiles = pick(data.get("percentiles"))
        curve = data.get("curve")
        self.curve = pick({str(pair[0]): pair[1] for pair in curve
                           if isinstance(pair, list) and len(pair) == 2}) \
            if isinstance(curve, list) else self.percentiles

    def range(self):
        """The quartiles; computed from the spread if the samples are
        not known."""
        if len(self.samples) > 2:
            low, _, high = statistics.quantiles(self.samples, n=4,
                                                method="inclusive")
            return min(low, self.median), max(high, self.median)
        return ends(self.median, self.spread)


class Bar:
    """The promise for a row: our speed over a system's, our CPU time or
    a percentile below that system's, or a figure not to be exceeded."""

    def __init__(self, row, data):
        self.row = row
        self.over = text(data.get("over"))
        self.system = text(data.get("system")) or self.over
        self.of = text(data.get("of")) or "median"
        self.must = number(data.get("must"))
        self.aim = number(data.get("aim"))
        self.ratio = number(data.get("ratio"))
        self.met = bool(data.get("met"))
        if self.ratio is not None and self.ratio <= 0:
            self.ratio = None

    @property
    def whom(self):
        words = self.over or self.system
        if words[:1].isdigit():
            return ("at least " if self.row.more else "at most ") + words
        if self.system != self.over and self.over:
            words = "%s: %s" % (self.over, self.system)
        if self.of != "median":
            words += ", " + ("CPU" if self.of == "cpu" else "p" + self.of)
        return words

    @property
    def spread(self):
        """Of the ratio, in percent; None if unknown."""
        known = self.row.ratio(self.system)
        return known[1] if known and self.of == "median" else None

    @property
    def verdict(self):
        if self.ratio is None:
            return "not measured"
        return "met" if self.met else "short"


class Row:
    """A piece of work that the systems were measured on."""

    def __init__(self, data):
        self.name = text(data.get("name")) or "?"
        self.group = text(data.get("group")) or "other"
        self.unit = text(data.get("unit")) or "ns/op"
        self.more = data.get("better") == "more"
        systems = {text(name): Figures(figures) for name, figures
                   in mapping(data.get("systems")).items()}
        self.failed = {text(name): text(why) for name, why
                       in mapping(data.get("failed")).items()}
        done = [(name, figures) for name, figures in systems.items()
                if figures.median is not None]
        done.sort(key=lambda item: item[1].median, reverse=self.more)
        self.systems = dict(done)
        self.bars = [Bar(self, bar) for bar in listing(data.get("bars"))]

    def ratio(self, name):
        """How much better we are than that system, and the spread of that
        in percent; None if unknown."""
        ours, theirs = self.systems.get(OURS), self.systems.get(name)
        if not ours or not theirs or ours.median <= 0 or theirs.median <= 0:
            return None
        ratio = theirs.median / ours.median
        return (1 / ratio if self.more else ratio,
                math.hypot(ours.spread or 0, theirs.spread or 0))

    def ratios(self):
        """{peer: (ratio, spread)}, the nearest to us first."""
        found = {name: self.ratio(name) for name in self.systems
                 if name != OURS}
        return dict(sorted(((k, v) for k, v in found.items() if v),
                           key=lambda item: item[1][0]))

    def with_percentiles(self):
        return {name: figures for name, figures in self.systems.items()
                if figures.percentiles and len(figures.curve) > 1}


class Growth:
    """The time an operation takes, by threads or by capacity."""

    def __init__(self, data):
        self.name = text(data.get("name")) or "?"
        self.x = text(data.get("x")) or "size"
        self.unit = text(data.get("unit")) or "ns/op"
        self.must = number(data.get("must")) or GROWTH_MUST
        self.curves, self.failed = {}, []
        for point in listing(data.get("points")):
            self.add(number(point.get("x")), mapping(point.get("systems")),
                     mapping(point.get("failed")))
        self.sizes = sorted({x for c in self.curves.values() for x in c})

    def add(self, x, systems, failed):
        if x is None or x <= 0:
            return
        for name, figures in systems.items():
            figures = Figures(figures)
            if figures.median and figures.median > 0:
                self.curves.setdefault(text(name), {})[x] = figures
        for name, why in failed.items():
            self.failed.append((text(name), "at %g: %s" % (x, text(why))))

    def worst(self):
        """Our slowest point over our best; None if we have no curve."""
        medians = [f.median for f in self.curves.get(OURS, {}).values()]
        return max(medians) / min(medians) if medians else None


class Result:
    """A file."""

    def __init__(self, path, data):
        self.path = path
        self.date = text(data.get("date")).replace("T", " ")
        self.machine = {text(k): text(v) for k, v
                        in mapping(data.get("machine")).items()}
        self.versions = {text(k): text(v) for k, v
                         in mapping(data.get("versions")).items()}
        self.missing = [(text(m.get("peer")), text(m.get("package")))
                        for m in listing(data.get("missing"))]
        self.rows = [Row(row) for row in listing(data.get("rows"))]
        self.growth = [g for g in map(Growth, listing(data.get("growth")))
                       if g.curves]
        self.name = self.machine.get("platform") or os.path.basename(path)

    def bars(self):
        return [bar for row in self.rows for bar in row.bars]

    def row(self, name):
        return next((r for r in self.rows if r.name == name), None)

    def curve(self, name):
        return next((g for g in self.growth if g.name == name), None)


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
    except OSError as error:
        raise Trouble("%s: %s" % (path, error.strerror)) from None
    except UnicodeDecodeError:
        raise Trouble("%s: not JSON: not UTF-8" % path) from None
    except RecursionError:
        raise Trouble("%s: not JSON: too deep" % path) from None
    except ValueError as error:
        raise Trouble("%s: not JSON: %s" % (path, error)) from None
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list):
        raise Trouble("%s: no result of bench-peers: it has no list of rows"
                      % path)
    result = Result(path, data)
    if not any(row.systems for row in result.rows) and not result.growth:
        raise Trouble("%s: nothing was measured" % path)
    return result


def read_all(paths):
    """The results, each with a different name."""
    results = [read(path) for path in paths]
    names = [result.name for result in results]
    for i, result in enumerate(results):
        if names.count(result.name) > 1:
            result.name = "%s, %s" % (
                names[i], os.path.basename(result.path))
    if len({result.name for result in results}) < len(results):
        for i, result in enumerate(results):
            result.name = "%s (%d)" % (result.name, i + 1)
    return results


def in_order(results, items, key):
    """The names of things in all results, in the order in which they appear."""
    names = {}
    for result in results:
        for item in items(result):
            names.setdefault(key(item))
    return list(names)
