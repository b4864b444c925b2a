# SPDX-License-Identifier: MIT
"""The parts of report.py, which keeps the command line.

  result.py     a result, read from JSON and checked
  words.py      figures as text
  drawing.py    how plots are drawn: colours, axes, scales, the SVG
  bars.py       plots with a line for each peer or bar
  curves.py     plots with a curve for each system
  page.py       the page, with its template page.html.j2
  table.py      the table in Markdown
"""
