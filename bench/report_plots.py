# SPDX-License-Identifier: MIT
"""The plots of a result, for the page."""

import math

from report_gnuplot import (SERIES, WIDTH, Axis, Plot, clip, colour, duration,
                            figure, length, short, spread)
from report_result import OURS, ends

LINE = 19       # height of a line of a plot with names
MOST = 1000     # a ratio that is drawn
CURVE = (296, 204)  # of curves, within their axes
DASHES = ("", "7,3", "2,3", "9,3,2,3")
MARKS = (6, 4, 8, 10, 12, 5, 3, 7, 9, 11)  # as in DEFS


def named_lines(plot, names, left, right, axis, values, strong=(OURS,)):
    """A plot with one line for each name: names left, values right."""
    plot.margins(left, right, 4, 26)
    plot.add(axis.script("x"))
    plot.add("set yrange [%.2f:-0.5]" % (len(names) - 0.5))
    plot.add("unset ytics")
    for y, name in enumerate(names):
        role = "met" if name in strong else "ink"
        plot.label(clip(name, left - 8),
                   "screen %.4f" % ((left - 6) / plot.width),
                   "first %d" % y, "right", role)
        plot.label(values[y], "screen %.4f" % (1 - 2 / plot.width),
                   "first %d" % y, "right", role)


def left_of(names):
    return 10 + min(130, max(map(length, names)))


def right_of(values):
    return 8 + max(map(length, values))


def bars_of(row):
    """{system: its worst bar}, of the bars that are ratios over a system."""
    found = {}
    for bar in row.bars:
        if bar.of == "median" and bar.ratio is not None:
            other = found.get(bar.system)
            if other is None or other.met and not bar.met:
                found[bar.system] = bar
    return found


def upright(plot, marks, dash=""):
    """Ticks across a bar: x, the middle, half the height."""
    plot.layer([(x, y - h, 0, 2 * h) for x, y, h in marks], "1:2:3:4",
               "vectors nohead linewidth %s %s linecolor rgb '%s'" % (
                   "1.25" if dash else "2.5", dash, colour("ink")))


def bars_layer(plot, items, half, role):
    """Bars from 1: y, ratio, spread."""
    plot.layer([(r, y, min(1, r), max(1, r), y - half, y + half)
                for y, r, _ in items], "1:2:3:4:5:6",
               "boxxyerror fillstyle solid 1 noborder linecolor rgb '%s'"
               % colour(role))


def whiskers_layer(plot, items, role="ink"):
    plot.layer([(r, y, *ends(r, s)) for y, r, s in items if s], "1:2:3:4",
               "xerrorbars pointtype 0 linewidth 1 linecolor rgb '%s'"
               % colour(role))


def ones_layer(plot, ys):
    """The line of equal speed, at each of the bars."""
    plot.layer([(1, y - 0.5, 0, 1) for y in ys], "1:2:3:4",
               "vectors nohead linewidth 1.5 linecolor rgb '%s'"
               % colour("ink"))


def ratio_plot(row, where):
    """Our speed over each peer's."""
    ratios = row.ratios()
    if not ratios:
        return None
    names, bars = list(ratios), bars_of(row)
    items = [(y, *ratios[name]) for y, name in enumerate(names)]
    values = []
    for name in names:
        mark = bars[name].verdict if name in bars and \
            bars[name].must is not None else ""
        values.append(" ".join(
            [figure(ratios[name][0]) + "\u00d7", mark]).strip())
    plot = Plot("libsync over each peer: " + row.name + where,
                "Ratio of medians, above 1 libsync is better. " + "; ".join(
                    "%s %s" % pair for pair in zip(names, values)) + ".",
                30 + LINE * len(names))
    musts = [(bars[n].must, y, 0.46) for y, n in enumerate(names)
             if n in bars and bars[n].must]
    left, right = left_of(names), right_of(values)
    axis = Axis([v for _, r, s in items for v in ends(r, s)],
                WIDTH - left - right,
                include=[1, 0.8, 1.25] + [m[0] for m in musts])
    named_lines(plot, names, left, right, axis, values, ())
    faster = [i for i in items if i[1] >= 1]
    bars_layer(plot, faster, 0.32, "met")
    bars_layer(plot, [i for i in items if i not in faster], 0.32, "short")
    ones_layer(plot, range(len(names)))
    whiskers_layer(plot, items)
    upright(plot, musts)
    return plot


