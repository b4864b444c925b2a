# SPDX-License-Identifier: MIT
"""The page: HTML with the plots and a table for each of them."""

import os
from html import escape

import report_plots as plots
from report_gnuplot import (DEFS, ROLES, SERIES, draw_all, duration, figure,
                            spread)
from report_result import OURS, in_order

CSS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                   "report_page.css")
NOTE = "Figures are medians of repeated, interleaved runs. ± is half the " \
    "distance of the quartiles, in percent of the median; whiskers show it " \
    "too, and small rings are the samples."


def paint():
    """The classes of the plots."""
    return "\n".join(
        ".k-{0} {{ stroke: var(--{0}); fill: none; }} "
        ".f-{0} {{ fill: var(--{0}); }} .c-{0} {{ color: var(--{0}); }}"
        .format(role) for role in ROLES) + (
            "\n.plot text { font: 12px system-ui, \"Segoe UI\", Roboto, "
            "\"DejaVu Sans\", sans-serif; }\n"
            ".mark { fill: none; stroke: currentColor; "
            "stroke-width: 0.35; }\n"
            ".dot { fill: currentColor; stroke: none; }")


def slug(*words):
    return "-".join("".join(c if c.isascii() and c.isalnum() else "-"
                            for c in word.lower()) for word in words)


class Page:
    """The text written so far, and the plots that are not drawn yet."""

    def __init__(self, results):
        self.results = results
        self.parts, self.plots, self.slugs = [], [], {}
        # First the systems that share a plot of curves: their colours differ.
        self.styles = plots.Styles(in_order(results, lambda r: [
            n for g in r.growth for n in g.curves] + [
            n for row in r.rows for n in row.with_percentiles()],
            lambda n: n))
        self.names = in_order(
            results, lambda r: [n for row in r.rows for n in row.systems],
            lambda n: n)
        self.several = len(results) > 1

    def add(self, *parts):
        self.parts += parts

    def id(self, *words):
        """An id that depends only on the words."""
        return self.slugs.setdefault(words, "%s-%d" % (
            slug(*words), len(self.slugs)))

    def where(self, result):
        return " (%s)" % result.name if self.several else ""

    def figure(self, plot, caption, legend=""):
        """A plot, if there is one; its SVG is filled in when all are drawn."""
        if plot is None:
            return
        self.plots.append(plot)
        self.add("<figure>", plot, legend,
                 "<figcaption>%s</figcaption>" % escape(caption)
                 if caption else "", "</figure>")

    def table(self, title, head, rows, css="", closed=None):
        """rows: (class, cells); the first cell is a heading.  In a box that
        scrolls; behind a line to open it if closed."""
        self.add("<details><summary>%s</summary>" % escape(closed)
                 if closed else "")
        self.add('<div class="scroll" role="region" tabindex="0" '
                 'aria-label="%s">' % escape(title),
                 '<table class="%s"><caption>%s</caption>' % (
                     css, escape(title)))
        if head:
            self.add("<thead><tr>%s</tr></thead>" % "".join(
                '<th scope="col">%s</th>' % escape(h) for h in head))
        self.add("<tbody>")
        for css_class, cells in rows:
            self.add("<tr%s><th scope=\"row\">%s</th>%s</tr>" % (
                ' class="%s"' % css_class if css_class else "",
                escape(cells[0]), "".join(
                    "<td>%s</td>" % escape(c) for c in cells[1:])))
        self.add("</tbody></table></div>", "</details>" if closed else "")

    def legend(self, names):
        """The lines of curves, and the system of each."""
        items = []
        for name in self.styles.of:
            if name not in names:
                continue
            role, dash, mark, width = self.styles.of[name]
            items.append(
                '<li><svg viewBox="0 0 36 12" aria-hidden="true">'
                '<path class="k-%s" stroke-width="%s"%s d="M0 6H36"/>'
                '<use class="c-%s" href="#gpPt%d" '
                'transform="translate(18 6) scale(4)"/></svg>%s</li>' % (
                    role, width,
                    ' stroke-dasharray="%s"' % dash if dash else "",
                    role, mark, escape(name)))
        return '<ul class="legend">%s</ul>' % "".join(items)

    def html(self):
        draw_all(self.plots)
        out = []
        for part in self.parts:
            out.append(part if isinstance(part, str) else svg(
                part, "plot-%d" % self.plots.index(part)))
        return "\n".join(p for p in out if p) + "\n"


