# SPDX-License-Identifier: MIT
"""The table that peers.py prints."""

import time

from peers_table.systems import OWN


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
