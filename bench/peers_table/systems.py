# SPDX-License-Identifier: MIT
"""The systems that peers.py compares: a program for each, and its variants."""

import fnmatch
import os
import shutil
import subprocess
from pathlib import Path

from measure import Trouble, call

OWN = "libsync"
HANG_S = 10  # added to twice the time that a run should take

# For systems that do not report their version.
DEBIAN = {"nsync": "libnsync-dev", "moodycamel": "libconcurrentqueue-dev"}

# The cases in which the kind of a pthread mutex makes a difference.
MUTEX_CASES = ("mutex", "trylock", "contended", "tickets", "fairness")


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
    if not os.access(own, os.X_OK):
        raise Trouble("no %s: make bench-peers-programs there" % own)
    programs = [own] + [
        str(path) for path in sorted(Path(folder).glob("peer_*"))
        if "." not in path.name and path.name != "peer_libsync"
        and os.access(path, os.X_OK)]
    systems = [s for program in programs for s in load(program)]
    if options.systems:
        wanted = options.systems.split(",")
        systems = [s for s in systems if s.name == OWN
                   or any(fnmatch.fnmatchcase(s.name, w) for w in wanted)]
    return systems


def calibrate(systems):
    """Rounds of the busy loop in a nanosecond; the best of three."""
    return max(call([systems[0].program, "--calibrate"], HANG_S)
               ["rounds_per_ms"] for _ in range(3)) / 1e6
