# SPDX-License-Identifier: MIT
"""The rows of a result as a table in Markdown, for a README."""

from report_result import OURS


def figure(value):
    """A number with three digits, or all digits before the point if more."""
    if value < 1000:
        return "%.3g" % value
    return "{:,.0f}".format(float("%.3g" % value)).replace(",", " ")


def plain(words):
    """Text with its markup escaped."""
    return "".join("\\" + c if c in "|\\`*_<>[]" else c for c in words)


def ratio(value, spread):
    return figure(value) + (" ±%.0f %%" % spread if spread is not None else "")


def line(row):
    """Our time, the best peer, pthreads, and our speed over theirs."""
    ours = row.systems.get(OURS)
    peers = row.ratios()
    if not ours or not peers:
        return None
    best = next(iter(peers))
    cells = [row.name, "%s %s" % (figure(ours.median), row.unit),
             "%s %s" % (best, figure(row.systems[best].median)),
             ratio(*peers[best]),
             figure(peers["pthread"][0]) if "pthread" in peers else ""]
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"


def table_of(result):
    machine = result.machine
    about = ", ".join(words for words in (
        machine.get("cpu"), machine.get("cores", "")
        and machine["cores"] + " cores", machine.get("kernel"),
        machine.get("libc"), machine.get("compiler")) if words)
    versions = ", ".join("%s %s" % item
                         for item in sorted(result.versions.items()))
    head = ["| | libsync | best peer | our speed over it | over pthreads |",
            "|---|---|---|---|---|"]
    lines = [words for words in map(line, result.rows) if words]
    return "\n".join(head + lines + [
        "", plain("%s; %s. %s." % (result.date[:10], about, versions)), ""])
