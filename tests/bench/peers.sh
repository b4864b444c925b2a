#!/bin/sh
# SPDX-License-Identifier: MIT
# make bench-peers, without any peer: its loops detect wrong objects, and
# peers.py judges known figures correctly; so does compare.py, of make bench.
set -u

srcdir=${srcdir-$(dirname "$0")/../..}
programs=${PEER_PROGRAMS-bench/peers}
wrong=${PEERS_WRONG-./peers_wrong}
failures=0

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

complain() {
	echo "FAIL: $*"
	sed 's/^/	/' "$tmp/out"
	failures=$((failures + 1))
}

# expect STATUS COMMAND...
expect() {
	want=$1
	shift
	"$@" >"$tmp/out" 2>&1
	got=$?
	[ "$got" -eq "$want" ] || complain "$*: exit status $got, not $want"
}

has() {
	grep -q -e "$1" "$tmp/out" || complain "no '$1' in what it said"
}

# Every case of the real programs passes, with many threads and with few.
every_case() {
	program=$programs/$1
	expect 0 "$program" --list
	has '"cases": \["mutex", '
	cases=$(sed 's/.*"cases": \[\(.*\)\].*/\1/; s/[",]/ /g' "$tmp/out")
	for case in $cases; do
		expect 0 "$program" "$case" --time 3000000 --threads 3 \
			--producers 3 --consumers 2 --capacity 40 --live 50 \
			--gap 1000000
		has '"right": true'
	done
}

# The cases detect the errors of peers_wrong.
expect 1 "$wrong" fifo --time 20000000 --producers 2
has '"right": false'
expect 1 "$wrong" fifo_one --time 2000000
has '"right": false'
expect 1 "$wrong" event_run --time 20000000
has '"right": false'
expect 1 "$wrong" timer_late --live 10
has '"right": false'
expect 1 "$wrong" timer_arm --live 10 --time 2000000
has '"right": false'
expect 2 "$wrong" mutex
has "wrong has no case 'mutex'"

every_case peer_libsync
every_case peer_pthread

# Create a program that reports to be system $1 and to need $2 ns for an
# operation; or that does $3, whatever it should measure.
pretend() {
	cat >"$tmp/peers/peer_$1" <<-END
	#!/bin/sh
	case \$1 in
	--list)
		echo '{"system": "$1", "version": "1", "traits": "",
		    "platform": "p", "compiler": "c",
		    "cases": ["mutex", "fifo_latency"]}' ;;
	--calibrate)
		echo '{"rounds_per_ms": 1000000}' ;;
	*)
		${3-:}
		echo '{"ops": 1, "ns": $2, "cpu": $2, "voluntary": 0,
		    "involuntary": 0, "right": true,
		    "latencies": [$2, $2, $2, 1000]}' ;;
	esac
	END
	chmod +x "$tmp/peers/peer_$1"
}

peers() {
	want=$1
	shift
	expect "$want" "$PYTHON3" -B "$srcdir/bench/peers.py" --quick \
		--programs "$tmp/peers" --hang 0.5 "$@"
}

if [ -n "${PYTHON3-}" ]; then
	mkdir "$tmp/peers"
	pretend libsync 10
	pretend pthread 25
	pretend quick 8
	pretend quickest 1 'exec false'
	pretend stuck 2 'exec sleep 100'
	pretend dead 3 'exit 3'
	peers 0 --missing 'that:package' --rows 'mutex lock*' \
		--rows 'fifo latency*' --json "$tmp/json"
	has '0.80 of best, quick  *must 0.9 SHORT, aim 1.05 short'
	has '2.50 of pthread  *must 1.6 met'
	has 'p50 10 .*p100 1000'
	has 'stuck  *FAILED: no end within'
	has 'dead  *FAILED: exit status 3 in 2 runs of 2, given up'
	has 'quickest  *FAILED: its output is not JSON'
	has 'missing: that; the package is package'
	has '3 of 4 musts met, 0 of 2 aims; 6 FAILED, 0 of libsync'
	"$PYTHON3" -c 'import json, sys
row = json.load(open(sys.argv[1]))["rows"][0]
best, pthread = row["bars"]
assert best["system"] == "quick" and best["ratio"] == 0.8, best
assert best["met"] is False and pthread["met"] is True, row
assert row["systems"]["pthread"]["median"] == 25, row
assert "stuck" not in row["systems"], row' "$tmp/json" ||
		complain 'the JSON is not what was measured'
	pretend libsync 10 'exit 3'
	peers 1 --rows 'mutex lock*'
	has 'nothing measured .*SHORT'
	peers 2 --rows 'no such row'

	# Create a bench program $1 that reports a figure $2, which is 3 times
	# $3 on libsync and $3 on pthreads; then it does $4.
	pretend_bench() {
		cat >"$tmp/$1" <<-END
		#!/bin/sh
		figure=$3
		case "\$*" in *mutex*|*sync*) figure=\$((3 * figure)) ;; esac
		echo '{"series": {"$2": {"median": '\$figure'}}, "exact":' \
			"${5-true}" ', "reason": "one is lost"}'
		$4
		END
		chmod +x "$tmp/$1"
	}

	compare() {
		want=$1
		shift
		expect "$want" "$PYTHON3" -B "$srcdir/bench/compare.py" \
			--tickets "$tmp/tickets" --prodcons "$tmp/prodcons" \
			--run 0.01 "$@"
	}

	compare 2
	has 'nothing to compare'
	pretend_bench tickets sales_per_second 1000 'exit 0'
	compare 0 --rounds 2
	has 'prodcons is not built; its lines are left out'
	has 'tickets, file, 4 buyers  *3000  *1000  sales/s  *3.00  *0.0 %'
	has 'bench: 2 rounds, .* in 8 of 8 cases; every run was exact'
	pretend_bench prodcons items_per_second 5000 'exit 0'
	compare 0 --rounds 1
	has 'fifo queue of 16, 4 to 4  *15000  *5000  items/s  *3.00  *0.0 %'
	pretend_bench prodcons items_per_second 5000 'exit 1' false
	compare 1 --rounds 1
	has 'NOT exact: fifo queue of 1, 1 to 1, libsync: one is lost'
	pretend_bench prodcons items_per_second 5000 'exit 1'
	compare 1 --rounds 1
	has 'NOT exact: lifo queue of 16, 4 to 4, pthread: exit status 1'
	pretend_bench prodcons items_per_second 5000 'exit 3'
	compare 2 --rounds 1
	has 'bench: .*prodcons .*: exit status 3'
	pretend_bench prodcons figures_per_second 5000 'exit 0'
	compare 2 --rounds 1
	has 'bench: .*prodcons .*: no result'
fi

[ "$failures" -eq 0 ]
