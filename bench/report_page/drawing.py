# SPDX-License-Identifier: MIT
"""How plots are drawn: colours, axes, scales, the SVG."""

import io
import itertools
import math
import re

import matplotlib
from markupsafe import Markup
from matplotlib import ticker
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from report_page.words import short

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

WIDTH = 360  # pixels; a phone shows a plot in full size
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


def palette(index):
    return ";".join("--%s:%s" % (role, value[index])
                    for role, value in ROLES.items())
