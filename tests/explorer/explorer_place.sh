#!/bin/sh
# SPDX-License-Identifier: MIT
# The explorer shows the calls of macros and inline functions of the headers at
# the user's line, in C and C++, optimised or not.
set -u

dir=explorer_place.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0
unset SYNC_REPLAY SYNC_BOUND SYNC_SECONDS SYNC_SCHEDULES SYNC_SEED

[ -f .libs/libsync-sim.so ] || { echo "no shared library"; exit 77; }
test "${SANITIZED-no}" = no || { echo 'not with a sanitizer'; exit 77; }
command -v addr2line >/dev/null || { echo 'no addr2line'; exit 77; }

# "/* CALL */" on a line: there the call is to be shown.
cat >$dir/place.c <<'END'
#include <libsync.h>
#include <libsync/explore.h>

static struct sync_mutex m;
static struct sync_rmutex r;
static struct sync_rwlock l;
static struct sync_event e;
static struct sync_cond c;

static int
reads(void)
{
	SYNC_WITH_RDLOCK(&l) /* rwlock_rdlock */
		return 1;
}

static void
test(void *unused)
{
	int err;

	(void)unused;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	r = (struct sync_rmutex)SYNC_RMUTEX_INIT;
	l = (struct sync_rwlock)SYNC_RWLOCK_INIT;
	e = (struct sync_event)SYNC_EVENT_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	SYNC_WITH(&m) { /* mutex_lock */
		SYNC_OK(sync_event_set(&e)); /* event_set */
	}
	SYNC_WITH_UNTIL(&r, 0, err) /* rmutex_lock_until */
		SYNC_OK(err);
	SYNC_ASSERT(reads() == 1);
	{
		SYNC_WRLOCK_SCOPE(&l); /* rwlock_wrlock */
		SYNC_OK(sync_event_wait(&e)); /* event_wait */
	}
#ifdef __cplusplus
	SYNC_ASSERT(sync_cond_wait(&c, &r) == EPERM); /* cond_wait_rmutex */
#else
	SYNC_ASSERT(sync_cond_wait(&c, &m) == EPERM); /* cond_wait */
#endif
	SYNC_ASSERT(!"the end");
}

int
main(void)
{
	return sync_explore(test, NULL, NULL, NULL) != 0 ? 0 : 1;
}
END

# a call that each compilation must show at its line
shown() {
	line=$(grep -n "/\* $1 \*/" $dir/place.c | cut -d: -f1)
	grep -q " $1(.* place\.[c]*:$line\$" $dir/out || {
		echo "$1 is not shown at line $line: $compiler"
		status=1
	}
}

cp $dir/place.c $dir/place.cc
for compiler in "$CC" "$CC -O2" 'g++ -O0' 'g++ -O2'; do
	case $compiler in
	g++*)
		command -v g++ >/dev/null 2>&1 || continue
		file=place.cc last=cond_wait_rmutex ;;
	*)
		file=place.c last=cond_wait ;;
	esac
	# shellcheck disable=SC2086
	$compiler -g -I"$srcdir/include" -o $dir/place $dir/$file \
		.libs/libsync-sim.so -Wl,-rpath,"$PWD/.libs" -lpthread ||
		exit 1
	./$dir/place >$dir/out 2>&1 || status=1
	for call in mutex_lock event_set rmutex_lock_until rwlock_rdlock \
		rwlock_wrlock event_wait $last; do
		shown $call
	done
	if grep -n '\.h:' $dir/out; then
		echo "a line of a header: $compiler"
		status=1
	fi
	[ $status = 0 ] || { cat $dir/out; exit 1; }
done
exit $status
