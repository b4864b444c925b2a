# SPDX-License-Identifier: MIT
"""The table of all rows, in Markdown."""

import re

from report_page.result import OURS
from report_page.words import figure


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
