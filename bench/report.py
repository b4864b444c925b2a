#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turn results of bench-peers into one page of HTML that needs nothing else.

With several results (the same rows on another platform, say) the page shows
them side by side, each under its name.  The page is report.html.j2; the plots
are here.  Exit status: 0, or 2 on an error.
"""

import argparse
import fnmatch
import io
import itertools
import json
import math
import os
import re
import signal
import statistics
import sys
import warnings
from dataclasses import dataclass, field, fields

try:
    import jinja2
    import matplotlib
    from markupsafe import Markup
    from matplotlib import ticker
    from matplotlib.figure import Figure
    from matplotlib.transforms import blended_transform_factory
except ImportError as absent:
    print("report: %s is missing (Debian: python3-matplotlib python3-jinja2)"
          % absent.name, file=sys.stderr)
    sys.exit(2)

OURS = "libsync"
SVG_NAME = "libsync-ratios.svg"
MAIN_ROWS = ("mutex lock*", "rmutex depth 3", "contended [28] threads, 20 ns",
             "contended [28] threads, 1 us", "tickets [28] *", "sem *",
             "event *", "fifo one *", "fifo ?x?, capacity *", "fifo batches *",
             "lifo 4x4", "priority one *", "priority 4x4", "timer *")


class Trouble(Exception):
    """An error that ends the report; one line."""


# A result


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


def in_order(items):
    """Each once, in the order in which they appear first."""
    return list(dict.fromkeys(items))


# Figures as text


def figure(value):
    """Three digits; all that are before the point."""
    if value is None:
        return "-"
    if value >= 1e8:
        return "> 10\u2078"
    if value >= 100:
        return "{:,.0f}".format(float("%.3g" % value)).replace(",", "\u202f")
    return ("%#.3g" % value).rstrip(".") if value >= 1e-4 else "0"


def times(value):
    return figure(value) + "\u00d7"


def spread(percent):
    return "" if percent is None else "\u00b1%.*f\u202f%%" % (
        percent < 9.5, percent)


def scaled(value, units):
    """With the largest unit that fits."""
    unit, size = next((u for u in units if value >= u[1]), units[-1])
    return "%g%s" % (float("%.3g" % (value / size)), unit)


def short(value):
    return scaled(value, (("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1)))


def duration(ns):
    return scaled(ns, (("\u202fs", 1e9), ("\u202fms", 1e6),
                       ("\u202f\u00b5s", 1e3), ("\u202fns", 1)))


def binary(value):
    return scaled(value, (("M", 2**20), ("k", 2**10), ("", 1))) \
        if value >= 8192 else "%g" % value


def clip(words, most):
    return words if len(words) <= most else words[:most - 1] + "\u2026"


# Plots

# A colour has a name, its role, and a value for light and for dark pages.  The
# plots are drawn with the light ones, which become CSS variables in the SVG.
ROLES = {"ink": ("#1b1f24", "#e6edf3"), "muted": ("#57606a", "#9da7b3"),
         "grid": ("#d4dae0", "#343b44"), "card": ("#f6f8fa", "#161b22"),
         "peer": ("#6a737d", "#949ea9"), "met": ("#0b62a8", "#58a6ff"),
         "short": ("#b4410e", "#ff9b57"), "green": ("#00795a", "#2fd0a0"),
         "purple": ("#8a3f9b", "#d9a0e0"), "ochre": ("#866000", "#e3c04b"),
         "cyan": ("#0f7f9e", "#7fd6f7"), "grey": ("#595959", "#b5b5b5"),
         "pink": ("#c2185b", "#ff8fb3")}
INK, MUTED, GRID, _, PEER, MET, SHORT, *_ = (c for c, _ in ROLES.values())
SERIES = [light for light, _ in ROLES.values()][5:]
DASHES = ("-", (0, (6, 2)), (0, (2, 2)), (0, (7, 2, 2, 2)))
MARKS = "os^vDPX<>p"

WIDTH = 360        # pixels; a phone shows a plot in full size
LINE = 19          # height of a line of a plot with names
NAMES, VALUES = 140, 92  # room beside the bars
MOST = 1000        # a ratio that is drawn
NUMBERS = itertools.count(1)

matplotlib.rcParams.update({
    "svg.fonttype": "none", "text.parse_math": False, "font.size": 12,
    "font.sans-serif": ["DejaVu Sans"], "text.color": INK,
    "axes.facecolor": "none", "axes.axisbelow": True, "grid.color": GRID,
    "xtick.color": MUTED, "xtick.major.size": 0,
    "ytick.color": MUTED, "ytick.major.size": 0,
    "lines.linewidth": 1.5, "errorbar.capsize": 3,
    **{"axes.spines." + side: False
       for side in ("left", "right", "top", "bottom")}})


def canvas(height, left, right, top=4, bottom=24, width=WIDTH):
    """Axes with these margins, in pixels."""
    drawing = Figure(figsize=(width / 72, height / 72), dpi=72,
                     facecolor="none")
    return drawing.add_axes((left / width, bottom / height,
                             1 - (left + right) / width,
                             1 - (top + bottom) / height))


def paint(axes, title, words, attributes='class="plot"', style=""):
    """The SVG, with its title and a text that says the same."""
    name = "plot-%d" % next(NUMBERS)
    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        axes.figure.savefig(out, format="svg", metadata=dict.fromkeys(
            ("Creator", "Date", "Format", "Type")))
    inside = out.getvalue().split("</defs>", 1)[1].rsplit("</svg>", 1)[0]
    inside = re.sub(r' id="[\w.]+_\d+"', "", inside)
    inside = re.sub(r"\s*\n\s*", "\n", inside).replace("xlink:href", "href")
    for role, (light, _) in ROLES.items():
        inside = inside.replace(light, "var(--%s)" % role)
    width, height = (72 * axes.figure.get_size_inches()).round()
    return Markup(
        '<svg %s viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d">'
        '<title id="%s-t">%s</title><desc id="%s-d">%s</desc>%s%s</svg>') % (
            Markup(attributes), width, height, name, name, name, title, name,
            words, Markup(style), Markup(inside))


def scale(axis, values, label=short, most=4):
    """Logarithmic if possible, with up to about that many ticks."""
    low, high = min(values), max(values)
    if low > 0:
        middle = math.sqrt(low * high)
        low = min(low / (high / low) ** 0.04, middle / 1.27)
        high = max(high * (max(values) / min(values)) ** 0.04, middle * 1.27)
        decades = math.log10(high / low)
        steps = next((s for s in ((1, 2, 5), (1, 3))
                      if len(s) * decades <= most), (1,))
        locator = ticker.LogLocator(subs=steps, numticks=most + 2) \
            if decades > 0.5 else ticker.MaxNLocator(most,
                                                     steps=(1, 2, 5, 10))
    else:
        low, high = min(low, 0), max(high, 0) * 1.05 or 1
        locator = ticker.MaxNLocator(most)
    name = axis.axis_name
    axis.axes.set(**{name + "scale": "log" if low > 0 else "linear",
                     name + "lim": (low, high)})
    ticks(axis, locator, label)


def ticks(axis, locator, label):
    axis.set_major_locator(locator)
    axis.set_major_formatter(ticker.FuncFormatter(lambda v, _: label(v)))
    axis.set_minor_locator(ticker.NullLocator())
    axis.grid(True)


def words_at(axes, x, y, words, where="right", colour=INK):
    """Text at x in pixels from the left, beside the line y."""
    axes.text(x / (72 * axes.figure.get_figwidth()), y, words, ha=where,
              va="center_baseline", color=colour,
              transform=blended_transform_factory(axes.figure.transFigure,
                                                  axes.transData))


def lines(axes, names, values, ours=False):
    """A line for each name: the name left, its value right."""
    axes.set(ylim=(len(names) - 0.5, -0.5), yticks=())
    for y, (name, value) in enumerate(zip(names, values)):
        colour = MET if ours and name == OURS else INK
        words_at(axes, NAMES - 6, y, clip(name, 19), colour=colour)
        words_at(axes, WIDTH - 2, y, value, colour=colour)


def ends(value, percent):
    """Of a whisker: equally long to both sides on a logarithmic axis."""
    factor = 1 + percent / 100
    return value / factor, value * factor


def whiskers(axes, x, y, low_high, **how):
    axes.errorbar(x, y, xerr=[[x - low_high[0]], [low_high[1] - x]], **how)


def ratio_bar(axes, y, ratio, percent, colour):
    """From 1, which is the line of equal speed."""
    low, high = axes.get_xlim()
    ratio = min(max(ratio, low), high)
    axes.barh(y, ratio - 1, left=1, height=0.62, color=colour)
    if percent:
        whiskers(axes, ratio, y, ends(ratio, percent), fmt="none",
                 ecolor=INK, elinewidth=1)


def upright(axes, y, value, **how):
    if value and value <= axes.get_xlim()[1]:
        axes.vlines(value, y - 0.42, y + 0.42, colors=INK, zorder=3, **how)


def ratio_plot(row, where):
    """Our speed over each peer's."""
    ratios, bars = row.ratios(), {}
    if not ratios:
        return None
    for bar in row.bars:  # the worst of a system, if there are several
        if bar.of == "median" and bar.ratio is not None and (
                bar.system not in bars or not bar.met):
            bars[bar.system] = bar
    values = [(times(ratio) + " " + (bars[name].verdict if name in bars
                                     else "")).strip()
              for name, (ratio, _) in ratios.items()]
    musts = [bars[name].must if name in bars else None for name in ratios]
    axes = canvas(30 + LINE * len(ratios), NAMES, VALUES)
    scale(axes.xaxis, [end for pair in ratios.values() for end in ends(*pair)]
          + [0.8, 1.25] + [must for must in musts if must])
    lines(axes, ratios, values)
    for y, (ratio, percent) in enumerate(ratios.values()):
        ratio_bar(axes, y, ratio, percent, MET if ratio >= 1 else SHORT)
        upright(axes, y, musts[y], linewidths=2.5)
    axes.axvline(1, color=INK)
    return paint(axes, "libsync over each peer: " + row.name + where,
                 "Ratio of medians, above 1 libsync is better. "
                 + "; ".join(map(" ".join, zip(ratios, values))) + ".")