def figures_plot(row, where):
    """The median of each system, with all samples."""
    names = list(row.systems)
    if not names:
        return None
    figures = list(row.systems.values())
    values = [("%s %s" % (figure(f.median), spread(f.spread))).strip()
              for f in figures]
    plot = Plot("%s of each system: %s%s" % (row.unit, row.name, where),
                "%s is better. " % ("More" if row.more else "Less")
                + "; ".join("%s %s" % pair for pair in zip(names, values))
                + ".", 30 + LINE * len(names))
    left, right = left_of(names), right_of(values)
    axis = Axis([v for f in figures for v in [f.median, *f.range()]],
                WIDTH - left - right)
    named_lines(plot, names, left, right, axis, values)
    plot.layer([(s, y) for y, f in enumerate(figures) for s in f.samples
                if axis.low <= s <= axis.high], "1:2",
               "points pointtype 6 pointsize 0.4 linecolor rgb '%s'"
               % colour("muted"))
    for ours, role in ((True, "met"), (False, "peer")):
        dots = [(f.median, y, *f.range()) for y, (n, f) in
                enumerate(row.systems.items()) if (n == OURS) == ours]
        plot.layer(dots, "1:2:3:4", "xerrorbars pointtype 7 pointsize 0.75 "
                   "linewidth 1.5 linecolor rgb '%s'" % colour(role))
    return plot


def scale_of(bars, room):
    """One axis for the bars of all rows; longer bars are cut off at its end."""
    ratios = [min(b.ratio, MOST) for b in bars if b.ratio is not None]
    return Axis(ratios + [b.must for b in bars if b.must], room,
                include=[0.7, 1.5], each=22 if room < WIDTH / 2 else 34)


def verdict(bar):
    if bar.ratio is None:
        return bar.verdict
    return ("%s\u00d7 %s" % (figure(bar.ratio), "" if bar.must is None
                             else bar.verdict)).strip()


def role_for(bar):
    """A row without a promise is neither met nor short."""
    if bar.must is None or bar.ratio is None:
        return "peer" if bar.must is None else "short"
    return "met" if bar.met else "short"


def text_role(bar):
    return "ink" if bar.must is None else role_for(bar)


def judged_bars(plot, bars, ys, half, axis):
    """The bars, each at its y, with the must and the aim."""
    shown = [(y, b) for y, b in zip(ys, bars) if b.ratio is not None]
    items = [(y, min(b.ratio, axis.high), b.spread or 0) for y, b in shown]
    for role in ("met", "short", "peer"):
        bars_layer(plot, [i for i, (_, b) in zip(items, shown)
                          if role_for(b) == role], half, role)
    ones_layer(plot, ys)
    whiskers_layer(plot, items)
    upright(plot, [(b.must, y, half + 0.1) for y, b in zip(ys, bars)
                   if b.must])
    upright(plot, [(b.aim, y, half + 0.1) for y, b in zip(ys, bars)
                   if b.aim and b.aim <= axis.high], "dashtype (3,2)")


OVERVIEW = (130, 86)  # the margins of the bars


def overview_plot(title, rows, axis):
    """The bars of some rows: its name, and a line for each bar."""
    bars = [b for row in rows for b in row.bars]
    lines, ys, heads = 0, [], []
    for row in rows:
        heads.append((lines, row.name))
        ys += [lines + 1 + i for i in range(len(row.bars))]
        lines += len(row.bars) + 1.2
    plot = Plot(title, "Speed of libsync over the named one. " + "; ".join(
        "%s over %s: %s" % (b.row.name, b.whom, verdict(b))
        for b in bars) + ".", 30 + round(17 * lines))
    plot.margins(*OVERVIEW, 4, 26)
    plot.add(axis.script("x"))
    plot.add("set yrange [%.2f:-0.5]" % (lines - 0.5))
    plot.add("unset ytics")
    for y, name in heads:
        plot.label(clip(name, WIDTH - 4), "screen 0.005", "first %.2f" % y)
    for y, bar in zip(ys, bars):
        plot.label(clip(bar.whom, OVERVIEW[0] - 8), "screen %.4f" % (
            (OVERVIEW[0] - 6) / WIDTH), "first %.2f" % y, "right", "muted")
        plot.label(verdict(bar), "screen 0.995", "first %.2f" % y, "right",
                   text_role(bar))
    judged_bars(plot, bars, ys, 0.3, axis)
    return plot


MAIN = (800, 400, 110)  # width and margins


def main_plot(bars, title):
    """For a README: one line a bar."""
    width, left, right = MAIN
    line, top, bottom = 24, 44, 52
    plot = Plot(title, "Speed of libsync over the named one; above 1 libsync "
                "is faster. " + "; ".join("%s / %s: %s" % (
                    b.row.name, b.whom, verdict(b)) for b in bars) + ".",
                top + bottom + line * len(bars), width)
    plot.margins(left, right, top, bottom)
    axis = scale_of(bars, width - left - right)
    plot.add(axis.script("x"))
    plot.add("set yrange [%.2f:-0.5]" % (len(bars) - 0.5))
    plot.add("unset ytics")

    def at(x):
        return "screen %.4f" % (x / width)

    plot.label(clip(title, width - 28), at(14),
               "screen %.4f" % (1 - 20 / plot.height))
    plot.label("line at 1: as fast; thick tick: must be reached; dotted: "
               "aim; whiskers: spread", at(14),
               "screen %.4f" % (14 / plot.height), "left", "muted")
    for y, bar in enumerate(bars):
        whom = clip(bar.whom, 150)
        place = "first %d" % y
        plot.label(clip(bar.row.name, left - 40 - length(whom)), at(14),
                   place)
        plot.label(whom, at(left - 10), place, "right", "muted")
        plot.label(verdict(bar), at(width - 14), place, "right",
                   text_role(bar))
    judged_bars(plot, bars, range(len(bars)), 0.3, axis)
    return plot


