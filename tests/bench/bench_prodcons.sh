#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_prodcons as its users see it: exit status, messages, reports.
set -u

here=$(dirname "$0")
prog=${BENCH_PRODCONS-bench/bench_prodcons}
include=${srcdir-$here/../..}/include/libsync
failures=0

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

complain() {
	echo "FAIL: $*"
	sed 's/^/	/' "$tmp/out" "$tmp/err"
	failures=$((failures + 1))
}

# expect STATUS ARGUMENT...: a short run of the program ends with that status.
expect() {
	want=$1
	shift
	"./$prog" --repeats 1 --warmup 0 "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ "$got" -eq "$want" ] || complain "$*: exit status $got, not $want"
}

# Ignore gcov's messages when it cannot write.
messages() {
	grep -v '^profiling:' "$tmp/err"
}

# exact, and nothing on standard error.
exact() {
	expect 0 "$@"
	[ -z "$(messages)" ] || complain "$*: speaks on standard error"
}

# inexact ARGUMENT...: status 1, and the last line says so.
inexact() {
	expect 1 "$@"
	tail -n 1 "$tmp/out" | grep -q 'NOT exact' ||
		complain "$*: the last line does not say so"
}

# refused PATTERN ARGUMENT...: status 2, and one line that matches.  (argp
# adds a line of its own that points to --help.)
refused() {
	pattern=$1
	shift
	expect 2 "$@"
	lines=$(messages | grep -cv '^Try ')
	[ "$lines" -eq 1 ] || complain "$*: $lines lines of error"
	grep -q -e "$pattern" "$tmp/err" || complain "$*: not '$pattern'"
	[ ! -s "$tmp/out" ] || complain "$*: speaks on standard output"
}

# has PATTERN: a line of the last report.
has() {
	grep -q -e "$1" "$tmp/out" || complain "no '$1' in the report"
}

# The value of a setting in the last report.
setting() {
	sed -n "s/^$1  *//p" "$tmp/out"
}

# Every order, end and queue, with a small capacity and many threads.
for impl in sync pthread; do
	for order in fifo lifo priority; do
		for end in close sentinels join; do
			set -- --impl $impl --order $order --end $end
			exact "$@" --items 1k --capacity 1
			exact "$@" --items 5k --capacity 7 --batch 3 \
				--producers 3 --consumers 4 --element-size 41
			exact "$@" --items 5k --capacity unbounded \
				--producers 4 --consumers 1 --batch 100
			has 'bench_prodcons: exact'
		done
	done
done

# More threads than items.
exact --items 1 --producers 5 --consumers 5
exact --items 3 --producers 5 --consumers 5 --end sentinels --batch 8

# Text: the words are the same that other programs count.
set -- "$include/queue.h" "$include/mutex.h" "$include/timer.h"
cat "$@" >"$tmp/all"
words=$(wc -w <"$tmp/all")
lines=$(wc -l <"$tmp/all")
bytes=$(wc -c <"$tmp/all")
distinct=$(LC_ALL=C tr -s ' \t' '[\n*]' <"$tmp/all" | LC_ALL=C sort -u |
	grep -c .)
top=$(LC_ALL=C tr -s ' \t' '[\n*]' <"$tmp/all" | grep . | LC_ALL=C sort |
	uniq -c | LC_ALL=C sort -k 1,1nr -k 2 | awk 'NR == 1 { print $1, $2 }')
for how in '--consumers 1' '--consumers 4 --end sentinels' \
	'--consumers 3 --end join --order lifo --batch 4' \
	'--consumers 2 --order priority --impl pthread'; do
	# shellcheck disable=SC2086
	exact $how --top 2 --input "$1" "$2" "$3"
	[ "$(setting lines)" -eq "$lines" ] || complain "$how: lines"
	[ "$(setting words)" -eq "$words" ] || complain "$how: words"
	[ "$(setting bytes)" -eq "$bytes" ] || complain "$how: bytes"
	[ "$(setting distinct_words)" -eq "$distinct" ] ||
		complain "$how: not $distinct distinct words"
	[ "$(setting top_1)" = "$top" ] || complain "$how: top is not $top"
	has 'sequential_seconds'
done
printf 'no newline\n\n at the  end' >"$tmp/ragged"
exact "$tmp/ragged"
[ "$(setting lines)" -eq 3 ] || complain "lines of a ragged file"
[ "$(setting words)" -eq 5 ] || complain "words of a ragged file"

# The proofs can fail.
for impl in sync pthread; do
	for order in fifo lifo priority; do
		for fault in lose double order; do
			set -- --impl $impl --order $order --fault $fault
			inexact "$@" --items 2k
			inexact "$@" --items 2k --batch 5 --consumers 3
			inexact "$@" --consumers 3 --end sentinels \
				"$include/queue.h"
		done
	done
done
inexact --fault order --order priority --capacity 1 --items 2k
has 'while a smaller key was queued\|in one batch'
inexact --fault order --consumers 1 --items 2k
has 'after item'
inexact --fault lose --items 2k
has '1 items lost'
inexact --fault double --items 2k
has '1 came out more than once'

# Arguments that are errors.
refused "unrecognized option" --nonsense
refused "'random' is none of fifo, lifo, priority" --order random
refused "'never' is none of close, sentinels, join" --end never
refused "'mutex' is neither sync nor pthread" --impl mutex
refused "'x' is none of none, lose, double, order" --fault x
refused "'many' is not a number" --items many
refused "0 is not from 1" --capacity 0
refused "0 is not from 1" --producers 0
refused "0 is not from 1" --consumers 0
refused "0 is not from 1" --batch 0
refused "15 is less than the 16" --element-size 15
refused "is less than the" --element-size 17 "$include/queue.h"
refused "the items are their lines" --items 5 "$include/queue.h"
refused "words only with --input" --top 3
refused "more items of each producer" --fault order --items 2
refused "leaves no order" --fault order --order lifo --capacity 1
refused "nowhere: No such file" "$tmp/nowhere"
refused "Is a directory" "$tmp"
refused "ragged/x: Not a directory" "$include/queue.h" --input "$tmp/ragged/x"
refused "no lines" /dev/null
if [ "$(id -u)" -ne 0 ]; then
	: >"$tmp/locked"
	chmod 0 "$tmp/locked"
	refused "locked: Permission denied" "$tmp/locked"
fi

# Reports for programs.
exact --csv --items 100
[ "$(wc -l <"$tmp/out")" -eq 2 ] || complain "CSV is not two lines"
has ',items_per_second,'
exact --json --items 100 --producers 1 --consumers 3 --capacity 16 \
	--order priority --impl pthread
has '"items_per_second"'
has '"cpu_seconds"'
if command -v python3 >/dev/null 2>&1; then
	python3 -m json.tool <"$tmp/out" >/dev/null ||
		complain "--json is not JSON"
	"./$prog" --json --repeats 1 --items 2k --fault lose >"$tmp/out" 2>"$tmp/err"
	python3 -m json.tool <"$tmp/out" >/dev/null ||
		complain "--json of a failure is not JSON"
	has '"exact": false'
fi
expect 0 --help
has '--element-size'
expect 0 --version
has 'bench_prodcons'

[ "$failures" -eq 0 ] || { echo "$failures failures"; exit 1; }
