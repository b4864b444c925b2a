#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the bench programs on libsync and on plain pthreads; print one table.

In each round, each case runs on both, one right after the other, so other
load on the machine affects both alike.  The ratio is the median of the ratios
of the pairs.  The order of the cases rotates from round to round, and so does
the order within a pair.

Exit status: 0; 1 if a run was not exact; 2 on an error.
"""

import argparse
import os
import statistics
import sys
import time

from measure import Trouble, call, progress, run_program, spread, turned

SIDES = ("libsync", "pthread")
ONCE = ["--json", "--repeats", "1", "--warmup", "0", "--quiet"]
RUN_LIMIT_S = 60  # a run that takes longer hangs


class Case:
    """A line of the table: two commands that differ in the side."""

    def __init__(self, name, command, series, unit, flags):
        self.name = name
        self.command = command
        self.series = series
        self.unit = unit
        self.flags = dict(zip(SIDES, flags))
        self.samples = {side: [] for side in SIDES}
        self.inexact = []

    def prepare(self, seconds):
        """Called once, before the rounds."""

    def run(self, side):
        """One run; returns its figure, and notes a run that was not exact."""
        command = self.command + self.flags[side] + ONCE
        try:
            result = call(command, RUN_LIMIT_S)
            figure = result["series"][self.series]["median"]
            why = None if result["exact"] else result["reason"] or "?"
        except Trouble as trouble:
            raise Trouble("%s: %s" % (" ".join(command), trouble)) from None
        except (KeyError, TypeError) as error:
            raise Trouble("%s: no result: %s" % (
                " ".join(command), error)) from None
        if result["status"] == 1 and why is None:
            why = "exit status 1"
        if why is not None:
            self.inexact.append("%s, %s: %s" % (self.name, side, why))
        return figure

    def ratios(self):
        return [a / b for a, b in zip(*self.samples.values()) if b]


class Timed(Case):
    """A program that runs for a given time."""

    def prepare(self, seconds):
        self.command = self.command + ["--seconds", "%.3f" % seconds]


class Counted(Case):
    """A program that does a given amount of work: as much as fits the time."""

    FIRST = 2000

    def prepare(self, seconds):
        plain = self.command
        items = self.FIRST
        while True:
            self.command = plain + ["--items", str(items)]
            begun = time.monotonic()
            slowest = min(self.run(side) for side in SIDES)
            if items / slowest > seconds / 4:
                break
            if time.monotonic() - begun > 4 * seconds:
                break  # its start takes long, its work does not
            items *= 8
        items = max(self.FIRST, int(slowest * seconds))
        self.command = plain + ["--items", str(items)]


def ticket_cases(program):
    sides = (["--lock", "mutex"], ["--lock", "pthread"])
    for where in ("memory", "file"):
        for buyers in (1, 2, 4, 16):
            command = [program, "--buyers", str(buyers)]
            if where == "memory":
                command.append("--memory")
            yield Timed("tickets, %s, %d buyer%s" % (
                where, buyers, "s"[:buyers > 1]), command,
                "sales_per_second", "sales/s", sides)


def prodcons_cases(program):
    sides = (["--impl", "sync"], ["--impl", "pthread"])
    shapes = [("fifo", p, c) for p in (1, 4) for c in (1, 16, 1024)]
    shapes += [("lifo", 4, 16), ("priority", 4, 16)]
    for order, each, capacity in shapes:
        yield Counted("%s queue of %d, %d to %d" % (
            order, capacity, each, each),
            [program, "--producers", str(each), "--consumers", str(each),
             "--capacity", str(capacity), "--order", order],
            "items_per_second", "items/s", sides)


def find_cases(options):
    """The cases of the programs that were built; notes on those missing."""
    cases, notes = [], []
    for program, make in ((options.tickets, ticket_cases),
                          (options.prodcons, prodcons_cases)):
        if program and os.access(program, os.X_OK):
            cases += make(os.path.abspath(program))
        else:
            notes.append("%s is not built; its lines are left out" %
                         (program or "a program"))
    return cases, notes


def run_all(cases, options):
    """Run the rounds: as many as asked for, or as fit the time."""
    begun = time.monotonic()
    for case in cases:
        progress("bench: preparing, " + case.name)
        case.prepare(options.run)
    longest = 0
    for number in range(options.rounds):
        start = time.monotonic()
        if number >= 3 and start - begun + longest > options.limit:
            break
        for case in turned(cases, number * 5):
            progress("bench: round %d of %d, %.0f s, %s" % (
                number + 1, options.rounds, time.monotonic() - begun,
                case.name))
            for side in turned(SIDES, number):
                case.samples[side].append(case.run(side))
        longest = max(longest, time.monotonic() - start)
    progress("")


def print_table(cases):
    width = max(len(case.name) for case in cases)
    print("%-*s %12s %12s  %-8s %6s %8s" % (
        width, "case", *SIDES, "unit", "ratio", "spread"))
    for case in cases:
        ratios = case.ratios()
        medians = [statistics.median(case.samples[side]) for side in SIDES]
        print("%-*s %12.0f %12.0f  %-8s %6.2f %6.1f %%" % (
            width, case.name, *medians, case.unit,
            statistics.median(ratios) if ratios else 0, spread(ratios)))
    print("The figures are medians of all rounds.  The ratio is the median of "
          "the rounds' ratios,\nwhich is not the quotient of the two figures.")


def close(cases, begun):
    """Print the last line, and the errors; return the exit status."""
    inexact = [line for case in cases for line in case.inexact]
    rounds = len(cases[0].samples[SIDES[0]])
    faster = sum(statistics.median(c.ratios() or [0]) > 1 for c in cases)
    print("bench: %d rounds, %.0f s; ratio above 1 (libsync is faster) in "
          "%d of %d cases; %s" % (
              rounds, time.monotonic() - begun, faster, len(cases),
              "NOT all runs were exact" if inexact else
              "every run was exact"))
    for line in inexact:
        print("bench: NOT exact: " + line, file=sys.stderr)
    return 1 if inexact else 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tickets", help="the program bench_tickets")
    parser.add_argument("--prodcons", help="the program bench_prodcons")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--run", type=float, default=0.25, metavar="SECONDS",
                        help="approximate duration of one run")
    parser.add_argument("--limit", type=float, default=100,
                        metavar="SECONDS",
                        help="start no round that would end later than this")
    return parser.parse_args()


def main():
    options = parse()
    begun = time.monotonic()
    cases, notes = find_cases(options)
    for note in notes:
        print("bench: " + note)
    if not cases:
        raise Trouble("nothing to compare")
    run_all(cases, options)
    print_table(cases)
    return close(cases, begun)


if __name__ == "__main__":
    run_program(main, "bench")