def figures_plot(row, where):
    """The median of each system, with all samples."""
    if not row.systems:
        return None
    values = [f.words for f in row.systems.values()]
    axes = canvas(30 + LINE * len(values), NAMES, VALUES + 14)
    scale(axes.xaxis, [v for f in row.systems.values()
                       for v in (f.median, *f.samples, *f.whiskers())])
    lines(axes, row.systems, values, True)
    for y, (name, f) in enumerate(row.systems.items()):
        axes.plot(f.samples, [y] * len(f.samples), "o", mfc="none", ms=4,
                  mew=0.8, color=MUTED)
        whiskers(axes, f.median, y, f.whiskers(), fmt="o", ms=6,
                 color=MET if name == OURS else PEER)
    return paint(axes, "%s of each system: %s%s" % (row.unit, row.name, where),
                 "%s is better. " % ("More" if row.more else "Less")
                 + "; ".join(map(" ".join, zip(row.systems, values))) + ".")


def judged(axes, y, bar, left, right):
    """A bar with its must and its aim, between its names and its ratio, which
    end at these places."""
    words_at(axes, left, y, clip(bar.whom, 20), colour=MUTED)
    words_at(axes, right, y, bar.words,
             colour=ROLES[bar.role][0] if bar.verdict else INK)
    if bar.ratio is not None:
        ratio_bar(axes, y, bar.ratio, bar.spread, ROLES[bar.role][0])
    upright(axes, y, bar.must, linewidths=2.5)
    upright(axes, y, bar.aim, linewidths=1.25, linestyles=":")
    axes.vlines(1, y - 0.5, y + 0.5, colors=INK)


