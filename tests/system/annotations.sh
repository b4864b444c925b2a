#!/bin/sh
# SPDX-License-Identifier: MIT
# Clang's -Wthread-safety understands the headers: it warns if a lock is not
# taken, taken twice or not released, and does not warn about correct code.
set -u

command -v clang >/dev/null 2>&1 || { echo "no clang"; exit 77; }
dir=annotations.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0

head='
#include <libsync.h>
static struct sync_mutex m = SYNC_MUTEX_INIT;
static struct sync_kmutex k;
static struct sync_rwlock l = SYNC_RWLOCK_INIT;
static struct sync_cond c = SYNC_COND_INIT;
static int n SYNC_GUARDED_BY(m);
static int r SYNC_GUARDED_BY(l);
int f(void);
static void locked(void) SYNC_REQUIRES(m);
static void
locked(void)
{
	n++;
}
'

# name, expected warning or nothing, body; in C
try() {
	language='-x c -std=c11'
	try_in "$@"
}
# in C and C++
try_both() {
	try "$@"
	language='-x c++ -std=c++11'
	try_in "$@"
}
try_in() {
	printf '%s\nint\nf(void)\n{\n%s\n}\n' "$head" "$3" >$dir/$1.c
	# shellcheck disable=SC2086
	if ! clang $language -I"$srcdir/include" -Wthread-safety \
		-fsyntax-only $dir/$1.c 2>$dir/$1.out; then
		echo "$1: does not compile"
		cat $dir/$1.out
		status=1
	elif [ -z "$2" ] && grep -q 'thread-safety' $dir/$1.out; then
		echo "$1: a warning that should not be"
		cat $dir/$1.out
		status=1
	elif [ -n "$2" ] && ! grep -q "$2" $dir/$1.out; then
		echo "$1: no warning like: $2"
		cat $dir/$1.out
		status=1
	fi
}

right='sync_mutex_lock(&m); n++; locked(); sync_mutex_unlock(&m);'
try lock '' "(void)k; $right return 0;"
try trylock '' 'if (sync_mutex_trylock(&m) == 0) { n++;
	sync_mutex_unlock(&m); } return 0;'
try until '' 'if (sync_mutex_lock_until(&m, 5) != 0) return 1;
	n++; return sync_mutex_unlock(&m);'
try_both cond '' 'sync_mutex_lock(&m); while (n == 0) sync_cond_wait(&c, &m);
	n = 0; return sync_mutex_unlock(&m);'
try kmutex '' 'if (sync_kmutex_trylock(&k) == 0) sync_kmutex_unlock(&k);
	return 0;'
try readers '' 'int x; sync_rwlock_rdlock(&l); x = r;
	sync_rwlock_unlock(&l); return x;'
try writer '' 'if (sync_rwlock_trywrlock(&l) == 0) { r++;
	sync_rwlock_unlock(&l); } return 0;'

try_both with '' 'SYNC_WITH(&m) { n++; locked(); } SYNC_WITH(&m) n++;
	return 0;'
try_both returning '' 'SYNC_WITH(&m) { return n; }'
try_both late '' 'int err; SYNC_WITH_UNTIL(&m, 5, err) { n++; }
	else { return err; } return 0;'
try_both scope '' 'SYNC_LOCK_SCOPE(&m); return n;'
try_both with_readers '' 'int x; SYNC_WITH_RDLOCK(&l) { x = r; } return x;'
try_both with_writer '' 'SYNC_WITH_WRLOCK(&l) r++; return 0;'
try_both with_shared 'requires holding mutex .l. exclusively' \
	'SYNC_WITH_RDLOCK(&l) r++; return 0;'
try_both with_another 'requires holding mutex .m.' \
	'SYNC_WITH_RDLOCK(&l) n++; return 0;'

try unlocked 'writing variable .n. requires holding mutex' 'n++; return 0;'
try reading 'reading variable .n. requires holding mutex' 'return n;'
try calling 'calling function .locked. requires holding mutex' \
	'locked(); return 0;'
try twice 'acquiring mutex .m. that is already held' \
	'sync_mutex_lock(&m); sync_mutex_lock(&m); sync_mutex_unlock(&m);
	return 0;'
try kept 'mutex .m. is still held at the end of function' \
	'return sync_mutex_lock(&m);'
try early 'mutex .m. is not held on every path' \
	'sync_mutex_lock(&m); if (n) return 1; sync_mutex_unlock(&m);
	return 0;'
try failed 'requires holding mutex .m.' \
	'if (sync_mutex_trylock(&m) != 0) { n++; } else sync_mutex_unlock(&m);
	return 0;'
try waiting 'requires holding mutex .m.' \
	'return sync_cond_wait(&c, &m);'
try release 'releasing mutex .m. that was not held' \
	'return sync_mutex_unlock(&m);'
try shared 'writing variable .r. requires holding mutex .l. exclusively' \
	'sync_rwlock_rdlock(&l); r++; sync_rwlock_unlock(&l); return 0;'
exit $status
