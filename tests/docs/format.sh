#!/bin/sh
# SPDX-License-Identifier: MIT
# The format of all source files: indentation by tabs of 8, no blanks at the end
# of a line, a newline at the end of the file, and 80 columns.  A line that
# would break badly may have 4 more; scripts have no such limit.  There is no
# .clang-format: it would change three of four files, because it cannot express
# where this style breaks expressions and lists of parameters.
#
# format.sh [FILE ...]; without arguments, all files.
set -u
cd "$(dirname "$0")/../.." || exit 1
if test $# = 0; then
	# shellcheck disable=SC2046
	set -- $(git ls-files 2>/dev/null || find . -type f -name '*.[ch]')
fi

status=0
for file; do
	case $file in
	*.c | *.h | *.cc) wide=84 tabs=yes ;;
	*.sh | */run | bootstrap | *.py | *.mk | *.am | *.awk | *.tab) wide=1000 tabs=no ;;
	*) continue ;;
	esac
	test -f "$file" || continue
	expand -t 8 "$file" | awk -v file="$file" -v wide=$wide '
		length($0) > wide { print file ":" NR ": wider than " wide; bad = 1 }
		/\r/ { print file ":" NR ": carriage return"; bad = 1 }
		END { exit bad }' || status=1
	awk -v file="$file" -v tabs=$tabs '
		/[ \t]$/ { print file ":" NR ": blanks at the end"; bad = 1 }
		tabs == "yes" && /^\t* {8}/ {
			print file ":" NR ": blanks where a tab is due"; bad = 1 }
		tabs == "yes" && /^ +\t/ {
			print file ":" NR ": blanks before a tab"; bad = 1 }
		END { exit bad }' "$file" || status=1
	test -z "$(tail -c 1 "$file")" || {
		echo "$file: no newline at the end"
		status=1
	}
done
exit $status
