# SPDX-License-Identifier: MIT
"""Figures as text."""


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
