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
  contended       threads that lock, work inside for the time that the row
                  names, unlock, and work outside for 20 ns or the time that
                  the row names; they run for the time of a sample; ns a turn
  loops           threads that run callbacks of a queue under a recursive
                  mutex and a condition; each driver posts 8 to them in turn,
                  and waits until each has worked for the time that the row
                  names, and has reported; ns a callback
  tickets         threads that sell from one number under one lock
  sem             wait and post, one thread; a round trip between two
                  threads; 8 threads that work 20 ns with one of 4 permits
  event           a wait on a set event; from set to running, with waiters
                  asleep for 200 us before; with 16 waiters, until the last
                  one runs
  fifo, lifo,     put and get an element of 8 bytes (priority: 16); one thread
  priority        in turn, or PxC for P threads that put and C that get; the
                  capacity is 1024 unless the row names one
  fifo latency    from before the put to after the get, one every 200 us
  timer arm       cancel one of the given number of timers and arm it again;
                  one thread
  timer lateness  100 000 timers due within a second, at random times
  fairness        8 threads, 20 ns inside, one second: turns of the least
                  favoured thread over those of the most favoured; the longest
                  time from one turn of a thread to its next
  idle            64 threads that wait in every way the system has: CPU time
                  of the process in one second
  busy            beside one busy process for each processor

Bars are ratios: the speed of libsync over that of the system named; "best" is
the peer with the best median of the row.  must is the floor and aim the goal.
A bar over a figure, such as "2 ns", is that figure over the one measured;
"CPU" and "p99" compare these instead of the median.  Bars of rows that do not
run, or over a system that was not built, are left out.

In the JSON, the bars say whether the must is met or, without a must, whether
the aim is.  cpu is in ns; cpu, voluntary and involuntary are medians for each
operation.  Percentiles are those of all runs of a row together.

A run that fails or hangs is noted in its row; the system counts with its
other runs, unless this happens twice.  A system whose run loses, doubles or
damages something does not count at all.

The exit status is 1 if a run of libsync failed, hung or was wrong; 2 on an
error; otherwise 0, whatever the bars and the other systems' runs say.

