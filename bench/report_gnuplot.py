# SPDX-License-Identifier: MIT
"""Scripts for gnuplot, and the conversion of the SVG that it writes.

gnuplot has no colours that change with the page.  So each colour role goes
through it as a colour of its own, and comes out as a class: k- for a line,
f- for a filled area, c- for a mark.  The page defines the classes.
"""

import math
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml
from html import escape

from report_result import Trouble

WIDTH = 360     # of a plot on the page; a phone shows it in full size
SERIES = 8      # colours of curves, which then repeat
ROLES = ["ink", "muted", "grid", "met", "short", "peer", "card"] + [
    "s%d" % i for i in range(SERIES)]
HANGS = 300     # seconds


def colour(role):
    return "#0102%02x" % (ROLES.index(role) + 1)


# Characters that are special to gnuplot in a string or in the format of a tick
# are replaced on the way by characters without a meaning.
HIDDEN = {ord(c): chr(0xE000 + i) for i, c in enumerate("'\"`\\%$@#{}")}
SHOWN = {ord(stand_in): chr(c) for c, stand_in in HIDDEN.items()}


def quoted(words):
    """A literal gnuplot string, whatever it contains."""
    return "'" + words.translate(HIDDEN) + "'"


def figure(value):
    """About three digits."""
    if value is None:
        return "-"
    size = abs(value)
    if size >= 1e8:
        return "> 10\u2078"
    if size < 0.1:
        return "%.2g" % value if size >= 1e-4 else "0"
    if size >= 100 or value == int(value) and size >= 10:
        return "{:,.0f}".format(value).replace(",", "\u202f")
    return "%.1f" % value if size >= 10 else "%.2f" % value


def spread(percent):
    return "" if percent is None else "\u00b1%.0f\u202f%%" % percent \
        if percent >= 9.5 else "\u00b1%.1f\u202f%%" % percent


def short(value):
    """For a tick."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return "%g%s" % (value / size, unit)
    return "%g" % value


def duration(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("\u00b5s", 1e3)):
        if ns >= size:
            return "%g\u202f%s" % (float("%.3g" % (ns / size)), unit)
    return "%g\u202fns" % float("%.3g" % ns)


NARROW, WIDE = "ijlIrt.,:;'|()[]f /\u202f", "mwMWQ%@\u2026\u00d7\u00b1"


def length(words):
    """Their length in a plot; an estimate that is too large, not too small."""
    return sum(5 if c in NARROW else 11.5 if c in WIDE
               else 8.3 if c.isupper() else 7.6 for c in words)


def clip(words, room):
    """As much of them as fits in a plot."""
    if length(words) <= room:
        return words
    while words and length(words) + 11.5 > room:
        words = words[:-1]
    return words.rstrip() + "\u2026"


class Axis:
    """Its start and end, and its ticks; logarithmic if possible.
    room is its length as drawn, and each is the room for a tick's label."""

    def __init__(self, values, room, label=short, include=(), each=34):
        values = [v for v in list(values) + list(include) if v is not None]
        self.label, self.room, self.each = label, room, each
        self.log = bool(values) and min(values) > 0
        low, high = (min(values), max(values)) if values else (0, 1)
        if self.log:
            slack = (high / low) ** 0.04
            self.low, self.high = low / slack, high * slack
            if self.high / self.low < 1.6:
                middle = math.sqrt(self.low * self.high)
                self.low, self.high = middle / 1.27, middle * 1.27
            self.ticks = self._log_ticks()
        else:
            self.low, self.high = min(low, 0), max(high, 0) * 1.05 or 1
            self.ticks = self._linear_ticks()

    def _apart(self, ticks):
        """Whether no two labels overlap."""
        where = [math.log(t) if self.log else t for t in ticks]
        whole = math.log(self.high / self.low) if self.log \
            else self.high - self.low
        return all((b - a) / whole * self.room >= self.each
                   for a, b in zip(where, where[1:]))

    def _linear_ticks(self):
        rough = (self.high - self.low) * self.each / self.room
        size = 10 ** math.floor(math.log10(rough))
        step = next(s * size for s in (1, 2, 5, 10) if s * size >= rough)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [float("%.6g" % (i * step)) for i in range(first, last + 1)]

    def _log_ticks(self):
        decades = range(math.floor(math.log10(self.low)),
                        math.ceil(math.log10(self.high)) + 1)
        most = []
        for steps in ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5),
                      (1, 2, 3, 5), (1, 2, 5), (1, 3), (1, 5), (1,)):
            ticks = [float("%.6g" % (s * 10.0 ** d))
                     for d in decades for s in steps]
            ticks = [t for t in ticks if self.low <= t <= self.high]
            if self._apart(ticks) and len(ticks) > len(most):
                most = ticks
        stride = 2
        while not most and stride < len(decades):
            ticks = [10.0 ** d for d in decades[::stride]]
            ticks = [t for t in ticks if self.low <= t <= self.high]
            most = ticks if self._apart(ticks) else most
            stride += 1
        return most

    def script(self, name):
        ticks = ", ".join("%s %.9g" % (quoted(self.label(t)), t)
                          for t in self.ticks)
        return (("set logscale %s\n" % name if self.log else "")
                + "set %srange [%.9g:%.9g]\n" % (name, self.low, self.high)
                + "set %stics scale 0.5 nomirror textcolor rgb '%s' (%s)\n"
                % (name, colour("muted"), ticks)
                + "set grid %stics back linetype 1 linewidth 0.75 "
                "linecolor rgb '%s'\n" % (name, colour("grid")))


