# SPDX-License-Identifier: MIT
"""The runs of peers.py: each row on each system, by turns."""

import os
import subprocess
import time

from measure import Trouble, call, progress, turned

GIVE_UP = 2   # failed runs of a system in a row, after which it is skipped
COLD = 5      # latencies at the start of a paced run that do not count


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
