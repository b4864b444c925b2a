#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turn results of bench-peers into one self-contained page of HTML.

With several results (the same rows on another platform, say) the page shows
them side by side, each under its name.  The parts are in report_page.
Exit status: 0, or 2 on an error.
"""

import argparse
import fnmatch
import os
import sys
import warnings

from measure import Trouble, run_program

try:
    from report_page.bars import main_svg
    from report_page.page import Page
    from report_page.result import read_all
    from report_page.table import table_of
except ImportError as absent:
    print("report: %s is missing (Debian: python3-matplotlib python3-jinja2)"
          % absent.name, file=sys.stderr)
    sys.exit(2)

SVG_NAME = "libsync-ratios.svg"
MAIN_ROWS = ("mutex lock*", "rmutex depth 3", "contended [28] threads, 20 ns",
             "contended [28] threads, 1 us", "tickets [28] *", "sem *",
             "event *", "fifo one *", "fifo ?x?, capacity *", "fifo batches *",
             "lifo 4x4", "priority one *", "priority 4x4", "timer *")


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
                        help="a file that bench-peers wrote with --json")
    parser.add_argument("-o", "--output", metavar="PAGE.html",
                        help="write the page to this file")
    parser.add_argument("--svg", metavar="DIR", help="write the main plot of "
                        "the first result into this folder, as " + SVG_NAME)
    parser.add_argument("--table", metavar="FILE.md", help="write a table of "
                        "the first result to this file, in Markdown")
    parser.add_argument("--rows", metavar="PATTERN", action="append",
                        help="rows of the main plot, such as 'fifo*'; may be "
                        "repeated (default: %s)" % ", ".join(MAIN_ROWS))
    options = parser.parse_args()
    if not (options.output or options.svg or options.table):
        parser.error("nothing to write: give -o, --svg or --table")
    if options.rows and not options.svg:
        parser.error("--rows needs --svg")
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
    run_program(main, "report")
