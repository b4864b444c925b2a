#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_tickets as a user sees it: it is exact with every lock and not exact
# without one, a bad file or option gives one line and changes nothing, and no
# file is left behind.
set -u

program=$PWD/bench/bench_tickets
python=${PYTHON3:-$(command -v python3 || true)}
scratch=$PWD/bench_tickets.tmp
failures=0

rm -rf "$scratch"
mkdir "$scratch" || exit 99
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
mkdir tmp out
TMPDIR=$scratch/tmp
export TMPDIR

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# run STATUS ARGUMENT...: its output goes to out/out and out/err.
run() {
	want=$1
	shift
	"$program" "$@" >out/out 2>out/err
	got=$?
	[ "$got" = "$want" ] ||
		fail "$*: exit status $got, not $want: $(head -n 3 out/err)"
}

# Ignore gcov's messages when it cannot write.
messages() {
	grep -v '^profiling:' out/err
}

one_message() {
	case $(messages | wc -l) in
	1) messages | grep -q '^bench_tickets: ' && return ;;
	esac
	fail "$1: not one line of error: $(cat out/err)"
}

# Only the original files are there: no temporary file, also not next to a
# file that was sold from.
nothing_left() {
	left=$(find tmp ! -name tmp
		find . ! -name . -prune ! -name out ! -name tmp \
			! -name '[a-z]*.json')
	[ -z "$left" ] || fail "$1: left behind: $left"
}

once='--repeats 1 --warmup 0'

# Kernel-owned mutexes that this system has.
robust= pi=
for kind in robust pi; do
	"$program" --lock $kind --memory --buyers 1 --tickets 1 2>&1 |
		grep -q 'Operation not supported' || eval $kind=$kind
done

every_lock_is_exact() {
	for kind in mutex rmutex $robust $pi sem rwlock pthread; do
		# shellcheck disable=SC2086
		run 0 --lock $kind --memory --buyers 4 --tickets 5k \
			--hold 2us $once
		# shellcheck disable=SC2086
		run 0 --lock $kind --buyers 3 --tickets 60 $once
		tail -n 1 out/out | grep -q '^bench_tickets: exact; ' ||
			fail "$kind: the last line is $(tail -n 1 out/out)"
	done
	run 0 --memory --buyers 2 --seconds 20ms --repeats 2
	run 0 --buyers 2 --seconds 20ms --repeats 2 --hold 10us --think 10us
	nothing_left "every lock"
}

# On one processor it may take a few tries.
no_lock_is_found_out() {
	for state in --memory --quiet; do # the second: in a file
		try=0
		while [ $try -lt 20 ]; do
			"$program" --lock none --buyers 4 --tickets 150 \
				--repeats 1 --warmup 0 $state >out/out 2>out/err
			got=$?
			[ $got = 0 ] || break
			try=$((try + 1))
		done
		[ $got = 1 ] || fail "none $state: exit status $got"
		tail -n 1 out/out | grep -q 'NOT exact: .*there was no lock' ||
			fail "none $state: says $(tail -n 1 out/out)"
	done
	run 0 --lock none --buyers 1 --tickets 50 --repeats 1
	nothing_left "no lock"
}

a_file_is_sold_and_else_kept() {
	echo '{"office": "north", "count": 120, "rows": [1, null]}' >sold.json
	chmod 640 sold.json
	ln -s sold.json link.json
	run 0 --file link.json --buyers 3 --tickets 20
	[ "$(cat sold.json)" = \
		'{"office": "north", "count": 100, "rows": [1, null]}' ] ||
		fail "20 of 120 sold: $(cat sold.json)"
	grep -q '^sold  *20 tickets' out/out ||
		fail "20 sold: says $(cat out/out)"
	run 0 --file sold.json --buyers 3
	[ "$(cat sold.json)" = \
		'{"office": "north", "count": 0, "rows": [1, null]}' ] ||
		fail "all sold: $(cat sold.json)"
	run 0 --file sold.json # sold out, and exact
	[ -h link.json ] || fail "the symbolic link is gone"
	case $(ls -l sold.json) in
	-rw-r-----*) ;;
	*) fail "permissions: $(ls -l sold.json)" ;;
	esac
	rm sold.json link.json
	nothing_left "a file"
}

# bad_file WHY: bad.json is an error for that reason, and is not changed.
bad_file() {
	cp bad.json out/before
	run 2 --file bad.json
	one_message "$(cat bad.json)"
	grep -q "$1" out/err || fail "no '$1' in: $(cat out/err)"
	cmp -s bad.json out/before || fail "changed: $(cat out/before)"
}

