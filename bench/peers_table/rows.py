# SPDX-License-Identifier: MIT
"""What peers.py measures, and the bars for it: the rows and the curves."""


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
        self.value = more.get("value", "ns")  # see VALUES in figures.py
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