def svg(plot, name):
    return ('<svg class="plot" viewBox="0 0 %d %d" role="img" '
            'aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title>'
            '<desc id="%s-d">%s</desc>\n%s\n</svg>' % (
                plot.width, plot.height, name, name, name,
                escape(plot.title), name, escape(plot.description),
                plot.inside))


# The parts of the page, from the top.

def head(page, title):
    with open(CSS, encoding="utf-8") as f:
        css = f.read()
    page.add("<!DOCTYPE html>", '<html lang="en">', "<head>",
             '<meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, '
             'initial-scale=1">',
             "<title>%s</title>" % escape(title),
             '<link rel="icon" href="data:,">',
             "<style>", css + paint(), "</style>", "</head>", "<body>",
             '<svg width="0" height="0" style="position:absolute" '
             'aria-hidden="true"><defs>%s</defs></svg>' % DEFS,
             "<header>", "<h1>%s</h1>" % escape(title))


def facts(page):
    """Date, machine, versions, and the systems that are missing."""
    results = page.results
    keys = in_order(results, lambda r: r.machine, lambda k: k)
    title = [r.name for r in results] if page.several else []
    rows = [("", ["date"] + [r.date or "-" for r in results])]
    rows += [("", [key] + [r.machine.get(key, "-") for r in results])
             for key in keys]
    page.table("Where and when it was measured",
               [""] + title if title else [], rows, "facts")
    names = in_order(results, lambda r: r.versions, lambda k: k)
    if names:
        page.table("Versions", [""] + title if title else [],
                   [("ours" if n == OURS else "", [n] + [
                       r.versions.get(n, "-") for r in results])
                    for n in names], "facts", "Versions of all systems (%d)"
                   % len(names))
    for result in results:
        if result.missing:
            page.add("<p><b>Missing%s:</b> %s.</p>" % (
                escape(page.where(result)), escape("; ".join(
                    "%s (package %s)" % m if m[1] else m[0]
                    for m in result.missing))))


def navigation(page, groups):
    links = [("summary", "Bars")] + [(page.id("group", g), g)
                                     for g in groups]
    if any(r.growth for r in page.results):
        links.append(("growth", "growth"))
    links.append(("all", "all medians"))
    page.add('<nav aria-label="Sections"><ul>%s</ul></nav>' % "".join(
        '<li><a href="#%s">%s</a></li>' % (i, escape(t)) for i, t in links),
        "</header>", "<main>")


def bars_table(page, result, bars):
    rows = [("", ["%s / %s" % (b.row.name, b.whom),
                  "-" if b.ratio is None else figure(b.ratio) + "×",
                  spread(b.spread),
                  "-" if b.must is None else "%g" % b.must,
                  "-" if b.aim is None else "%g" % b.aim,
                  b.verdict if b.must is not None else ""]) for b in bars]
    page.table("Bars" + page.where(result),
               ["row / over whom", "ratio", "spread", "must", "aim", ""],
               rows, "all", "Table of these bars" + page.where(result))


