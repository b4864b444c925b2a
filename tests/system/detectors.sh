#!/bin/sh
# SPDX-License-Identifier: MIT
# Race detectors and a user's program: built with ThreadSanitizer, or run under
# helgrind or drd, against the installed library, whose only support for them is
# that it announces its operations.  Correct cases give no report, wrong cases
# give one.
set -u

[ "${SANITIZED-no}" = no ] || { echo "the library is to be a plain one"; exit 77; }
grep -q '^#define HAVE_WEAK_REFERENCES 1' config.h ||
	{ echo "without weak references nothing is announced"; exit 77; }
[ -f .libs/libsync.so ] || { echo "no shared library"; exit 77; }

dir=detectors.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0
tried=0

build() {
	"$@" -g -O1 -I"$srcdir/include" -o $dir/detect "$srcdir"/tests/system/detect*.c \
		-L.libs -Wl,-rpath,"$PWD/.libs" -lsync -lpthread 2>$dir/log
}

# detector, case, command ...: the reports are in the exit status, 66.  A detector
# may miss a race in a run, as it keeps the last accesses only; it has five.
judge() {
	detector=$1 what=$2
	shift 2
	case $what in
	right_*) want=0 runs=1 ;;
	*) want=66 runs=5 ;;
	esac
	while [ $runs -gt 0 ]; do
		"$@" $dir/detect "$what" >$dir/log 2>&1
		got=$?
		[ $got = $want ] && return
		runs=$((runs - 1))
	done
	echo "$detector: $what: $got, expected $want"
	head -n 60 $dir/log
	status=1
}

straight=
[ -z "${SETARCH-}" ] || straight="$SETARCH $HOST_CPU -R"

for cc in gcc clang; do
	command -v $cc >/dev/null 2>&1 || continue
	build $cc -fsanitize=thread -DGATE || { echo "no TSan of $cc"; continue; }
	$straight $dir/detect >$dir/cases || { echo "no TSan runs"; continue; }
	tried=1
	while read -r name; do
		TSAN_OPTIONS=exitcode=66 judge "tsan of $cc" "$name" $straight
	done <$dir/cases
done

# Some versions of valgrind cannot read the debug information of some compilers.
readable() {
	"$VALGRIND" -q --tool=none ./$dir/detect >/dev/null 2>&1 ||
		{ echo "valgrind cannot read what $CC wrote"; return 1; }
}

# Both are slow, so not all cases run under both.
if [ -n "${VALGRIND-}" ] && build "$CC" && readable; then
	./$dir/detect >$dir/cases
	supp=$srcdir/lib/libsync.supp
	while read -r name; do
		case $PLAT:$name in
		*:wrong_other_lock | *:wrong_read_lock) continue ;;
		posix:wrong_*) continue ;; # the platform's own locks hide it
		esac
		tried=1
		judge helgrind "$name" "$VALGRIND" -q --tool=helgrind \
			--fair-sched=yes --suppressions="$supp" --error-exitcode=66
		case $name in
		wrong_order) ;; # drd does not look for that
		*) judge drd "$name" "$VALGRIND" -q --tool=drd --fair-sched=yes \
			--suppressions="$supp" --error-exitcode=66 ;;
		esac
	done <$dir/cases
fi
[ $tried = 1 ] || { echo "no detector here"; exit 77; }
exit $status
