#!/bin/sh
# SPDX-License-Identifier: MIT
# The libraries a program is linked with: without libsync-sim it does not link;
# with the libraries in the wrong order it reports that nothing was explored;
# and the marks may be used in ordinary programs as well.
set -u

dir=explorer_link.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0
bad() {
	echo "wrong: $*"
	status=1
}
unset SYNC_REPLAY SYNC_BOUND SYNC_SECONDS SYNC_SCHEDULES SYNC_SEED

[ -f libsync-sim.la ] || { echo "no explorer"; exit 77; }
[ -f .libs/libsync-sim.so ] || { echo "no shared library"; exit 77; }

# Real threads never show the mistake of this test.
cat >$dir/test.c <<'END'
#include <libsync.h>
#include <libsync/explore.h>

static struct sync_mutex mutex;
static int n;

static void *
add(void *unused)
{
	SYNC_OK(sync_mutex_lock(&mutex));
	n++;
	SYNC_OK(sync_mutex_unlock(&mutex));
	return unused;
}

static void
test(void *unused)
{
	struct sync_thread t;

	mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	n = 0;
	SYNC_OK(sync_thread_start(&t, add, unused, NULL));
	(void)add(NULL);
	SYNC_OK(sync_thread_join(&t, NULL));
	SYNC_ASSERT(n == 2);
}

int
main(void)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.name = "linked";
	o.schedules = 100;
	return sync_explore(test, NULL, &o, NULL) == 0 ? 0 : 3;
}
END

# Nothing is explored here; a failure is reported and aborts.
cat >$dir/marks.c <<'END'
#include <libsync.h>
#include <libsync/explore.h>

static int plain;
static unsigned word = 5;
static long long wide;

static void
atomics(void)
{
	long long expected = 1;

	SYNC_ATOMIC_STORE(&word, 3U, __ATOMIC_RELEASE);
	SYNC_ATOMIC_FENCE();
	SYNC_ASSERT(SYNC_ATOMIC_ADD(&word, 2U, __ATOMIC_SEQ_CST) == 3);
	SYNC_ASSERT(SYNC_ATOMIC_EXCHANGE(&word, 9U, __ATOMIC_SEQ_CST) == 5);
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&word, __ATOMIC_ACQUIRE) == 9);
	SYNC_ASSERT(!SYNC_ATOMIC_CAS(&wide, &expected, 7, __ATOMIC_SEQ_CST));
	SYNC_ASSERT(expected == 0);
	SYNC_ASSERT(SYNC_ATOMIC_CAS(&wide, &expected, 7, __ATOMIC_SEQ_CST));
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&wide, __ATOMIC_RELAXED) == 7);
}

int
main(int argc, char **argv)
{
	struct sync_event event = SYNC_EVENT_INIT;

	(void)argv;
	sync_explore_name(&plain, "plain");
	SYNC_WRITE(plain) = SYNC_READ(plain) + 1;
	atomics();
	sync_explore_yield();
	sync_explore_freed(&word, sizeof(word));
	SYNC_OK(sync_event_set(&event));
	SYNC_ASSERT(sync_explore_choose(3) == 0);
	sync_explore_ok(0, "nothing", __FILE__, __LINE__);
	if (argc > 2)
		sync_explore_fail("in words", EAGAIN, __FILE__, __LINE__);
	if (argc > 1)
		SYNC_OK(sync_event_trywait(NULL));
	SYNC_ASSERT(plain == 1 && argc == 1);
	return 0;
}
END

# gcc warns about fences if ThreadSanitizer is enabled.
strict=-Werror
[ -z "${SAN_CFLAGS-}" ] || strict=
libs="-L.libs -Wl,-rpath,$PWD/.libs"
# source, program, libraries
link() {
	from=$1
	program=$2
	shift 2
	# shellcheck disable=SC2086
	LC_ALL=C $CC -std=gnu11 -g -Wall -Wextra $strict ${SAN_CFLAGS-} \
		-I"$srcdir/include" -o "$dir/$program" "$dir/$from.c" $libs "$@" \
		2>$dir/said
}

link test none -lsync && bad "linked without libsync-sim"
grep -q "undefined.*sync_explore" $dir/said ||
	bad "without libsync-sim: $(cat $dir/said)"

link test order -lsync -lsync-sim || bad "order: $(cat $dir/said)"
if [ -x $dir/order ]; then
	$dir/order 2>$dir/said
	[ $? -eq 3 ] || bad "in the wrong order it passed"
	grep -q '^linked: nothing was explored.*-lsync-sim' $dir/said ||
		bad "in the wrong order: $(cat $dir/said)"
fi

link test right -lsync-sim || bad "right: $(cat $dir/said)"
$dir/right >$dir/said 2>&1 || bad "linked right: $(cat $dir/said)"
case ${SAN_CFLAGS-} in
*=*) ;; # they say what they like
*) [ ! -s $dir/said ] || bad "a test that passed said: $(cat $dir/said)" ;;
esac
link test both -lsync-sim -lsync || bad "both: $(cat $dir/said)"
$dir/both >$dir/said 2>&1 || bad "linked with both: $(cat $dir/said)"

# Marks, in either library; a failure names the place and the condition.
fails() {
	said=$(sh -c 'ulimit -c 0; exec "$0" "$@" >/dev/null' "$@" 2>&1) &&
		bad "it passed: $*"
	case $said in
	*"$want"*) ;;
	*) bad "$* said $said, not $want" ;;
	esac
}
for lib in sync sync-sim; do
	link marks marks -l$lib || { bad "marks: $(cat $dir/said)"; continue; }
	$dir/marks || bad "marks with $lib"
	want='sync_event_trywait(NULL): '
	fails $dir/marks 1
	want='marks.c:39: in words: '
	fails $dir/marks 1 2
done
sed 's/plain == 1/plain == 2/' $dir/marks.c >$dir/wrong.c
link wrong wrong -lsync || bad "wrong: $(cat $dir/said)"
want='plain == 2 && argc == 1 does not hold'
fails $dir/wrong
exit $status
