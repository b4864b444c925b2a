#!/bin/sh
# SPDX-License-Identifier: MIT
test -n "${PYTHON3-}" || { echo 'skipped: no python3'; exit 77; }
if test "${SANITIZED-}" = yes; then
	echo 'skipped: sanitizers bring calls of their own'
	exit 77
fi
exec "$PYTHON3" -B "${srcdir:-.}/tests/docs/borrowed.py" "${srcdir:-.}"
