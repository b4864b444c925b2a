#!/bin/sh
# SPDX-License-Identifier: MIT
# The install: a program found by pkg-config, compiled and run against it; what
# is exported; what is needed; and that uninstall takes all away again.
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

# Exported: what the headers declare, no more and no less.
nm -D --defined-only "$libdir/libsync.so" | awk '$2 != "A" { print $3 }' |
	sed 's/@.*//' | sort >"$top/exported"
cat "$srcdir"/include/libsync/*.h | tr '\n' ' ' |
	sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g; s/static inline[^{;]*[{;]//g' |
	grep -o '[a-z_0-9]*[ *]*sync_[a-z0-9_]*(' |
	sed -n 's/^\(int\|bool\|void\|char\|sync_time\|size_t\|uint32_t\|sync_thread\)[ *]*\(sync_[a-z0-9_]*[a-z0-9]\)($/\2/p' |
	sort -u >"$top/declared"
grep -v '^sync_' "$top/exported" && bad "exports beyond sync_"
diff "$top/declared" "$top/exported" || bad "declared (<) and exported (>)"
[ "$(wc -l <"$top/exported")" -gt 100 ] || bad "few are exported"

# Needed: the C library, or the parts of it that were libraries once.
readelf -d "$libdir/libsync.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' |
	grep -v -e '^libc[.-]' -e '^libpthread\.' -e '^ld-' && bad "needs that"
readelf -d "$libdir/libsync.so" | grep -q 'SONAME.*\[libsync\.so\.0\]' ||
	bad soname

make -s uninstall DESTDIR="$top" >"$top.log" 2>&1 || { cat "$top.log"; bad uninstall; }
left=$(find "$top" ! -type d ! -path "$top/use*" ! -path "$top/declared" \
	! -path "$top/exported")
[ -z "$left" ] || bad "left behind: $left"
rm -f "$top.log"
exit $status