Left out on purpose: liburcu (its queues do not block), GAsyncQueue and
moodycamel's BlockingConcurrentQueue (no bound), timers of GLib and libuv
(milliseconds), and every row that a system cannot run as described.
"""

import argparse
import datetime
import fnmatch
import json
import os
import platform
import shutil
import statistics
import subprocess
import time

from measure import Trouble, call, progress, run_program, spread, turned

OWN = "libsync"
HANG_S = 10   # added to twice the time that a run should take
GIVE_UP = 2   # failed runs of a system in a row, after which it is skipped
COLD = 5      # latencies at the start of a paced run that do not count
PERCENTILES = (50, 90, 99, 99.9, 100)
CURVE = (0, 1, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95,
         96, 97, 98, 98.5, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95, 99.99, 100)

# For systems that do not report their version.
DEBIAN = {"nsync": "libnsync-dev", "moodycamel": "libconcurrentqueue-dev"}

# The cases in which the kind of a pthread mutex makes a difference.
MUTEX_CASES = ("mutex", "trylock", "contended", "tickets", "fairness")


# The table


class Bar:
    """A ratio that libsync must reach, over a system or over a figure."""

    def __init__(self, over, must, aim=None, of="median"):
        self.over = over  # a system, "best", or a number in the row's unit
        self.must = must  # or None
        self.aim = aim    # or None
        self.of = of      # "median", "cpu", or a percentile: "99"


class Row:
    """What is measured on all systems, and the bars for it."""

    def __init__(self, name, case, options, bars, **more):
        self.name = name
        self.group = name.split()[0].rstrip(",")
        self.case = case
        self.options = options
        self.bars = [Bar(*bar) for bar in bars]
        self.value = more.get("value", "ns")  # see VALUES
        self.unit = more.get("unit", "ns/op")
        self.better = more.get("better", "less")
        self.handoff = more.get("handoff", False)  # more repeats
        self.seconds = more.get("seconds")  # of a sample; None: as asked for
        self.busy = more.get("busy", False)
        self.repeats = more.get("repeats")  # at most
        self.like = more.get("like")  # name of the row whose runs these are


NS20, US1 = {"inside": 20, "outside": 20}, {"inside": 1000, "outside": 20}
CPU = ("crossbeam", 0.5, None, "cpu")


def shape(producers, consumers, capacity):
    return {"producers": producers, "consumers": consumers,
            "capacity": capacity}


ROWS = [
    Row("mutex lock+unlock", "mutex", {},
        [("best", 0.9, 1.05), ("pthread", 1.6)]),
    Row("mutex trylock+unlock", "trylock", {},
        [("best", 0.9, 1.05), ("pthread", 1.6)]),
    Row("rmutex depth 1", "rmutex1", {},
        [("pthread", 2.2), ("parking_lot", None, 1.15)]),
    Row("rmutex depth 3", "rmutex3", {},
        [("pthread", 2.2), ("parking_lot", None, 1.15)]),
] + [
    Row("contended %d threads, 20 ns" % n, "contended",
        dict(NS20, threads=n), [("best", 0.9, 1.2), ("pthread", 2.5)])
    for n in (2, 4, 8)
] + [
    Row("contended %d threads, 1 us" % n, "contended",
        dict(US1, threads=n), [("best", 0.9, 1.1), ("pthread", 1.2)])
    for n in (2, 4, 8)
] + [
    Row("contended 2 threads, %d ns in, %d out" % (n, out), "contended",
        {"threads": 2, "inside": n, "outside": out}, [("best", 0.9, 1.1)])
    for n in (100, 300, 650, 3000) for out in (20, n)
] + [
    Row("loops, 2 with 6 drivers, %d ns" % n, "loop",
        {"threads": 6, "inside": n, "outside": 20}, [("pthread", 0.9, 1.1)])
    for n in (20, 1000)
] + [
    Row("tickets %d threads" % n, "tickets", {"threads": n},
        [("best", 0.9, 1.2), ("pthread", over_pthread)])
    for n, over_pthread in ((2, 1.5), (8, 3), (64, 3))
] + [
    Row("sem wait+post", "sem", {}, [("best", 0.95, 1.1), ("pthread", 1.3)]),
    Row("sem ping-pong", "pingpong", {}, [("best", 2, 8), ("pthread", 10)],
        handoff=True),
    Row("sem 8 threads, 4 permits", "permits", dict(NS20, threads=8),
        [("best", 1.0, 1.1)]),
    Row("event already set", "event_set", {},
        [("abseil", 4), (2.0, 1), ("best", None, 1.3)]),
    Row("event set to run", "event_run", {},
        [("best", 0.9, 1.1), ("pthread", 1.3)],
        value="latency", unit="ns", handoff=True),
    Row("event broadcast to 16", "event_run", {"waiters": 16},
        [("best", 0.85, 1.1)], value="latency", unit="ns", handoff=True),
    Row("fifo one thread", "fifo_one", {}, [("best", 1.7, 3.5), CPU]),
    Row("fifo 1x1, capacity 1024", "fifo", shape(1, 1, 1024),
        [("best", 1.5, 3), ("pthread", 4), CPU]),
    Row("fifo 1x4, capacity 1024", "fifo", shape(1, 4, 1024),
        [("best", 1.6, 2.8), ("pthread", 5), CPU]),
    Row("fifo 4x1, capacity 1024", "fifo", shape(4, 1, 1024),
        [("best", 1.6, 2.8), ("pthread", 5), CPU]),
    Row("fifo 4x4, capacity 1024", "fifo", shape(4, 4, 1024),
        [("best", 1.6, 2.8), ("pthread", 5), CPU]),
    Row("fifo 1x1, capacity 16", "fifo", shape(1, 1, 16),
        [("best", 0.8, 2.5), ("pthread", 4), CPU], handoff=True),
    Row("fifo 4x4, capacity 16", "fifo", shape(4, 4, 16),
        [("best", 1.5, 3), ("pthread", 10), CPU], handoff=True),
    Row("fifo 1x1, capacity 1", "fifo", shape(1, 1, 1),
        [("best", 1.5, 8), ("pthread", 10), CPU], handoff=True),
    Row("fifo 4x4, capacity 1", "fifo", shape(4, 4, 1),
        [("best", 1.0, 2.5), ("pthread", 4), CPU], handoff=True),
    Row("fifo 4x4, 64-byte elements", "fifo64", shape(4, 4, 1024),
        [("best", 1.5, 3), CPU]),
    Row("fifo batches of 32, 4x4", "fifo_batch", shape(4, 4, 1024),
        [(15.0, 1, 1.5), ("pthread", 4)], unit="ns/element"),
    Row("fifo latency, one each 200 us", "fifo_latency", {},
        [("best", 0.8, 1.1), ("pthread", 1.4), CPU],
        value="latency", unit="ns", handoff=True),
    Row("lifo 1x1", "lifo", shape(1, 1, 1024), [("best", 2, 3.3)]),
    Row("lifo 4x4", "lifo", shape(4, 4, 1024), [("best", 4, 6.5)]),
    Row("priority one thread", "prio_one", {}, [("best", 3, 3.7)]),
    Row("priority 1x1", "prio", shape(1, 1, 1024), [("best", 3, 4.8)]),
    Row("priority 4x4", "prio", shape(4, 4, 1024), [("best", 3, 4.3)]),
] + [
    Row("timer arm+cancel, %d live" % n, "timer_arm", {"live": n},
        [("best", 2.5, 3.7)])
    for n in (1000, 100000)
] + [
    Row("timer lateness, 100000 in 1 s", "timer_late", {"live": 100000},
        [("asio", 2, 3.4), ("asio", 1.0, None, "99")],
        value="latency", unit="ns"),
    Row("fairness, least share", "fairness", {"threads": 8, "inside": 20},
        [(0.2, 1)], value="share", unit="of largest", better="more",
        seconds=1, repeats=3),
    Row("fairness, longest wait", "fairness", {"threads": 8, "inside": 20},
        [(100.0, 1)], value="longest", unit="ms", seconds=1, repeats=3,
        like="fairness, least share"),
    Row("idle 64 threads, 1 s", "asleep", {"threads": 64}, [(2.0, 1)],
        value="cpu_ms", unit="ms", seconds=1, repeats=3),
    Row("busy loops, 2 with 6 drivers, 1000 ns", "loop",
        {"threads": 6, "inside": 1000, "outside": 20}, [("pthread", 0.8)],
        busy=True),
    Row("busy contended 4 threads, 20 ns", "contended",
        dict(NS20, threads=4), [("pthread", 0.8)], busy=True),
    Row("busy sem ping-pong", "pingpong", {}, [("pthread", 0.8)], busy=True),
    Row("busy fifo 1x1, capacity 16", "fifo", shape(1, 1, 16),
        [("pthread", 0.8)], busy=True),
    Row("busy fifo 4x4, capacity 16", "fifo", shape(4, 4, 16),
        [("pthread", 0.8)], busy=True),
]

DOUBLING = tuple(2 ** i for i in range(9))
CAPACITIES = tuple(4 ** i for i in range(2, 11))
WITHIN = 3  # times its best value, libsync at every point of a curve

# Name, what x is, the values of x, case, options for an x.
GROWTH = [
    ("mutex contended, 20 ns", "threads", DOUBLING, "contended",
     lambda x: dict(NS20, threads=x)),
    ("fifo NxN, capacity 1024", "threads", DOUBLING, "fifo",
     lambda x: shape(x, x, 1024)),
    ("fifo 1x1", "capacity", CAPACITIES, "fifo", lambda x: shape(1, 1, x)),
    ("fifo 4x4", "capacity", CAPACITIES, "fifo", lambda x: shape(4, 4, x)),
]

# The figure of a run, by the name of a row's value.
VALUES = {
    "ns": lambda run: run["ns"],
    "latency": lambda run: statistics.median(run["latencies"]),
    "share": lambda run: run["least"] / max(run["most"], 1),
    "longest": lambda run: run["longest"] / 1e6,
    "cpu_ms": lambda run: run["cpu"] / 1e6,
}


# Systems


class System:
    """A program, and the variant of it."""

    def __init__(self, name, program, told, variant=""):
        self.name = name
        self.program = program
        self.variant = variant
        self.version = told["version"]
        self.platform = told.get("platform")
        self.compiler = told.get("compiler", "")
        self.traits = told["traits"].split()
        self.cases = told["cases"]

    def can(self, case, options):
        if self.variant and case not in MUTEX_CASES:
            return False
        if "single-consumer" in self.traits and case.startswith("fifo") \
                and options.get("consumers", 1) > 1:
            return False
        return case in self.cases


def debian_version(name):
    if name not in DEBIAN or shutil.which("dpkg-query") is None:
        return ""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", DEBIAN[name]],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        check=False)
    return done.stdout.split(":")[-1].split("-")[0].split("+")[0]


def load(program):
    """The systems that a program provides: itself, and its variants."""
    told = call([program, "--list"], HANG_S)
    name = told["system"]
    told["version"] = told["version"] or debian_version(name)
    yield System(name, program, told)
    for trait in told["traits"].split():
        if trait.startswith("variants:"):
            for variant in trait.split(":")[1].split(","):
                yield System("%s-%s" % (name, variant), program, told,
                             variant)


def find_systems(options):
    """libsync first, then the others by name."""
    folder = os.path.abspath(options.programs)
    # The library of the Rust programs is not installed.
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, (
        os.path.join(folder, "rust"), os.environ.get("LD_LIBRARY_PATH"))))
    own = os.path.join(folder, "peer_libsync")
    if options.libsync_dir:
        own = os.path.join(os.path.abspath(options.libsync_dir), "bench",
                           "peers", "peer_libsync")
    programs = [own]
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.startswith("peer_") and "." not in name \
                and name != "peer_libsync" and os.access(path, os.X_OK):
            programs.append(path)
    if not os.access(own, os.X_OK):
        raise Trouble("no %s: make bench-peers-programs there" % own)
    systems = [s for program in programs for s in load(program)]
    if options.systems:
        wanted = options.systems.split(",")
        systems = [s for s in systems if s.name == OWN
                   or any(fnmatch.fnmatchcase(s.name, w) for w in wanted)]
    return systems


# Measuring


class Result:
    """The results of one system in one row."""

    def __init__(self):
        self.runs = []
        self.troubles = []  # why a run gave no figure
        self.wrong = 0      # runs in which something was lost

    def given_up(self):
        return len(self.troubles) >= GIVE_UP

    def usable(self):
        return bool(self.runs) and not self.wrong and not self.given_up()


class Measurement:
    """One case with its options, on all systems that have it."""

    def __init__(self, name, case, options, systems, plan):
        self.name = name
        self.case = case
        self.options = options
        self.systems = [s for s in systems if s.can(case, options)]
        self.results = {s.name: Result() for s in self.systems}
        self.seconds = plan["seconds"]
        self.repeats = plan["repeats"]
        self.busy = plan["busy"]
        self.pin = plan["pin"]
        self.hang = plan["hang"] + 2 * self.seconds

    def command(self, system, rounds_per_ns):
        command = [system.program, self.case,
                   "--time", str(int(self.seconds * 1e9)),
                   "--pin", str(int(self.pin))]
        for key, value in self.options.items():
            if key in ("inside", "outside"):
                value = max(1, round(value * rounds_per_ns))
            command += ["--" + key, str(value)]
        if system.variant:
            command += ["--variant", system.variant]
        return command

    def run(self, system, rounds_per_ns):
        result = self.results[system.name]
        if result.given_up():
            return
        command = self.command(system, rounds_per_ns)
        try:
            with Burners(system.program if self.busy else None):
                run = call(command, self.hang)
        except Trouble as trouble:
            result.troubles.append(str(trouble))
            return
        if not run["right"]:
            result.wrong += 1
        if len(run.get("latencies", ())) > 4 * COLD \
                and self.case != "timer_late":
            del run["latencies"][:COLD]
        result.runs.append(run)

    def repeat(self, number, rounds_per_ns):
        if number >= self.repeats or not self.systems:
            return
        for system in turned(self.systems, number):
            self.run(system, rounds_per_ns)


class Burners:
    """While inside, one busy process for each processor; none for None."""

    def __init__(self, program):
        self.command = [program, "--burn"] if program else None
        self.processes = []

    def __enter__(self):
        if self.command:
            for _ in os.sched_getaffinity(0):
                self.processes.append(subprocess.Popen(self.command))
        return self

    def __exit__(self, *_):
        ended = [p for p in self.processes if p.poll() is not None]
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
        if ended:
            raise Trouble("the busy processes ended early")


def measure_all(measurements, calibrated):
    begun = time.monotonic()
    most = max(m.repeats for m in measurements)
    for number in range(most):
        for m in measurements:
            progress("bench-peers: repeat %d of %d, %.0f s, %s" % (
                number + 1, most, time.monotonic() - begun, m.name))
            m.repeat(number, calibrated)
    progress("")


def calibrate(systems):
    """Rounds of the busy loop in a nanosecond; the best of three."""
    return max(call([systems[0].program, "--calibrate"], HANG_S)
               ["rounds_per_ms"] for _ in range(3)) / 1e6


# Figures


def percentile(ordered, percent):
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def switches(runs, kind):
    return statistics.median(run[kind] / max(run["ops"], 1) for run in runs)


def figures(result, value):
    """A system in a row, for the JSON."""
    samples = [VALUES[value](run) for run in result.runs]
    out = {
        "samples": samples,
        "median": statistics.median(samples),
        "spread_percent": spread(samples),
        "cpu": statistics.median(run["cpu"] for run in result.runs),
        "voluntary": switches(result.runs, "voluntary"),
        "involuntary": switches(result.runs, "involuntary"),
    }
    if value == "latency":
        merged = sorted(t for run in result.runs for t in run["latencies"])
        out["percentiles"] = {"%g" % p: percentile(merged, p)
                              for p in PERCENTILES}
        out["curve"] = [[p, percentile(merged, p)] for p in CURVE]
    return out


def quantity(system, of):
    if system is None or of in system:
        return None if system is None else system[of]
    return system.get("percentiles", {}).get(of)


def judge(bar, row, systems):
    """A bar for the JSON; None if there is nothing to compare."""
    own = quantity(systems.get(OWN), bar.of)
    name, other = bar.over, None
    if isinstance(bar.over, float):
        name, other = "%g %s" % (bar.over, row.unit), bar.over
    elif bar.over == "best":
        peers = {n: f["median"] for n, f in systems.items() if n != OWN}
        if peers:
            name = (min if row.better == "less" else max)(peers,
                                                          key=peers.get)
            other = peers[name]
    else:
        other = quantity(systems.get(bar.over), bar.of)
    if other is None:
        return None
    ratio = None
    if own is not None:
        over, under = (other, own) if row.better == "less" else (own, other)
        ratio = over / under if under > 0 else float("inf")
    out = {"over": "best" if bar.over == "best" else name, "system": name,
           "must": bar.must, "aim": bar.aim,
           "ratio": None if ratio is None else min(ratio, 1e9)}
    if bar.of != "median":
        out["of"] = bar.of
    level = bar.must if bar.must is not None else bar.aim
    out["met"] = ratio is not None and ratio >= level
    return out


def row_figures(row, results):
    systems = {name: figures(result, row.value)
               for name, result in results.items() if result.usable()}
    out = {"name": row.name, "group": row.group, "unit": row.unit,
           "better": row.better, "systems": systems,
           "bars": [b for b in (judge(bar, row, systems) for bar in row.bars)
                    if b is not None]}
    failed = failures(results)
    if failed:
        out["failed"] = failed
    return out


def failures(results):
    failed = {}
    for name, result in results.items():
        if result.wrong:
            failed[name] = "WRONG in %d runs: lost, doubled or early" \
                % result.wrong
        elif result.troubles:
            failed[name] = "%s in %d runs of %d, %s" % (
                result.troubles[0], len(result.troubles),
                len(result.troubles) + len(result.runs),
                "the others count" if result.usable() else "given up")
    return failed


def growth_figures(name, x_name, points):
    out = {"name": name, "x": x_name, "points": []}
    for x, measurement in points:
        systems = {}
        for system, result in measurement.results.items():
            if result.usable():
                samples = [run["ns"] for run in result.runs]
                systems[system] = {"median": statistics.median(samples),
                                   "spread_percent": spread(samples)}
        point = {"x": x, "systems": systems}
        failed = failures(measurement.results)
        if failed:
            point["failed"] = failed
        out["points"].append(point)
    own = [p["systems"][OWN]["median"] for p in out["points"]
           if OWN in p["systems"]]
    if own:
        out["worst_over_best"] = max(own) / min(own)
        out["must"] = WITHIN
        out["met"] = len(own) == len(points) and max(own) <= WITHIN * min(own)
    return out


# Printing


def number(x):
    return "%.3g" % x if abs(x) < 100 else "%.0f" % x


def system_line(name, f):
    line = "  %-18s %9s +-%-5.1f%% cpu %8s  switches %s + %s" % (
        name, number(f["median"]), f["spread_percent"], number(f["cpu"]),
        number(f["voluntary"]), number(f["involuntary"]))
    if "percentiles" in f:
        line += "  " + " ".join("p%s %s" % (p, number(v))
                                for p, v in f["percentiles"].items())
    return line


def bar_line(bar):
    what = bar["over"] if bar["over"] != "best" else "best, " + bar["system"]
    if "of" in bar:
        what += ", " + ("CPU" if bar["of"] == "cpu" else "p" + bar["of"])
    if bar["ratio"] is None:
        text = "nothing measured"
    else:
        text = "%.2f of %s" % (bar["ratio"], what)
    words = []
    for level in ("must", "aim"):
        if bar[level] is not None:
            good = bar["ratio"] is not None and bar["ratio"] >= bar[level]
            bad = "SHORT" if level == "must" else "short"
            words.append("%s %g %s" % (level, bar[level],
                                       "met" if good else bad))
    return "    %-44s %s" % (text, ", ".join(words))


def ordered(row):
    """Systems, the best first."""
    return sorted(row["systems"], key=lambda n: row["systems"][n]["median"],
                  reverse=row["better"] == "more")


def print_row(row):
    print("%s [%s]" % (row["name"], row["unit"]))
    for name in ordered(row):
        print(system_line(name, row["systems"][name]))
    for name, why in row.get("failed", {}).items():
        print("  %-18s FAILED: %s" % (name, why))
    for bar in row["bars"]:
        print(bar_line(bar))


def print_growth(curve):
    names = sorted({n for p in curve["points"] for n in p["systems"]},
                   key=lambda n: (n != OWN, n))
    print("growth: %s [ns/op]" % curve["name"])
    print("  %-18s%s" % (curve["x"], "".join(
        "%9d" % p["x"] for p in curve["points"])))
    for name in names:
        print("  %-18s%s" % (name, "".join(
            "%9s" % (number(p["systems"][name]["median"])
                     if name in p["systems"] else "-")
            for p in curve["points"])))
    for point in curve["points"]:
        for name, why in point.get("failed", {}).items():
            print("  %-18s FAILED at %d: %s" % (name, point["x"], why))
    if "worst_over_best" in curve:
        print("    worst over best %.2f, at most %g %s" % (
            curve["worst_over_best"], curve["must"],
            "met" if curve["met"] else "SHORT"))


def count_bars(report):
    """How many musts there are, and how many are met; the same for aims."""
    musts = [b["ratio"] is not None and b["ratio"] >= b["must"]
             for row in report["rows"] for b in row["bars"]
             if b["must"] is not None]
    musts += [c["met"] for c in report["growth"] if "met" in c]
    aims = [b["ratio"] is not None and b["ratio"] >= b["aim"]
            for row in report["rows"] for b in row["bars"]
            if b["aim"] is not None]
    return sum(musts), len(musts), sum(aims), len(aims)


def print_report(report, begun):
    machine = report["machine"]
    print("%s, %d cores, %s, %s, %s, plat/%s" % (
        machine["cpu"], machine["cores"], machine["kernel"], machine["libc"],
        machine["compiler"], machine["platform"]))
    print("versions: " + ", ".join(
        "%s %s" % item for item in sorted(report["versions"].items())))
    for row in report["rows"]:
        print_row(row)
    for curve in report["growth"]:
        print_growth(curve)
    for absent in report["missing"]:
        print("missing: %s; the package is %s" % (
            absent["peer"], absent["package"].replace(",", ", ")))
    failed = [name for part in report["rows"]
              + [p for c in report["growth"] for p in c["points"]]
              for name in part.get("failed", {})]
    print("bench-peers: %.0f s; %d of %d musts met, %d of %d aims; %s" % (
        (time.monotonic() - begun,) + count_bars(report)
        + ("every run was right" if not failed
           else "%d FAILED, %d of %s" % (len(failed), failed.count(OWN),
                                         OWN),)))
    return OWN in failed


# The whole


def cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def libc_name():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or "unknown libc"
    except (ValueError, OSError):
        return "unknown libc"


def describe(systems, missing):
    own = systems[0]
    return {
        "date": datetime.datetime.now().astimezone().isoformat("T",
                                                               "seconds"),
        "machine": {"cpu": cpu_name(),
                    "cores": len(os.sched_getaffinity(0)),
                    "kernel": "%s %s" % (platform.system(),
                                         platform.release()),
                    "libc": libc_name(), "compiler": own.compiler,
                    "platform": own.platform},
        "versions": {s.name: s.version for s in systems
                     if s.version and not s.variant},
        "missing": [{"peer": peer, "package": package} for peer, package in
                    (word.split(":", 1) for word in missing.split())],
        "rows": [], "growth": [],
    }


def plan_rows(options, systems):
    """(row, measurement) of each row chosen; some share a measurement."""
    chosen = [row for row in ROWS
              if not options.rows or any(
                  fnmatch.fnmatchcase(row.name, pattern)
                  for pattern in options.rows)]
    made, out = {}, []
    for row in chosen:
        key = row.like or row.name
        if key not in made:
            repeats = options.repeats + (4 if row.handoff
                                         and not options.quick else 0)
            seconds = row.seconds or options.time * (3 if row.busy else 1)
            live = dict(row.options)
            if options.quick:
                seconds = min(seconds, 0.2)
                if row.case == "timer_late":
                    live["live"] = 10000
            made[key] = Measurement(row.name, row.case, live, systems, {
                "seconds": seconds, "busy": row.busy, "pin": options.pin,
                "hang": options.hang,
                "repeats": min(repeats, row.repeats or repeats)})
        out.append((row, made[key]))
    return out


def plan_growth(options, systems):
    out = []
    for name, x_name, values, case, make in GROWTH if options.growth else ():
        if options.quick:
            values = values[::3]
        out.append((name, x_name, [
            (x, Measurement("growth, %s, %d" % (name, x), case, make(x),
                            systems, {
                                "seconds": options.time, "busy": False,
                                "pin": options.pin, "hang": options.hang,
                                "repeats": min(3, options.repeats)}))
            for x in values]))
    return out


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
                        help="take libsync from this other build directory, "
                        "say one configured --with-plat=posix (also from the "
                        "environment: LIBSYNC_DIR)")
    parser.add_argument("--missing", default="", help=argparse.SUPPRESS)
    parser.add_argument("--hang", type=float, default=HANG_S,
                        help=argparse.SUPPRESS)
    parser.add_argument("--rows", action="append", metavar="PATTERN",
                        help="only rows that match; may be repeated")
    parser.add_argument("--systems", metavar="NAME,...",
                        help="only these beside libsync; patterns")
    parser.add_argument("--repeats", type=int, metavar="N",
                        help="repeats that count (7; hand-off rows have 4 "
                        "more, those of a second each 3)")
    parser.add_argument("--time", type=float, metavar="SECONDS",
                        help="of a sample, about (0.1)")
    parser.add_argument("--pin", action="store_true",
                        help="tie each thread to a processor, by turns")
    parser.add_argument("--growth", action="store_true",
                        help="also the curves: threads 1 to 256, capacity 16 "
                        "to 1048576")
    parser.add_argument("--no-rows", action="store_true",
                        help="no rows, so with --growth the curves alone")
    parser.add_argument("--quick", action="store_true",
                        help="3 short repeats, to see whether all works")
    parser.add_argument("--json", metavar="FILE", help="write all there")
    parser.add_argument("--list", action="store_true",
                        help="list rows and systems, and end")
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
        raise Trouble("no row has such a name; --list shows all")
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
