#!/bin/sh
# SPDX-License-Identifier: MIT
# The install: programs are compiled and run with either installed library, as
# pkg-config finds it; the exported and the needed symbols are checked; and
# uninstall removes everything.
set -u

[ "${SANITIZED-no}" = no ] || { echo "not with a sanitizer"; exit 77; }
command -v pkg-config >/dev/null || { echo "no pkg-config"; exit 77; }
[ -f .libs/libsync.so ] || { echo "no shared library"; exit 77; }

top=$PWD/install.tmp
rm -rf "$top"
trap 'rm -rf "$top"' EXIT
status=0
bad() {
	echo "wrong: $*"
	status=1
}

# A second make in the same folder must not rebuild anything.
unset MAKEFLAGS MFLAGS
make -s install DESTDIR="$top" >"$top.log" 2>&1 ||
	{ cat "$top.log"; rm -f "$top.log"; exit 1; }

pc=$(find "$top" -name libsync.pc)
root=${pc%/*/pkgconfig/libsync.pc}
PKG_CONFIG_PATH=${pc%/*}
export PKG_CONFIG_PATH
flags() {
	pkg-config --define-variable=prefix="$root" "$@" libsync
}
[ "$(pkg-config --modversion libsync)" = "$VERSION" ] || bad version

cat >"$top/use.c" <<'END'
#include <libsync.h>
#include <stdio.h>

static struct sync_event event = SYNC_EVENT_INIT;

static void *
work(void *arg)
{
	(void)sync_event_set(&event);
	return arg;
}

int
main(void)
{
	struct sync_thread t;

	if (sync_thread_start(&t, work, NULL, NULL) != 0
	    || sync_event_wait(&event) != 0 || sync_thread_join(&t, NULL) != 0)
		return 1;
	return puts(SYNC_VERSION) < 0;
}
END
# shellcheck disable=SC2046
if $CC -std=c11 -Wall -Wextra -Wpedantic -Werror $(flags --cflags) \
	-o "$top/use" "$top/use.c" $(flags --libs); then
	libdir=$(flags --variable=libdir)
	[ "$(LD_LIBRARY_PATH=$libdir "$top/use")" = "$VERSION" ] ||
		bad "the program"
	[ -f "$libdir/libsync.a" ] && { $CC $(flags --cflags) -static \
		-o "$top/use" "$top/use.c" $(flags --static --libs) 2>/dev/null &&
		{ [ "$("$top/use")" = "$VERSION" ] || bad "the static program"; }; }
else
	bad "does not compile"
fi

# The same with the explorer, where it is built.
[ -f .libs/libsync-sim.so ] && sim=libsync-sim || sim=
sim_flags() {
	pkg-config --define-variable=prefix="$root" "$@" libsync-sim
}
cat >"$top/use_sim.c" <<'END'
#include <libsync.h>
#include <libsync/explore.h>

static int posted;

static void *
work(void *sem)
{
	SYNC_WRITE(posted) = 1;
	SYNC_OK(sync_sem_post(sem));
	return NULL;
}

static void
test(void *unused)
{
	struct sync_sem sem = SYNC_SEM_INIT(0, 1);
	struct sync_thread t;

	(void)unused;
	posted = 0;
	SYNC_OK(sync_thread_start(&t, work, &sem, NULL));
	SYNC_OK(sync_sem_wait(&sem));
	SYNC_ASSERT(SYNC_READ(posted) == 1);
	SYNC_OK(sync_thread_join(&t, NULL));
}

int
main(void)
{
	struct sync_explore_report r;
	int err = sync_explore(test, NULL, NULL, &r);

	return err != 0 || r.bound != SYNC_EXPLORE_UNBOUNDED || r.threads != 2;
}
END
[ -z "$sim" ] || [ "$(pkg-config --modversion $sim)" = "$VERSION" ] ||
	bad "version of $sim"
# shellcheck disable=SC2046
if [ -z "$sim" ]; then
	echo "no explorer"
elif $CC -std=c11 -Wall -Wextra -Wpedantic -Werror $(sim_flags --cflags) \
	-o "$top/use_sim" "$top/use_sim.c" $(sim_flags --libs); then
	LD_LIBRARY_PATH=$libdir "$top/use_sim" || bad "the explorer's program"
	[ -f "$libdir/libsync-sim.a" ] && { $CC $(sim_flags --cflags) -static \
		-o "$top/use_sim" "$top/use_sim.c" \
		$(sim_flags --static --libs) 2>/dev/null &&
		{ "$top/use_sim" || bad "the explorer's static program"; }; }
else
	bad "the explorer's program does not compile"
fi

# Every function that --wrap names exists and works.
cat >"$top/use_wrap.c" <<'END'
#include <libsync/explore.h>
#include <pthread.h>

static void *
work(void *mutex)
{
	SYNC_OK(pthread_mutex_lock(mutex));
	SYNC_OK(pthread_mutex_unlock(mutex));
	return NULL;
}

static void
test(void *unused)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_t t;

	(void)unused;
	SYNC_OK(pthread_create(&t, NULL, work, &mutex));
	work(&mutex);
	SYNC_OK(pthread_join(t, NULL));
}

int
main(void)
{
	struct sync_explore_report r;

	return sync_explore(test, NULL, NULL, &r) != 0 || r.threads != 2;
}
END
wrap_flags() {
	pkg-config --define-variable=prefix="$root" "$@" libsync-sim-pthread |
		sed "s,-L[^ ]*,-L$libdir,g"
}
if [ -n "$sim" ]; then
	# shellcheck disable=SC2046
	$CC -std=gnu11 $(sim_flags --cflags) -o "$top/use_wrap" \
		"$top/use_wrap.c" $(wrap_flags --libs) &&
		LD_LIBRARY_PATH=$libdir "$top/use_wrap" || bad "with --wrap"
	wrap_flags --libs | grep -o 'wrap=[a-z_]*' | sed 's/wrap=/__wrap_/' |
		sort >"$top/wrapped"
	nm -D --defined-only "$libdir/libsync-sim.so" | awk '{ print $3 }' |
		sed 's/@.*//' | grep '^__wrap_' | sort |
		diff "$top/wrapped" - || bad "asked to wrap (<) and there (>)"
fi

# The functions that headers declare.
declared() {
	cat "$@" | tr '\n' ' ' |
		sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g
			s/static inline[^{;]*[{;]//g
			s/SYNC_INLINE_ [^{;]*[{;]//g' |
		grep -o '[a-z_0-9]*[ *]*sync_[a-z0-9_]*(' |
		sed -n 's/^\(int\|bool\|void\|char\|sync_time\|size_t\|uint32_t\|sync_thread\)[ *]*\(sync_[a-z0-9_]*[a-z0-9]\)($/\2/p' |
		sort -u
}
exported() {
	nm -D --defined-only "$libdir/$1.so" | awk '$2 != "A" { print $3 }' |
		sed 's/@.*//' | sort
}

# Exported: exactly the functions that the headers declare and that inline
# functions call.  libsync-sim also exports the functions that marks call, whose
# names end in an underscore, and those that --wrap needs.  Needed: the C
# library, or the parts of it that were once separate libraries.
for header in "$srcdir"/include/libsync/*.h; do
	case $header in */explore.h) ;; *) echo "$header" ;; esac
done >"$top/headers"
# shellcheck disable=SC2046
declared $(cat "$top/headers") >"$top/declared.libsync"
declared "$srcdir"/include/libsync/*.h >"$top/declared.libsync-sim"
for lib in libsync $sim; do
	own='^sync_event_unwatched_$|^sync_with_failed_$'
	# The explorer also exports its replacements for C library functions.
	[ $lib = libsync ] || own="$own|^sync_explore_[a-z]*_\$|^__wrap_|^pthread_create\$|^thrd_create\$|^__assert_fail\$"
	exported $lib | grep -vE "$own" >"$top/exported"
	grep -v '^sync_' "$top/exported" && bad "$lib exports beyond sync_"
	diff "$top/declared.$lib" "$top/exported" ||
		bad "$lib: declared (<) and exported (>)"
	[ "$(wc -l <"$top/exported")" -gt 100 ] || bad "$lib: few are exported"
	readelf -d "$libdir/$lib.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' |
		grep -v -e '^libc[.-]' -e '^libpthread\.' -e '^libdl\.' \
			-e '^ld-' && bad "$lib needs that"
	readelf -d "$libdir/$lib.so" | grep -q "SONAME.*\[$lib\.so\.0\]" ||
		bad "soname of $lib"
done
readelf -d "$libdir/libsync.so" | grep -q 'NEEDED.*libdl' && bad "needs libdl"

make -s uninstall DESTDIR="$top" >"$top.log" 2>&1 || { cat "$top.log"; bad uninstall; }
left=$(find "$top" ! -type d ! -path "$top/use*" ! -path "$top/declared*" \
	! -path "$top/exported" ! -path "$top/headers" ! -path "$top/wrapped")
[ -z "$left" ] || bad "left behind: $left"
rm -f "$top.log"
exit $status