bad_files_are_refused() {
	while IFS='|' read -r text why; do
		printf '%s' "$text" >bad.json
		bad_file "$why"
	done <<-'END'
	|not JSON
	{"count": 3|not JSON
	{"count": 3} x|not JSON
	{"count": 3, "count": 4}|not JSON
	{"count": 99999999999999999999}|not JSON
	three|not JSON
	[300]|not a JSON object
	{}|no "count"
	{"Count": 3}|no "count"
	{"count": null}|not an integer
	{"count": "300"}|not an integer
	{"count": 3.0}|not an integer
	{"count": -1}|negative
	END
	rm -f bad.json
	run 2 --file missing.json
	one_message "missing"
	run 2 --file .
	one_message "a directory"
	run 2 --file ''
	one_message "no name"
	nothing_left "bad files"
}

unwritable_files_are_refused() {
	printf '{"count": 30, "pad": "%100000d"}\n' 0 >full.json
	cp full.json out/before
	# The limit leaves room for the output of a sanitizer at its start.
	err=$( (ulimit -f 64; "$program" --file full.json) 2>&1 >/dev/null)
	got=$?
	echo "$err" >out/err
	[ $got = 2 ] || fail "disk full: exit status $got"
	one_message "disk full"
	cmp -s full.json out/before || fail "disk full: changed"
	chmod 444 full.json
	if [ ! -w full.json ]; then # not root
		run 2 --file full.json
		one_message "read-only"
	fi
	rm -f full.json
	TMPDIR=$scratch/none "$program" >out/out 2>out/err
	[ $? = 2 ] || fail "no directory for temporary files"
	one_message "no directory for temporary files"
	nothing_left "unwritable files"
}

bad_options_are_refused() {
	while read -r arguments; do
		# shellcheck disable=SC2086
		run 2 $arguments
		head -n 1 out/err | grep -q 'bench_tickets: ' ||
			fail "$arguments: $(cat out/err)"
	done <<-'END'
	--buyers 0
	--buyers x
	--buyers 1kk
	--tickets 0
	--tickets -1
	--tickets 99999999999999999999
	--seconds 0
	--seconds -1
	--seconds 1h
	--hold 5
	--lock lock
	--memory --file x.json
	--repeats 0
	--wrong
	word
	END
	nothing_left "bad options"
}

output_can_be_read() {
	run 0 --help
	grep -q -e '--buyers' out/out || fail "--help: $(cat out/out)"
	run 0 --version
	grep -q '^bench_tickets (libsync) [0-9]' out/out || fail "--version"
	run 0 --csv --tickets 50 --repeats 2
	[ "$(tr -cd ',\n' <out/out | uniq -c | tr -d ' ,')" = 2 ] ||
		fail "--csv: $(cat out/out)"
	run 0 --json --tickets 50 --repeats 2
	[ -z "$python" ] || "$python" -m json.tool out/out >/dev/null ||
		fail "--json: $(cat out/out)"
	# Long enough for a progress line, but the output is no terminal.
	run 0 --memory --seconds 1100ms --repeats 1 --warmup 0
	[ -z "$(messages)" ] || fail "not a terminal: $(cat out/err)"
	"$program" --tickets 5 >/dev/full 2>out/err
	[ $? = 2 ] || fail "output error not seen"
	nothing_left "output"
}

progress_is_on_a_terminal() {
	spawn='import pty, sys
sys.exit(pty.spawn(sys.argv[1:]) >> 8)'
	"$python" -c 'import pty; pty.openpty()' 2>/dev/null || return
	"$python" -c "$spawn" "$program" --memory --seconds 1300ms --repeats 1 \
		--warmup 0 </dev/null >out/out 2>&1 || fail "on a terminal"
	grep -q 'selling tickets: [0-9]* %' out/out ||
		fail "on a terminal: $(cat out/out)"
}

# wait_for COMMAND...: wait until it succeeds, for at most a minute.
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

some_sold() {
	! grep -q '"count": 1000000}' many.json
}

temporary_there() {
	ls tmp/tickets-*.json >/dev/null 2>&1
}

# A shell ignores SIGINT in the background, so its default is restored.
# stop_by SIGNAL UNTIL ARGUMENT...
stop_by() {
	signal=$1
	until=$2
	shift 2
	"$python" -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$program" "$@" >/dev/null 2>&1 &
	pid=$!
	wait_for "$until" || fail "SIG$signal: nothing happens"
	kill -"$signal" $pid
	wait $pid
	got=$?
	[ $got -gt 128 ] || fail "SIG$signal: exit status $got"
}

signals_leave_nothing() {
	stop_by INT temporary_there --seconds 30
	nothing_left "SIGINT"
	stop_by TERM temporary_there --seconds 30 --lock "${pi:-mutex}"
	nothing_left "SIGTERM"
	for signal in INT KILL; do
		echo '{"count": 1000000}' >many.json
		stop_by "$signal" some_sold --file many.json
		"$python" -c 'import json
assert 0 < json.load(open("many.json"))["count"] < 1000000' ||
			fail "SIG$signal: $(cat many.json)"
		# A signal that cannot be caught may leave a file, but a hidden one.
		[ "$signal" = INT ] || rm -f .tickets-*
		nothing_left "SIG$signal, a file"
	done
	rm -f many.json
}

every_lock_is_exact
no_lock_is_found_out
a_file_is_sold_and_else_kept
bad_files_are_refused
unwritable_files_are_refused
bad_options_are_refused
output_can_be_read
if [ -n "$python" ]; then
	progress_is_on_a_terminal
	signals_leave_nothing
fi
[ $failures = 0 ] || exit 1
echo "bench_tickets: all as it should be"
