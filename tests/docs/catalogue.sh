#!/bin/sh
# SPDX-License-Identifier: MIT
# Check that every test that CATALOGUE.md names exists.
set -u
status=0
for name in $(sed -n 's/^|[^|]*|\([^|]*\)|$/\1/p' "$srcdir/tests/CATALOGUE.md" |
	tr ' ' '\n' | grep '[_.]'); do
	file=${name%%:*}
	case $name in
	*:*) grep -q "START_TEST(${name#*:})" "$srcdir"/tests/*/"$file.c" ;;
	*) test -n "$(find "$srcdir/tests" -name "$name")" ;;
	esac || {
		echo "not there: $name"
		status=1
	}
done
exit $status
