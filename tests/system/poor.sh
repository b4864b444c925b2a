#!/bin/sh
# SPDX-License-Identifier: MIT
# Build and test on a poor POSIX: on POSIX threads alone, with all hidden that
# POSIX lets be optional or that macOS or FreeBSD lack.  What is left out there
# must be covered in another way, or be ENOTSUP.  Run it in a build folder; it
# works in poor.tmp there, with the compiler of that folder.
#
# A second build is nearer to macOS: mutexes inherit priorities, but are not
# robust.  It also has no --wrap, which most tests that need the linker's help
# have in the first build.
set -u

src=$(cd "${srcdir-$(dirname "$0")/../..}" && pwd)
work=$PWD/poor.tmp
# Never called on this platform, whatever there is.
avoided='sem_init sem_post sem_wait pthread_timedjoin_np syscall prctl'
hidden='pthread_condattr_setclock pthread_mutexattr_setrobust
	pthread_mutex_consistent pthread_mutexattr_setprotocol
	pthread_mutex_clocklock pthread_tryjoin_np pthread_clockjoin_np
	sched_getaffinity pipe2 dl_iterate_phdr secure_getenv issetugid'

# What the second build is for.
inheriting='check_kmutex check_kmutex_died check_kmutex_circle check_lock
	check_lock_starve check_cond check_cond_mutex check_deadline stress_lock'

fail() {
	echo "check-poor: $1" >&2
	tail -n "${2-40}" "$work/log" >&2
	exit 1
}

# configure's further words
configure_poorly() {
	for f in $hidden; do
		set -- "ac_cv_func_$f=no" "$@"
	done
	for probe in setname_of_thread cpu_sets weak_references \
		constructor_priorities version_script nodelete; do
		set -- "libsync_cv_$probe=no" "$@"
	done
	"$src/configure" -q --enable-werror --without-peers --with-plat=posix \
		libsync_cv_setname_of_self=yes \
		ac_cv_header_valgrind_helgrind_h=no \
		${CC:+"CC=$CC"} ${CXX:+"CXX=$CXX"} "$@"
}

make_poorly() {
	${MAKE-make} CPPFLAGS="-include $src/tests/system/poor.h" "$@"
}

rm -rf "$work"
mkdir -p "$work/bare" && cd "$work" || exit 1
configure_poorly >log 2>&1 || fail 'configure fails'
make_poorly -s >>log 2>&1 || fail 'does not build'
[ ! -e libsync-sim.la ] || fail 'the explorer is not left out' 0
for f in $hidden $avoided; do
	if ${NM-nm} -u .libs/libsync-core.a | grep -qw "$f"; then
		fail "the library calls $f" 0
	fi
done
make_poorly check >>log 2>&1 || fail 'tests fail' 200
grep '^# \(TOTAL\|PASS\|SKIP\|FAIL\|ERROR\)' test-suite.log

cd bare || exit 1
configure_poorly libsync_cv_wrap=no \
	ac_cv_func_pthread_mutexattr_setprotocol=yes >>../log 2>&1 &&
	make_poorly -s all >>../log 2>&1 &&
	make_poorly -s check TESTS="$inheriting" >>../log 2>&1 ||
	fail 'mutexes that inherit priorities but are not robust' 200
cd ../..
rm -rf "$work"
