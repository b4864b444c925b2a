#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare libsync with every peer that configure found, in one run.

make bench-peers builds the peers that it found and calls this program; make's
variable PEERS_OPTIONS passes options on, as in

    make bench-peers PEERS_OPTIONS='--rows "fifo*" --json fifo.json'

Each system is a program of its own; all are compiled from the same loops (see
bench/peers/cases.h, which also says how to add a peer or a row).  Each sample
is a process of its own.  Each repeat measures every row once on every system
that has it, one right after the other.  The order of the systems rotates from
repeat to repeat, so other load on the machine affects all alike.  Each process
warms up for an eighth of the time before it measures.

A figure is the median of the samples, with half the interquartile range in
percent.  Beside it are the CPU time (user and system) and the context switches
(voluntary and involuntary) of an operation.  The rows:

  mutex, rmutex   one thread; lock and unlock (depth 3: three levels in, out)
  contended       for the time of a sample, each thread locks, works for the
                  time that the row names first ("in"), unlocks, and works for
                  the time that it names second ("out"), or for 20 ns; ns for
                  each turn
  loops           event loops: threads that take callbacks from queues, each
                  with a recursive mutex and a condition variable.  Each driver
                  posts 8 callbacks to the loops in turn, and waits until all
                  8 have worked for the time that the row names and have
                  reported; ns for each callback
  tickets         threads that sell from one number under one lock
  sem             wait and post, one thread; a round trip between two
                  threads; 8 threads that work 20 ns with one of 4 permits
  event           a wait on an event that is set; the time from a set until
                  the waiter, which has slept for 200 us, runs again; with 16
                  waiters, until the last of them runs again
  fifo, lifo,     put and get an element of 8 bytes (priority: 16); one thread
  priority        does both in turn, or PxC: P producers and C consumers; the
                  capacity is 1024 unless the row names one
  fifo latency    the time from before the put to after the get; one element
                  is put every 200 us
  timer arm       cancel one of the given number of timers and arm it again;
                  one thread
  timer lateness  100 000 timers due within a second, at random times
  fairness        8 threads share a lock for one second and hold it for 20 ns
                  each time: the fewest turns that a thread had, divided by the
                  most; the longest time from one turn of a thread to its next
  idle            64 threads that wait in every way the system has: CPU time
                  of the process in one second
  busy            each processor also runs an unrelated busy process

Below a row are its bars.  A bar is a ratio: the speed of libsync divided by
that of the system that the bar names; "best" is the peer with the best median
of the row.  "must" is the least ratio that the project accepts, and "aim" the
one that it wants.  If a bar names a figure, such as "2 ns", the ratio is that
figure divided by the measured one.  A bar with "CPU" or "p99" compares that
instead of the median.  A bar is left out if its row does not run, or if its
system was not built.

In the JSON, each bar says whether its must is met or, if it has no must,
whether its aim is.  cpu is in ns; cpu, voluntary and involuntary are medians
for each operation.  Percentiles are those of all runs of a row together.

If a run fails or hangs, its row says so.  The other runs of the system still
count, unless a second one fails or hangs.  If a run loses, doubles or damages
something, the system does not count at all.

The exit status is 1 if a run of libsync failed, hung or was wrong; 2 on an
error; otherwise 0, whatever the bars and the other systems' runs say.

Left out on purpose: liburcu (its queues do not block), GAsyncQueue and
moodycamel's BlockingConcurrentQueue (no bound), timers of GLib and libuv
(milliseconds), and every row that a system cannot run as described.
"""

# The parts are in peers_table.

import argparse
import json
import os
import time

from measure import Trouble, progress, run_program
from peers_table.figures import growth_figures, row_figures
from peers_table.machine import describe
from peers_table.plan import plan_growth, plan_rows
from peers_table.printing import print_report
from peers_table.runs import measure_all
from peers_table.systems import HANG_S, calibrate, find_systems


def write_json(path, report):
    try:
        with open(path, "w", encoding="utf-8") as out:
            json.dump(report, out, indent=1)
            out.write("\n")
    except OSError as error:
        raise Trouble("%s: %s" % (path, error.strerror)) from None


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default="bench/peers", metavar="DIR",
                        help="where the programs are (bench/peers)")
    parser.add_argument("--libsync-dir", metavar="DIR",
                        default=os.environ.get("LIBSYNC_DIR"),
                        help="use the libsync of another build directory, "
                        "for example one configured --with-plat=posix "
                        "(default: $LIBSYNC_DIR)")
    parser.add_argument("--missing", default="", help=argparse.SUPPRESS)
    parser.add_argument("--hang", type=float, default=HANG_S,
                        help=argparse.SUPPRESS)
    parser.add_argument("--rows", action="append", metavar="PATTERN",
                        help="only rows that match; may be repeated")
    parser.add_argument("--systems", metavar="NAME,...",
                        help="only libsync and these; may be patterns")
    parser.add_argument("--repeats", type=int, metavar="N",
                        help="measured repeats (7; hand-off rows have 4 "
                        "more, rows with samples of a second at most 3)")
    parser.add_argument("--time", type=float, metavar="SECONDS",
                        help="approximate duration of a sample (0.1)")
    parser.add_argument("--pin", action="store_true",
                        help="pin each thread to a processor, in rotation")
    parser.add_argument("--growth", action="store_true",
                        help="also measure curves: threads 1 to 256, capacity "
                        "16 to 1048576")
    parser.add_argument("--no-rows", action="store_true",
                        help="no rows; with --growth, only the curves")
    parser.add_argument("--quick", action="store_true",
                        help="3 short repeats, to check that everything works")
    parser.add_argument("--json", metavar="FILE",
                        help="write all results to this file")
    parser.add_argument("--list", action="store_true",
                        help="list rows and systems, and exit")
    options = parser.parse_args()
    if options.repeats is None:
        options.repeats = 3 if options.quick else 7
    if options.time is None:
        options.time = 0.03 if options.quick else 0.1
    if options.repeats < 1 or not 0 < options.time <= 60:
        parser.error("repeats and time must be above 0, time at most 60")
    return options


def list_all(rows, systems):
    for system in systems:
        print("system %-20s %-12s %s" % (system.name, system.version,
                                         " ".join(system.cases)))
    for row, measurement in rows:
        print("row    %-32s %s" % (row.name, " ".join(
            s.name for s in measurement.systems)))
    return 0


def main():
    options = parse()
    begun = time.monotonic()
    systems = find_systems(options)
    rows = [] if options.no_rows else plan_rows(options, systems)
    growth = plan_growth(options, systems)
    if options.list:
        return list_all(rows, systems)
    measurements = list({id(m): m for _, m in rows}.values())
    measurements += [m for _, _, points in growth for _, m in points]
    if not measurements:
        raise Trouble("no row matches; --list shows all rows")
    report = describe(systems, options.missing)
    try:
        measure_all(measurements, calibrate(systems))
    finally:
        progress("")
        report["rows"] = [row_figures(row, m.results) for row, m in rows]
        report["growth"] = [growth_figures(*curve) for curve in growth]
        if options.json:
            write_json(options.json, report)
    return 1 if print_report(report, begun) else 0


if __name__ == "__main__":
    run_program(main, "bench-peers")