class Plot:
    """One plot: its script, and after draw_all() its SVG."""

    def __init__(self, title, description, height, width=WIDTH):
        self.title, self.description = title, description
        self.width, self.height = width, height
        self.lines, self.labels, self.layers = [], 0, []
        self.inside = ""

    def add(self, line):
        self.lines.append(line.rstrip("\n"))

    def margins(self, left, right, top, bottom):
        self.add("set lmargin at screen %.5f" % (left / self.width))
        self.add("set rmargin at screen %.5f" % (1 - right / self.width))
        self.add("set tmargin at screen %.5f" % (1 - top / self.height))
        self.add("set bmargin at screen %.5f" % (bottom / self.height))

    def label(self, words, x, y, where="left", role="ink"):
        """x and y as gnuplot writes them: graph 1, screen 0, 3.5."""
        self.labels += 1
        self.add("set label %d %s at %s, %s %s textcolor rgb '%s'" % (
            self.labels, quoted(words), x, y, where, colour(role)))

    def layer(self, rows, using, how):
        """Data, and how to plot it."""
        if not rows:
            return
        name = "$d%d" % len(self.layers)
        self.add("%s << EOD" % name)
        for row in rows:
            self.add(" ".join("%.9g" % v for v in row))
        self.add("EOD")
        self.layers.append("%s using %s with %s" % (name, using, how))

    def script(self, file):
        head = ["reset session", "set encoding utf8",
                "set terminal svg size %d,%d font 'sans-serif,12' "
                "noenhanced linewidth 1" % (self.width, self.height),
                "set output %s" % quoted(file), "unset key", "unset border",
                "set xtics scale 0.5", "set ytics scale 0.5"]
        return "\n".join(head + self.lines + [
            "plot " + ", ".join(self.layers), "unset output", ""])


# What gnuplot's marks are, once a page.
DEFS = (
    '<circle id="gpPt5" class="mark" r="1"/>'
    '<circle id="gpPt6" class="dot" r="1"/>'
    '<rect id="gpPt3" class="mark" x="-1" y="-1" width="2" height="2"/>'
    '<rect id="gpPt4" class="dot" x="-1" y="-1" width="2" height="2"/>'
    '<path id="gpPt7" class="mark" d="M0-1.33L-1.33.67H1.33z"/>'
    '<path id="gpPt8" class="dot" d="M0-1.33L-1.33.67H1.33z"/>'
    '<path id="gpPt9" class="mark" d="M0 1.33L-1.33-.67H1.33z"/>'
    '<path id="gpPt10" class="dot" d="M0 1.33L-1.33-.67H1.33z"/>'
    '<path id="gpPt11" class="mark" d="M0-1.41L1.41 0 0 1.41-1.41 0z"/>'
    '<path id="gpPt12" class="dot" d="M0-1.41L1.41 0 0 1.41-1.41 0z"/>')


