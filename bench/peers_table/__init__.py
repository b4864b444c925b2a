# SPDX-License-Identifier: MIT
"""The parts of peers.py, which keeps the command line.

  rows.py      what is measured, and what is promised of it
  systems.py   the systems: a program for each, and its variants
  plan.py      the rows and curves that the options choose
  runs.py      the runs, by turns
  figures.py   the figures of the runs, and the verdicts, as in the JSON
  machine.py   what is known of the machine
  printing.py  the table

None needs more than python3.
"""
