# SPDX-License-Identifier: MIT
"""What is known of the machine and of the systems: the head of the report."""

import datetime
import os
import platform


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
