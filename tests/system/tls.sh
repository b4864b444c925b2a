#!/bin/sh
# SPDX-License-Identifier: MIT
# The library's thread-local storage is at most one pointer: a process that
# loads it late has no room for more if other libraries need some, too.
set -u

lib=.libs/libsync.so.0
if [ "$SANITIZED" = yes ] || ! command -v readelf >/dev/null 2>&1 ||
	! [ -f "$lib" ]; then
	echo "skipped: no shared library, no readelf, or a sanitizer"
	exit 77
fi
bytes=$(readelf -lW "$lib" | awk '$1 == "TLS" { print $6 }')
pointer=$(readelf -hW "$lib" | awk '/Class:/ { print /64/ ? 8 : 4 }')
echo "thread-local storage: ${bytes:-none}, a pointer: $pointer"
[ "$((${bytes:-0}))" -le "$pointer" ]