def in_parts(rows, most=7):
    """Even pieces, for columns of equal length."""
    pieces = -(-len(rows) // most) or 1
    size = -(-len(rows) // pieces) or 1
    return [rows[i:i + size] for i in range(0, len(rows), size)]


def shorts_list(page, short, most=8):
    """The bars that are not met; folded behind a line if there are many."""
    items = ['<li><a href="#%s">%s</a> over %s: <b class="short">%s</b>, '
             "must %g</li>" % (
                 page.id("row", b.row.name), escape(b.row.name),
                 escape(b.whom), escape(
                     "not measured" if b.ratio is None
                     else figure(b.ratio) + "× short"), b.must)
             for b in short]
    page.add("<details><summary>The %d short ones</summary>" % len(short)
             if len(short) > most else "",
             '<ul class="shorts">%s</ul>' % "".join(items),
             "</details>" if len(short) > most else "")


def summary(page, groups):
    page.add('<section id="summary">', "<h2>Bars: libsync over its "
             "peers</h2>")
    page.add("<p>A bar is the ratio of two medians of one interleaved run: "
             "our speed over that of the system named. At 1, the strong "
             "line, both are as fast. The thick tick is what must be "
             "reached, the thin one the aim; the whisker is the spread of "
             "both systems together.</p>")
    for result in page.results:
        bars = result.bars()
        judged = [b for b in bars if b.must is not None]
        short = [b for b in judged if not b.met]
        page.add('<p class="summary">%s<b>%d of %d</b> bars are met%s</p>' % (
            escape(result.name) + ": " if page.several else "",
            len(judged) - len(short), len(judged),
            "." if not short else "; short:" if len(short) <= 8 else
            ", %d short." % len(short)))
        if short:
            shorts_list(page, short)
    axis = plots.scale_of([b for r in page.results for b in r.bars()],
                          plots.WIDTH - sum(plots.OVERVIEW))
    for result in page.results:
        if not result.bars():
            continue
        page.add("<h3>%s</h3>" % escape(result.name) if page.several else "",
                 '<div class="columns">')
        for group in groups:
            rows = [row for row in result.rows
                    if row.bars and row.group == group]
            for part in in_parts(rows):
                page.figure(plots.overview_plot(
                    "Bars of %s%s" % (group, page.where(result)), part,
                    axis), "")
        page.add("</div>")
        bars_table(page, result, result.bars())
    page.add("</section>")


def bars_list(page, row):
    if not row.bars:
        return
    page.add('<ul class="bars">')
    for bar in row.bars:
        limits = ["%s %g" % pair for pair in (("must", bar.must),
                                              ("aim", bar.aim))
                  if pair[1] is not None]
        css = "met" if bar.met else "short"
        page.add("<li>%s: <b>%s</b> %s%s%s</li>" % (
            escape(bar.whom if bar.whom.startswith("at ")
                   else "over " + bar.whom),
            "-" if bar.ratio is None else figure(bar.ratio) + "×",
            escape(spread(bar.spread)),
            ' <b class="%s">%s</b>' % (css, bar.verdict)
            if bar.must is not None else "",
            " (%s)" % ", ".join(limits) if limits else ""))
    page.add("</ul>")


def figures_table(page, row, where):
    ratios = row.ratios()
    cells = []
    for name, f in row.systems.items():
        ratio = ratios.get(name)
        cells.append(("ours" if name == OURS else "", [
            name, figure(f.median), spread(f.spread), figure(f.cpu),
            figure(f.voluntary), figure(f.involuntary),
            "%s× %s" % (figure(ratio[0]), spread(ratio[1])) if ratio
            else "-"]))
    page.table(row.name + where, [
        "system", "median, " + row.unit, "spread", "CPU, ns/op",
        "switches/op, voluntary", "involuntary", "libsync over it"], cells,
        closed="Table: wall time, CPU time, context switches")


def percentiles_table(page, row, where):
    curves = row.with_percentiles()
    points = sorted({p for f in curves.values() for p in f.percentiles})
    show = duration if row.unit.startswith("ns") else figure
    page.table("Percentiles: " + row.name + where,
               ["system"] + ["max" if p >= 100 else "%g %%" % p
                             for p in points],
               [("ours" if name == OURS else "", [name] + [
                   show(f.percentiles[p]) if p in f.percentiles else "-"
                   for p in points]) for name, f in curves.items()],
               closed="Table of the percentiles")


def failures(page, pairs):
    for name, why in pairs:
        page.add('<p>%s: <b class="short">failed</b>, %s</p>' % (
            escape(name), escape(why)))


def one_row(page, result, row):
    """The values of a row in one result."""
    where = page.where(result)
    page.add("<div>", "<h4>%s</h4>" % escape(result.name)
             if page.several else "")
    bars_list(page, row)
    failures(page, row.failed.items())
    page.add('<div class="grid">')
    page.figure(plots.ratio_plot(row, where),
                "%s: above 1 libsync is %s." % (
                    ("Speed of libsync over each peer", "faster")
                    if row.unit.startswith("ns") and not row.more else
                    ("libsync over each peer", "better")))
    page.figure(plots.figures_plot(row, where), "%s, %s is better." % (
        row.unit, "more" if row.more else "less"))
    page.figure(plots.latency_plot(row, where, page.styles),
                "Percentiles: how many in a hundred took no longer.",
                page.legend(row.with_percentiles()))
    page.add("</div>")
    if row.systems:
        figures_table(page, row, where)
    if row.with_percentiles():
        percentiles_table(page, row, where)
    page.add("</div>")


def one_group(page, group, names):
    page.add('<section id="%s">' % page.id("group", group),
             "<h2>%s</h2>" % escape(group))
    for name in names:
        page.add('<article class="row" id="%s">' % page.id("row", name),
                 "<h3>%s</h3>" % escape(name), '<div class="wide">')
        for result in page.results:
            row = result.row(name)
            if row:
                one_row(page, result, row)
        page.add("</div>", "</article>")
    page.add("</section>")


def growth_table(page, growth, where):
    names = list(growth.curves)
    rows = []
    for x in growth.sizes:
        cells = ["%g" % x]
        for name in names:
            f = growth.curves[name].get(x)
            cells.append("-" if f is None else ("%s %s" % (
                figure(f.median), spread(f.spread))).strip())
        rows.append(("", cells))
    page.table("%s, %s%s" % (growth.name, growth.unit, where),
               [growth.x] + names, rows,
               closed="Table: %s by %s" % (growth.unit, growth.x))


def growth_section(page):
    names = in_order(page.results, lambda r: r.growth, lambda g: g.name)
    if not names:
        return
    page.add('<section id="growth">', "<h2>Growth: threads and "
             "capacity</h2>", "<p>Operations a second of all threads "
             "together. Our time for an operation is to stay within a few "
             "times of its best value.</p>",
             "" if page.several else '<div class="wide">')
    for name in names:
        page.add('<article class="row">', "<h3>%s</h3>" % escape(name),
                 '<div class="wide">')
        for result in page.results:
            growth = result.curve(name)
            if growth is None:
                continue
            where, worst = page.where(result), growth.worst()
            page.add("<div>", "<h4>%s</h4>" % escape(result.name)
                     if page.several else "")
            if worst is not None:
                good = "met" if worst <= growth.must else "short"
                page.add("<p>libsync: at worst %s times its best, "
                         '<b class="%s">%s</b> (at most %g)</p>' % (
                             figure(worst), good, good, growth.must))
            failures(page, growth.failed)
            page.figure(plots.growth_plot(growth, where, page.styles),
                        "Operations a second by %s; higher is better."
                        % growth.x, page.legend(growth.curves))
            growth_table(page, growth, where)
            page.add("</div>")
        page.add("</div>", "</article>")
    page.add("" if page.several else "</div>", "</section>")


def all_medians(page):
    page.add('<section id="all">', "<h2>All medians</h2>")
    for result in page.results:
        names = sorted((n for n in page.names if any(
            n in row.systems for row in result.rows)),
            key=lambda n: n != OURS)
        rows = []
        for row in result.rows:
            cells = ["%s, %s" % (row.name, row.unit)]
            for name in names:
                f = row.systems.get(name)
                cells.append("failed" if name in row.failed else
                             "" if f is None else ("%s %s" % (
                                 figure(f.median), spread(f.spread))).strip())
            rows.append(("", cells))
        page.table("Median and spread of each row and system"
                   + page.where(result), ["row"] + names, rows, "all")
    page.add("</section>")


def page_of(results):
    page = Page(results)
    title = "libsync against its peers"
    groups = in_order(results, lambda r: r.rows, lambda row: row.group)
    head(page, title)
    facts(page)
    page.add("<p>%s</p>" % escape(NOTE))
    navigation(page, groups)
    summary(page, groups)
    for group in groups:
        one_group(page, group, in_order(
            results, lambda r, g=group: [row for row in r.rows
                                         if row.group == g],
            lambda row: row.name))
    growth_section(page)
    all_medians(page)
    page.add("</main>", "<footer>libsync; drawn by gnuplot.</footer>",
             "</body>", "</html>")
    return page.html()


LIGHT = ("--card:#ffffff;--ink:#1b1f24;--muted:#57606a;--grid:#d4dae0;"
         "--met:#0b62a8;--short:#b4410e;--peer:#6a737d")
DARK = ("--card:#161b22;--ink:#e6edf3;--muted:#9da7b3;--grid:#343b44;"
        "--met:#58a6ff;--short:#ff9b57;--peer:#949ea9")


def main_svg(bars, title):
    """A file for a README.  It has a background card of its own, so that it
    can be read on any page, light or dark."""
    plot = plots.main_plot(bars, title)
    draw_all([plot])
    style = ("svg{%s}@media(prefers-color-scheme:dark){svg{%s}}" % (
        LIGHT, DARK) + "".join(
            ".k-{0}{{stroke:var(--{0});fill:none}}.f-{0}{{fill:var(--{0})}}"
            .format(role) for role in ROLES[:-SERIES])
        + "text{font:13px system-ui,'Segoe UI',Roboto,'DejaVu Sans',"
        "sans-serif}")
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
            'viewBox="0 0 %d %d" role="img" aria-labelledby="t d">\n'
            '<title id="t">%s</title>\n<desc id="d">%s</desc>\n'
            "<style>%s</style>\n"
            '<rect class="f-card" x="0.5" y="0.5" width="%d" height="%d" '
            'rx="8" stroke="#8b949e" stroke-opacity="0.5"/>\n%s\n</svg>\n' % (
                plot.width, plot.height, plot.width, plot.height,
                escape(plot.title), escape(plot.description), style,
                plot.width - 1, plot.height - 1, plot.inside))
