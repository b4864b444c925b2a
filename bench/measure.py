# SPDX-License-Identifier: MIT
"""What compare.py and peers.py share: both run programs that print a result as
JSON, by turns, and evaluate the samples.  report.py ends as they do."""

import json
import signal
import statistics
import subprocess
import sys


class Trouble(Exception):
    """An error that ends a run, or the whole measurement."""


def call(command, timeout):
    """What the program prints, which is a JSON object, with its exit status,
    which is 0 or 1; otherwise a Trouble with the reason."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True,
                              timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise Trouble("no end within %.0f s" % timeout) from None
    except OSError as error:
        raise Trouble(str(error)) from None
    if done.returncode not in (0, 1):
        why = done.stderr.strip().split("\n")[-1]
        how = "signal %d" % -done.returncode if done.returncode < 0 \
            else "exit status %d" % done.returncode
        raise Trouble(": ".join(filter(None, (how, why))))
    try:
        return dict(json.loads(done.stdout), status=done.returncode)
    except (ValueError, TypeError):
        raise Trouble("its output is not JSON") from None


def turned(items, number):
    """Another one is first each time."""
    turn = number % len(items)
    return items[turn:] + items[:turn]


def spread(samples):
    """Half the interquartile range, in percent of the median."""
    if len(samples) < 2:
        return 0.0
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return 100 * (high - low) / 2 / middle if middle else 0.0


def progress(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def run_program(main, name):
    """main() as a program: exit with its status; an error is one line."""
    try:
        sys.exit(main())
    except Trouble as trouble:
        progress("")
        print("%s: %s" % (name, trouble), file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(128 + signal.SIGPIPE)
    except KeyboardInterrupt:
        progress("")
        sys.exit(128 + signal.SIGINT)