def bars_scale(axes, bars, most):
    """One scale for all; longer bars are cut off at its end."""
    scale(axes.xaxis, [min(v, MOST) for b in bars for v in (
        b.must, *ends(b.ratio or 1, b.spread or 0)) if v] + [0.7, 1.5],
          most=most)


def words_of(bars):
    return "; ".join("%s over %s: %s" % (b.row.name, b.whom, b.words)
                     for b in bars) + "."


def overview_plot(title, rows, everything):
    """The bars of some rows: the name of the row, and a line for each bar."""
    places, height = [], 0
    for row in rows:
        places.append((height, row))
        height += len(row.bars) + 1.2
    axes = canvas(30 + round(17 * height), NAMES, VALUES)
    bars_scale(axes, everything, 3)
    axes.set(ylim=(height - 0.5, -0.5), yticks=())
    for place, row in places:
        words_at(axes, 2, place, clip(row.name, 50), "left")
        for y, bar in enumerate(row.bars, 1):
            judged(axes, place + y, bar, NAMES - 6, WIDTH - 2)
    return paint(axes, title, "Speed of libsync over the named one. "
                 + words_of([b for row in rows for b in row.bars]))


def apart(places, gap, top):
    """Moved so that labels there, of that height, do not overlap."""
    out, last = {}, 0
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        out[name] = last = max(place, last + gap)
    last = top + gap
    for name in reversed(out):
        out[name] = last = min(out[name], last - gap)
    return out


