# SPDX-License-Identifier: MIT
"""Plots with a line for each peer or bar: ratios, figures, the overview, and
the plot for a README."""

from report_page.drawing import (INK, MET, MUTED, PEER, ROLES, SHORT, WIDTH,
                                 canvas, paint, palette, scale, words_at)
from report_page.result import OURS, ends
from report_page.words import clip, times

LINE = 19  # height of a line of a plot with names
NAMES, VALUES = 140, 92  # room beside the bars
MOST = 1000  # a ratio that is drawn


def lines(axes, names, values, ours=False):
    """A line for each name: the name left, its value right."""
    axes.set(ylim=(len(names) - 0.5, -0.5), yticks=())
    for y, (name, value) in enumerate(zip(names, values)):
        colour = MET if ours and name == OURS else INK
        words_at(axes, NAMES - 6, y, clip(name, 19), colour=colour)
        words_at(axes, WIDTH - 2, y, value, colour=colour)


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
