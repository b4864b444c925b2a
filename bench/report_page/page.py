# SPDX-License-Identifier: MIT
"""The page: what its template, page.html.j2, calls."""

import itertools
import math
import os
import re

import jinja2

from report_page.bars import figures_plot, overview_plot, ratio_plot
from report_page.curves import growth_plot, latency_plot
from report_page.drawing import DASHES, MARKS, SERIES, palette
from report_page.result import OURS
from report_page.words import duration, figure, spread, times


def in_order(items):
    """Each once, in the order in which they appear first."""
    return list(dict.fromkeys(items))


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
        return env.get_template("page.html.j2").render(
            page=self, OURS=OURS, light=palette(0), dark=palette(1),
            figure=figure, times=times, spread=spread, duration=duration,
            ratio_plot=ratio_plot, figures_plot=figures_plot,
            latency_plot=latency_plot, growth_plot=growth_plot)


# The files
