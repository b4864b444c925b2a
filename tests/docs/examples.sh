#!/bin/sh
# SPDX-License-Identifier: MIT
# Run the example programs.  Each must succeed, as it checks its own results,
# and print the text of examples/NAME.expect; the parts that may differ between
# two runs are removed first.
#
#	examples.sh [NAME...]	in the build directory; srcdir and LAUNCH (what
#				to start a program with) in the environment
set -u
: "${srcdir:=.}" "${LAUNCH:=}"

ALL='code config connect counter deadlock karaoke orders race recursive
	sentinels task_done tickets traffic with'
# explore.c is not built without the explorer.  It does not run under
# ThreadSanitizer, which believes that the locks of a failed schedule are still
# held.
case ${SAN_CFLAGS-} in
*thread*) ;;
*) [ ! -x ./examples/explore ] || ALL="$ALL explore" ;;
esac
# A hang is the likely failure here: end it, but long after any slow run would.
WATCHDOG=
command -v timeout >/dev/null 2>&1 && WATCHDOG='timeout 600'

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap '' PIPE # a program that ended early is found by what it did not say

fail() {
	echo "$name: $*" >&2
	exit 1
}

# Only these two misuse the library on purpose; the others must never do so.
misuse() {
	case $1 in
	karaoke | recursive) echo ;;
	*) echo abort ;;
	esac
}

run() {
	example=./examples/$1
	mode=$(misuse "$1")
	shift
	# shellcheck disable=SC2086
	SYNC_MISUSE=$mode $WATCHDOG $LAUNCH "$example" "$@"
}

# The buyer of each ticket differs, and the number of tries of the patient ones.
# Of the singers, check only that the count in each line follows from the
# previous line.
settled() {
	case $name in
	tickets) sed 's/^[A-Z][a-z]* buys/somebody buys/' ;;
	connect) sed -e '/^patient.*failed$/d' -e 's/patient [1-3]/patient/' ;;
	karaoke)
		awk '$2 == "enters:" { now++; entered++ }
		$2 == "leaves:" { now--; left++ }
		$3 != now || now < 0 || now > 4 { print "line " NR ": " $0 }
		END { print entered " entered, " left " left, " now " inside" }'
		;;
	*) cat ;;
	esac
}

printing() {
	run "$name" </dev/null >"$tmp/raw" || fail "exit status $?"
	settled <"$tmp/raw" >"$tmp/settled"
	diff -u "$srcdir/examples/$name.expect" "$tmp/settled" >&2 ||
		fail 'not what was expected'
}

# Read on to the next line that matches; $newest is the last code seen.
until_line() {
	while IFS= read -r line <&4; do
		echo "$line" >>"$tmp/log"
		case $line in
		'code '*) newest=${line#code } ;;
		esac
		# shellcheck disable=SC2254
		case $line in
		$1) return ;;
		esac
	done
	fail "ended before: $1"
}

# Type an old code, then the newest one as often as necessary: it may be
# replaced while it is typed.
typing() {
	mkfifo "$tmp/in" "$tmp/out" || exit 99
	run code 100 <"$tmp/in" >"$tmp/out" &
	exec 3>"$tmp/in" 4<"$tmp/out"
	until_line 'code *'
	old=$newest
	until_line 'code *'
	echo "$old" >&3
	until_line "$old is *"
	[ "$line" = "$old is wrong" ] || fail 'took an old code'
	until [ "$line" = "$newest is right" ]; do
		typed=$newest
		echo "$typed" >&3
		until_line "$typed is *"
	done
	exec 3>&-
	cat <&4 >>"$tmp/log"
	wait $! || fail "exit status $?"
	awk '$1 == "code" { if (seen[$2]++) bad = 1; code = $2; next }
	{ if (($3 == "right") != ($1 == code)) bad = 1; last = $3 }
	END { exit bad || last != "right" }' "$tmp/log" ||
		fail "$(cat "$tmp/log")"

	run code 100 </dev/null >/dev/null && fail 'took nothing for a code'
	return 0
}

# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $ALL
status=0
for name; do
	case $name in
	code) (typing) ;;
	*) (printing) ;;
	esac || status=1
done
exit $status
