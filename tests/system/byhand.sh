#!/bin/sh
# SPDX-License-Identifier: MIT
# The commands of make check-memcheck and similar targets, which run this in the
# build folder.
set -u

verb=$1
programs=${2-}
top=$(cd "$srcdir" && pwd)
failed=

need() {
	command -v "$1" >/dev/null 2>&1 || { echo "skipped: no $1"; exit 0; }
}

# name, command ...
try() {
	name=$1
	shift
	if "$@" >byhand.log 2>&1; then
		echo "passed: $name"
	else
		echo "FAILED: $name"
		tail -n 40 byhand.log
		failed="$failed $name"
	fi
	rm -f byhand.log
}

finish() {
	[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
	exit 0
}

case $verb in
check-memcheck)
	need valgrind
	for p in $programs; do
		case $p in
		check_exit | check_misuse | check_dlopen) continue ;; # run others
		esac
		CK_TIMEOUT_MULTIPLIER=20 try "$p" valgrind -q --fair-sched=yes \
			--leak-check=full --show-leak-kinds=definite \
			--errors-for-leak-kinds=definite --error-exitcode=66 \
			--child-silent-after-fork=no ./"$p"
	done
	finish
	;;
check-helgrind)
	# The check programs link the library statically, and the suppressions
	# then cannot tell it from them; so the user's program is checked.
	need valgrind
	PLAT=$PLAT try detectors sh "$top/tests/system/detectors.sh"
	finish
	;;
check-one-cpu)
	need taskset
	exec taskset -c 0 "${MAKE-make}" check
	;;
check-clocks)
	need unshare
	unshare --time --monotonic 1 true 2>/dev/null ||
		{ echo "skipped: unshare --time is not allowed here"; exit 0; }
	# The two clocks differ by ten years.
	exec unshare --time --monotonic 315360000 --boottime 315360000 \
		"${MAKE-make}" check
	;;
coverage)
	need gcovr
	rm -rf coverage.tmp
	mkdir coverage.tmp
	cd coverage.tmp || exit 1
	"$top/configure" -q --enable-coverage --disable-shared \
		--with-plat="$PLAT" && "${MAKE-make}" -s check >log 2>&1 ||
		{ tail -n 30 log; echo "FAILED: the tests"; exit 1; }
	exec gcovr -r "$top" --object-directory . -f "$top/lib/" \
		--gcov-ignore-parse-errors --fail-under-line 95 .
	;;
check-tidy)
	need clang-tidy
	# It asks for the _s functions of C11's annex K, which no C library here has.
	checks=-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
	rm -rf tidy.tmp
	mkdir tidy.tmp
	# platform, files: one at a time on each processor.
	tidy() {
		plat=$1
		shift
		printf '%s\n' "$@" | xargs -P "$(nproc 2>/dev/null || echo 1)" \
			-I FILE sh -c '
			out=tidy.tmp/$(echo "$1-$3" | tr / _)
			if clang-tidy --quiet --checks="$2" "$3" -- \
				-std=gnu11 -D_GNU_SOURCE -I. -I"$4" -I"$4/include" \
				-I"$4/lib" -I"$4/lib/plat" \
				-I"$4/lib/plat/$1" -I"$4/lib/plat/common" \
				-I"$4/lib/explore" -Ilib -Ilib/explore -I"$4/tests" \
				>"$out" 2>&1
			then
				rm -f "$out"
				echo "passed: $1 ${3#"$4"/}"
			else
				echo "FAILED: $1 ${3#"$4"/}"
			fi' sh "$plat" "$checks" FILE "$top"
	}
	for plat in linux posix; do
		tidy $plat "$top"/lib/*.c "$top"/lib/base/*.c \
			"$top"/lib/queue/*.c "$top"/lib/wait/*.c \
			"$top"/lib/plat/common/*.c "$top/lib/plat/$plat"/*.c
	done
	tidy linux $(ls "$top"/tests/*.c "$top"/tests/[!e]*/*.c |
		grep -v check_bell) "$top"/bench/*.c "$top"/examples/*.c
	tidy posix "$top"/tests/system/check_bell.c
	tidy sim "$top"/tests/explorer/*.c "$top"/lib/explore/*.c \
		"$top"/lib/explore/wrappers/*.c "$top"/lib/machine/*.c \
		"$top"/lib/machine/posix/*.c "$top"/lib/plat/sim/*.c
	grep -h -E 'error:|warning:' tidy.tmp/* 2>/dev/null | sort -u
	[ -z "$(ls tidy.tmp)" ] || exit 1
	rm -rf tidy.tmp
	exit 0
	;;
check-analyze)
	need clang
	checkers=alpha.unix.PthreadLock,alpha.unix.BlockInCriticalSection
	for plat in linux posix; do
		for f in "$top"/lib/*.c "$top"/lib/base/*.c \
			"$top"/lib/queue/*.c "$top"/lib/wait/*.c \
			"$top"/lib/plat/common/*.c "$top/lib/plat/$plat"/*.c; do
			try "$plat ${f#"$top"/}" clang --analyze -Xclang \
				-analyzer-werror -Xclang -analyzer-checker=$checkers \
				-o /dev/null -std=gnu11 -D_GNU_SOURCE -I. \
				-I"$top/include" -I"$top/lib" -I"$top/lib/plat" \
				-I"$top/lib/plat/common" -I"$top/lib/plat/$plat" "$f"
		done
	done
	finish
	;;
*)
	echo "usage: byhand.sh check-memcheck|..." >&2
	exit 2
	;;
esac
