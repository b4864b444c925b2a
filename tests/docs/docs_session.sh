#!/bin/sh
# SPDX-License-Identifier: MIT
# The explorer's output in README.md and libsync-explore(7) is its real output.
# After a change of the output: make update-sessions.
test -n "${PYTHON3-}" || { echo 'no python3'; exit 77; }
test -f libsync-sim.la || { echo 'no explorer'; exit 77; }
test "${SANITIZED-no}" = no || { echo 'not with a sanitizer'; exit 77; }
command -v addr2line >/dev/null || { echo 'no addr2line'; exit 77; }
case ${CC-} in *gcc*) ;; *) echo 'lines are as gcc sees them'; exit 77 ;; esac
exec "$PYTHON3" -B "${srcdir:-.}/tests/docs/docs_session.py" "${srcdir:-.}"
