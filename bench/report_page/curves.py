# SPDX-License-Identifier: MIT
"""Plots with a curve for each system: percentiles of latency, and growth."""

import math

from matplotlib import ticker

from report_page.drawing import canvas, paint, scale, ticks
from report_page.result import OURS, ends
from report_page.words import binary, clip, duration, figure, short


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
