# SPDX-License-Identifier: MIT
"""What a result of bench-peers says: read, checked, and a little reckoned.

Whatever is missing, or is no number, is None from here on; what is drawn or
shown is text and numbers that were checked here.
"""

import json
import math
import os

OURS = "libsync"


class Trouble(Exception):
    """What ends the report; one line."""


def number(value):
    """As a float; None if it is none, or not finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def text(value):
    """In one line; nothing of None."""
    return "" if value is None else " ".join(str(value).split())


def mapping(value):
    return value if isinstance(value, dict) else {}


def listing(value):
    return [item for item in value if isinstance(item, dict)] \
        if isinstance(value, list) else []


def pick(numbers):
    """{float of the key: number} of those that are."""
    found = {}
    for key, value in mapping(numbers).items():
        try:
            found[float(key)] = number(value)
        except ValueError:
            continue
    return {key: found[key] for key in sorted(found)
            if found[key] is not None and math.isfinite(key)}


class Figures:
    """What one system did in a row, or at a point of a curve."""

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
        self.why = text(data.get("error") or data.get("wrong")
                        or data.get("reason"))

    def range(self):
        """The median less and more its spread."""
        off = (self.spread or 0) / 100
        return self.median * max(0, 1 - off), self.median * (1 + off)


class Bar:
    """What was promised of a row: our speed over somebody's."""

    def __init__(self, row, data):
        self.row = row
        self.over = text(data.get("over"))
        self.system = text(data.get("system"))
        self.must = number(data.get("must"))
        self.aim = number(data.get("aim"))
        self.ratio = number(data.get("ratio"))
        self.met = bool(data.get("met"))
        if self.ratio is not None and self.ratio <= 0:
            self.ratio = None

    @property
    def whom(self):
        if self.system and self.over and self.system != self.over:
            return "%s: %s" % (self.over, self.system)
        return self.over or self.system

    @property
    def verdict(self):
        if self.ratio is None:
            return "not measured"
        return "met" if self.met else "short"


class Row:
    """A piece of work that systems did."""

    def __init__(self, data):
        self.name = text(data.get("name")) or "?"
        self.group = text(data.get("group")) or "other"
        self.unit = text(data.get("unit")) or "ns/op"
        self.more = data.get("better") == "more"
        systems = {text(name): Figures(figures) for name, figures
                   in mapping(data.get("systems")).items()}
        self.failed = {name: figures for name, figures in systems.items()
                       if figures.median is None}
        done = [(name, figures) for name, figures in systems.items()
                if figures.median is not None]
        done.sort(key=lambda item: item[1].median, reverse=self.more)
        self.systems = dict(done)
        self.bars = [Bar(self, bar) for bar in listing(data.get("bars"))]
        self.note = text(data.get("note"))

    def ratio(self, name):
        """How much better we are than that system, and the spread of that
        in percent; None if it cannot be said."""
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
        return {name: figures.percentiles
                for name, figures in self.systems.items()
                if len(figures.percentiles) > 1}


class Growth:
    """Time an operation at more and more threads, or capacity."""

    def __init__(self, data):
        self.name = text(data.get("name")) or "?"
        self.x = text(data.get("x")) or "size"
        self.unit = text(data.get("unit")) or "ns/op"
        self.curves = {}
        for point in listing(data.get("points")):
            x = number(point.get("x"))
            for name, figures in mapping(point.get("systems")).items():
                figures = Figures(figures)
                if x and x > 0 and figures.median and figures.median > 0:
                    self.curves.setdefault(text(name), {})[x] = figures
        self.sizes = sorted({x for c in self.curves.values() for x in c})

    def worst(self, name):
        """The slowest point of a curve over its best."""
        medians = [f.median for f in self.curves.get(name, {}).values()]
        return max(medians) / min(medians) if medians else None


class Result:
    """A file."""

    def __init__(self, path, data):
        self.path = path
        self.date = text(data.get("date"))
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
    """The results; each has a name of its own."""
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
    """The names of things in all results, in the order in which they come."""
    names = {}
    for result in results:
        for item in items(result):
            names.setdefault(key(item))
    return list(names)
