# SPDX-License-Identifier: MIT
"""The measurements that the options of peers.py choose, of rows and curves."""

import fnmatch

from peers_table.rows import GROWTH, ROWS
from peers_table.runs import Measurement


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
