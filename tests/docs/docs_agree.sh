#!/bin/sh
# SPDX-License-Identifier: MIT
test -n "${PYTHON3-}" || { echo 'no python3'; exit 77; }
exec "$PYTHON3" -B "${srcdir:-.}/tests/docs/docs_agree.py" "${srcdir:-.}"