class Styles:
    """A colour, a dash and a mark for each system, the same in all plots."""

    def __init__(self, names):
        names = [OURS] + [n for n in names if n != OURS]
        self.of = {name: ("s%d" % (i % SERIES),
                          DASHES[(i + i // SERIES) % len(DASHES)] if i else "",
                          MARKS[i % len(MARKS)], 2.5 if i == 0 else 1.5)
                   for i, name in enumerate(names)}

    def line(self, name):
        role, dash, mark, width = self.of[name]
        return ("linespoints linewidth %s pointtype %d pointsize 0.6 "
                "linecolor rgb '%s' dashtype %s" % (
                    width, mark + 1, colour(role),
                    "(%s)" % dash if dash else "solid"))


def curves_plot(title, description, curves, axes, styles):
    """curves: {system: [(x, y) or (x, y, low, high)]}; ours on top."""
    left, top = 52, 8
    plot = Plot(title, description, top + CURVE[1] + 28)
    plot.margins(left, WIDTH - left - CURVE[0], top, 28)
    plot.add(axes[0].script("x"))
    plot.add(axes[1].script("y"))
    for name in sorted(curves, key=lambda n: n == OURS):
        plot.layer([(x, low, 0, high - low) for x, _, low, high in (
            p for p in curves[name] if len(p) == 4)], "1:2:3:4",
            "vectors nohead linewidth 1 linecolor rgb '%s'"
            % colour(styles.of[name][0]))
        plot.layer(curves[name], "1:2", styles.line(name) + (
            " pointinterval 4" if len(curves[name]) > 12 else ""))
    return plot


def latency_plot(row, where, styles):
    """Percentiles: the further right, the rarer."""
    curves = row.with_percentiles()
    if not curves:
        return None
    finite = sorted({p for f in curves.values() for p in f.curve
                     if 0 <= p < 100})
    last = -math.log10(1 - finite[-1] / 100) if finite else 0

    end = last + max(0.5, 0.2 * last)

    def place(p):
        return end if p >= 100 else -math.log10(1 - p / 100)

    points = {name: [(place(p), v) for p, v in f.curve.items()
                     if v > 0 and 0 <= p <= 100]
              for name, f in curves.items()}
    values = [v for c in points.values() for _, v in c]
    if not values:
        return None
    x = Axis([0, end], CURVE[0])
    marks = [p for p in finite if p in (50, 90, 99, 99.9, 99.99)] or finite
    maximum = any(100 in f.curve for f in curves.values())
    x.label = {place(p): "%g\u202f%%" % p for p in marks}
    if maximum:
        x.label[end] = "max"
    x.ticks, x.label = list(x.label), x.label.get
    x.low = place(finite[0]) - 0.15 if finite else 0
    x.high = (end if maximum else last) + 0.15
    timed = row.unit.startswith("ns")
    y = Axis(values, CURVE[1], duration if timed else short)
    return curves_plot(
        "Latency percentiles: " + row.name + where,
        "In %s. " % row.unit.split("/")[0] + "; ".join(
            "%s %s" % (name, ", ".join("%g %%: %s" % (p, figure(v))
                                       for p, v in f.percentiles.items()))
            for name, f in curves.items()) + ".", points, (x, y), styles)


def growth_plot(growth, where, styles):
    """Operations a second, by threads or capacity."""
    rate = growth.unit.startswith("ns")
    points = {name: [(x, *(1e9 / v if rate else v for v in
                           (f.median, *f.range())))
                     for x, f in sorted(c.items())]
              for name, c in growth.curves.items()}
    x = Axis(growth.sizes, CURVE[0])
    step = math.ceil(len(growth.sizes) / 9)
    x.ticks = growth.sizes[::step]
    x.label = lambda v: "%dM" % (v / 2**20) if v >= 2**20 else \
        "%dk" % (v / 1024) if v >= 8192 else "%g" % v
    y = Axis([v for c in points.values() for p in c for v in p[1:]],
             CURVE[1])
    return curves_plot(
        "%s by %s: %s%s" % ("Operations a second" if rate else growth.unit,
                            growth.x, growth.name, where),
        "From %s %g to %g." % (growth.x, growth.sizes[0], growth.sizes[-1]),
        points, (x, y), styles)