def role_of(paint):
    """The role of one of gnuplot's colours; None if it has none."""
    if paint is None or paint == "none":
        return None
    found = re.match(r"#0102([0-9a-f]{2})$", paint) or re.match(
        r"rgb\(\s*1,\s*2,\s*(\d+)\)$", paint)
    if not found:
        return "ink"
    index = int(found.group(1), 16 if paint[0] == "#" else 10) - 1
    return ROLES[index] if index < len(ROLES) else "ink"


def rounded(path):
    return re.sub(r"(\.\d)\d+", r"\1", " ".join(path.split())).replace(
        ".0 ", " ").replace(".0,", ",")


def leaf(tag, state, words):
    """An element that draws something, in the form for the page."""
    width = state.get("stroke-width", "1.00").rstrip("0").rstrip(".")
    transform = rounded(state.get("transform", ""))
    if tag == "path":
        dash = state.get("stroke-dasharray")
        role = role_of(state.get("stroke"))
        if state.get("stroke") == "currentColor":
            role = role_of(state.get("color"))
        return '<path class="k-%s"%s%s d="%s"/>' % (
            role, "" if width == "1" else ' stroke-width="%s"' % width,
            ' stroke-dasharray="%s"' % dash if dash else "",
            rounded(state["d"]))
    if tag == "polygon":
        return '<polygon class="f-%s" points="%s"/>' % (
            role_of(state.get("fill")), rounded(state["points"]))
    if tag == "use":
        mark = state["{http://www.w3.org/1999/xlink}href"].lstrip("#")
        if 'id="%s"' % mark not in DEFS:
            return ""  # the dot of a point type that draws none
        return '<use class="c-%s" href="#%s" transform="%s"/>' % (
            role_of(state.get("color")), mark, transform)
    if tag == "text" and words and words.strip():
        anchor = state.get("text-anchor", "start")
        return '<text class="f-%s"%s transform="%s">%s</text>' % (
            role_of(state.get("fill")),
            "" if anchor == "start" else ' text-anchor="%s"' % anchor,
            transform, escape(words.strip().translate(SHOWN)))
    return ""


def flatten(element, inherited, out):
    """The elements that draw, each with everything that it inherits."""
    tag = element.tag.rsplit("}", 1)[-1]
    if tag in ("title", "desc", "defs", "rect"):
        return
    state = dict(inherited)
    state.update(element.attrib)
    if tag in ("path", "polygon", "use", "text"):
        out.append(leaf(tag, state, "".join(element.itertext())))
        return
    for child in element:
        flatten(child, state, out)


def digest(file):
    """The content of the SVG that gnuplot wrote there."""
    try:
        root = xml.parse(file).getroot()
    except (OSError, xml.ParseError) as error:
        raise Trouble("gnuplot wrote no plot: %s" % error) from None
    out = []
    flatten(root, {}, out)
    return "\n".join(line for line in out if line)


def draw_all(plots):
    """One gnuplot draws them all."""
    program = shutil.which("gnuplot")
    if program is None:
        raise Trouble("gnuplot is missing (Debian: gnuplot-nox)")
    with tempfile.TemporaryDirectory(prefix="libsync-") as folder:
        script = "".join(plot.script("%d.svg" % i)
                         for i, plot in enumerate(plots))
        try:
            done = subprocess.run(
                [program, "-"], input=script, cwd=folder, text=True,
                encoding="utf-8", errors="replace", stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=HANGS, check=False)
        except OSError as error:
            raise Trouble("%s: %s" % (program, error.strerror)) from None
        except subprocess.TimeoutExpired:
            raise Trouble("gnuplot does not end") from None
        if done.returncode != 0:
            lines = done.stdout.strip().splitlines() or ["it says nothing"]
            raise Trouble("gnuplot: exit status %d: %s" % (
                done.returncode, lines[-1]))
        for i, plot in enumerate(plots):
            plot.inside = digest(os.path.join(folder, "%d.svg" % i))