def curves_plot(axes, curves, styles):
    """curves: {system: [(x, y, low, high)]}, each with its name at its end;
    ours on top."""
    for name, points in curves.items():
        x, y, low, high = zip(*points)
        colour, dash, mark = styles[name]
        axes.errorbar(x, y, yerr=[[a - b for a, b in zip(y, low)],
                                  [b - a for a, b in zip(y, high)]],
                      color=colour, linestyle=dash, marker=mark, ms=4.5,
                      markevery=len(x) // 8 or 1, elinewidth=1, capsize=0,
                      linewidth=2.5 if name == OURS else 1.5,
                      zorder=4 if name == OURS else 3)
    box = axes.get_window_extent()
    places = apart({name: axes.transData.transform(points[-1][:2])[1]
                    for name, points in curves.items()}, 13, box.y1)
    for name, place in places.items():
        end = axes.transData.transform(curves[name][-1][:2])
        axes.annotate(
            clip(name, 14), end, (box.x1 + 10, place), "figure pixels",
            "figure pixels", va="center_baseline", color=styles[name][0],
            weight="bold" if name == OURS else "normal", arrowprops={
                "arrowstyle": "-", "color": styles[name][0], "lw": 0.6,
                "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)})


def latency_plot(row, where, styles):
    """Percentiles: the further right, the rarer."""
    drawn = row.with_percentiles()
    finite = [p for f in drawn.values() for p in f.curve if 0 <= p < 100]
    if not finite:
        return None
    last = -math.log10(1 - max(finite) / 100)
    end = last + max(0.5, 0.25 * last)  # the place of the maximum

    def place(p):
        return end if p >= 100 else -math.log10(1 - p / 100)

    curves = {name: [(place(p), v, v, v) for p, v in sorted(f.curve.items())]
              for name, f in drawn.items()}
    axes = canvas(236, 52, 110)
    scale(axes.yaxis, [p[1] for c in curves.values() for p in c],
          duration if row.unit.startswith("ns") else short, 5)
    marks = {place(p): "%g" % p for p in {50, 90, 99, 99.9, 99.99}
             & set(finite)}
    if any(100 in f.curve for f in drawn.values()):
        marks[end] = "max"
    axes.set_xlim(place(min(finite)) - 0.15, end + 0.1)
    ticks(axes.xaxis, ticker.FixedLocator(list(marks)), marks.get)
    curves_plot(axes, curves, styles)
    return paint(axes, "Latency percentiles: " + row.name + where,
                 "In %s. " % row.unit + "; ".join(
                     "%s %s" % (name, ", ".join(
                         "%g %%: %s" % (p, figure(v))
                         for p, v in f.percentiles.items()))
                     for name, f in drawn.items()) + ".")


def growth_plot(growth, where, styles):
    """Operations a second, by threads or capacity."""
    curves = {name: [(x, 1e9 / f.median, *ends(1e9 / f.median,
                                               f.spread_percent))
                     for x, f in sorted(curve.items())]
              for name, curve in growth.curves.items()}
    sizes = growth.sizes
    axes = canvas(236, 52, 110)
    scale(axes.xaxis, sizes)
    scale(axes.yaxis, [v for c in curves.values() for p in c for v in p[1:]],
          most=5)
    ticks(axes.xaxis, ticker.FixedLocator(sizes[::math.ceil(len(sizes) / 6)]),
          binary)
    curves_plot(axes, curves, styles)
    return paint(axes, "Operations a second by %s: %s%s" % (
        growth.x, growth.name, where), "From %s %g to %g." % (
            growth.x, sizes[0], sizes[-1]))


def palette(index):
    return ";".join("--%s:%s" % (role, value[index])
                    for role, value in ROLES.items())


def main_svg(bars, title):
    """A file for a README.  It has a background card of its own, so that it
    can be read on any page, light or dark."""
    width, left, right, top, bottom = 800, 410, 110, 44, 52
    axes = canvas(top + bottom + 24 * len(bars), left, right, top, bottom,
                  width)
    height = round(72 * axes.figure.get_figheight())
    bars_scale(axes, bars, 6)
    axes.set(ylim=(len(bars) - 0.5, -0.5), yticks=())
    axes.figure.text(14 / width, 1 - 24 / height, clip(title, 100),
                     weight="bold")
    axes.figure.text(14 / width, 14 / height, "line at 1: as fast; thick "
                     "tick: must be reached; dotted: aim; whiskers: spread",
                     color=MUTED)
    for y, bar in enumerate(bars):
        words_at(axes, 14, y, clip(bar.row.name, 38), "left")
        judged(axes, y, bar, left - 10, width - 14)
    return paint(
        axes, title, "Speed of libsync over the named one; above 1 libsync is "
        "faster. " + words_of(bars),
        'xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"' % (
            width, height),
        "<style>svg{%s}@media(prefers-color-scheme:dark){svg{%s}}"
        "text{font-family:system-ui,'Segoe UI',Roboto,'DejaVu Sans',"
        "sans-serif!important}</style>"
        '<rect style="fill:var(--card)" x="0.5" y="0.5" width="%d" '
        'height="%d" rx="8" stroke="#8b949e" stroke-opacity="0.5"/>' % (
            palette(0), palette(1), width - 1, height - 1)) + "\n"


# The page


class Page:
    """What the template calls."""

    def __init__(self, results):
        self.results, self.anchors = results, {}
        self.several = len(results) > 1
        self.groups = in_order(row.group for r in results for row in r.rows)
        self.names = sorted(in_order(
            n for r in results for row in r.rows for n in row.systems),
            key=lambda name: name != OURS)
        drawn = in_order([OURS] + [
            n for r in results for g in r.growth for n in g.curves] + [
            n for r in results for row in r.rows
            for n in row.with_percentiles()])
        self.styles = {name: (SERIES[i % len(SERIES)],
                              DASHES[(i + i // len(SERIES)) % len(DASHES)],
                              MARKS[i % len(MARKS)])
                       for i, name in enumerate(drawn)}

    def id(self, *words):
        """An id that depends only on the words."""
        return self.anchors.setdefault(words, "-".join(
            re.sub(r"[^a-z0-9]+", "-", w.lower()) for w in words)
            + "-%d" % len(self.anchors))

    def where(self, result):
        return " (%s)" % result.name if self.several else ""

    def side_by_side(self, name):
        """A table of a mapping that each result has."""
        tables = [getattr(r, name) for r in self.results]
        return [["", *(r.name for r in self.results)] if self.several else [],
                *([key, *(t.get(key, "-") for t in tables)]
                  for key in in_order(itertools.chain(*tables)))]

    def medians(self, result):
        names = [name for name in self.names
                 if any(name in row.systems for row in result.rows)]
        return [["row", *names],
                *(["%s, %s" % (row.name, row.unit),
                   *("failed" if name in row.failed else
                     row.systems[name].words if name in row.systems else ""
                     for name in names)] for row in result.rows)]

    def by_name(self, kind, group=None):
        """{name: [(result, row or growth)]}"""
        found = {}
        for result in self.results:
            for item in getattr(result, kind):
                if group in (None, getattr(item, "group", None)):
                    found.setdefault(item.name, []).append((result, item))
        return found

    def overview(self, result):
        """The plots of all bars, a group in even parts."""
        everything = [b for r in self.results for b in r.bars()]
        for group in self.groups:
            rows = [row for row in result.rows
                    if row.bars and row.group == group]
            size = math.ceil(len(rows) / math.ceil(len(rows) / 7 or 1)) or 1
            for i in range(0, len(rows), size):
                yield overview_plot(
                    "Bars of %s%s" % (group, self.where(result)),
                    rows[i:i + size], everything)

    def html(self):
        env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(os.path.dirname(
                os.path.abspath(__file__))), autoescape=True,
            trim_blocks=True, lstrip_blocks=True,
            undefined=jinja2.StrictUndefined)
        return env.get_template("report.html.j2").render(
            page=self, OURS=OURS, light=palette(0), dark=palette(1),
            figure=figure, times=times, spread=spread, duration=duration,
            ratio_plot=ratio_plot, figures_plot=figures_plot,
            latency_plot=latency_plot, growth_plot=growth_plot)


# The files


def plain(words):
    """Text for Markdown, with its markup escaped."""
    return re.sub(r"([|\\`*_<>\[\]])", r"\\\1", words.replace("\u202f", " "))


def table_line(row):
    """Our time, the best peer, our speed over it, and over pthreads."""
    ours, peers = row.systems.get(OURS), row.ratios()
    if not peers:
        return ""
    best, (ratio, percent) = next(iter(peers.items()))
    cells = [row.name, "%s %s" % (figure(ours.median), row.unit),
             "%s %s" % (best, figure(row.systems[best].median)),
             "%s \u00b1%.0f %%" % (figure(ratio), percent),
             figure(peers["pthread"][0]) if "pthread" in peers else ""]
    return "| " + " | ".join(map(plain, cells)) + " |\n"


def table_of(result):
    return ("| | libsync | best peer | our speed over it | over pthreads |\n"
            "|---|---|---|---|---|\n" + "".join(map(table_line, result.rows))
            + plain("\n%s; %s. %s.\n" % (
                result.date[:10],
                result.about("cpu", "cores", "kernel", "libc", "compiler"),
                ", ".join("%s %s" % item
                          for item in sorted(result.versions.items())))))


def chosen(result, patterns):
    """Bars for the main plot: the first of each row that a pattern fits, in
    the order of the patterns; of all rows, if there are no patterns and none
    of the default ones fits."""
    everything = [row for row in result.rows
                  if any(bar.ratio is not None for bar in row.bars)]
    rows = [row for pattern in patterns or MAIN_ROWS for row in everything
            if fnmatch.fnmatchcase(row.name, pattern)]
    if not rows and not patterns:
        rows = everything
    if not rows:
        raise Trouble("%s: no row with a ratio%s" % (
            result.path, " fits" if patterns else ""))
    return [next(bar for bar in row.bars if bar.ratio is not None)
            for row in {row.name: row for row in rows}.values()]


def write(path, words, folder=None):
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, path)
        with open(path, "w", encoding="utf-8") as f:
            f.write(words)
    except OSError as error:
        raise Trouble("%s: %s" % (path, error.strerror)) from None


def parse():
    parser = argparse.ArgumentParser(
        prog="report", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("results", nargs="+", metavar="RESULT.json",
                        help="what bench-peers wrote with --json")
    parser.add_argument("-o", "--output", metavar="PAGE.html",
                        help="the page")
    parser.add_argument("--svg", metavar="DIR", help="write the main plot of "
                        "the first result there, as " + SVG_NAME)
    parser.add_argument("--table", metavar="FILE.md", help="write a table of "
                        "the first result there, in Markdown")
    parser.add_argument("--rows", metavar="PATTERN", action="append",
                        help="rows of the main plot, such as 'fifo*'; may be "
                        "given again (default: %s)" % ", ".join(MAIN_ROWS))
    options = parser.parse_args()
    if not (options.output or options.svg or options.table):
        parser.error("neither -o nor --svg nor --table: nothing to write")
    if options.rows and not options.svg:
        parser.error("--rows is of use with --svg only")
    return options


def main():
    options = parse()
    warnings.simplefilter("ignore")  # a letter that the font does not have
    results = read_all(options.results)
    first = results[0]
    if options.output:
        write(options.output, Page(results).html())
    if options.svg:
        title = ", ".join(filter(None, (
            "Speed of libsync over its best peers", first.date[:10],
            first.about("cpu", "cores", "compiler"))))
        write(SVG_NAME, main_svg(chosen(first, options.rows), title),
              options.svg)
    if options.table:
        write(options.table, table_of(first))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print("report: %s" % trouble, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
