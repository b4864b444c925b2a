#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header compiles alone, twice over, in every language it is for; and a
# C++ program that uses them all runs.
set -u

dir=headers.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0
warn="-Wall -Wextra -Wpedantic -Wshadow -Wundef -Wconversion -Werror"

# compiler, language, standard
alone() {
	for header in libsync.h $(cd "$srcdir/include" && echo libsync/*.h); do
		printf '#include <%s>\n#include <%s>\nint x_;\n' \
			"$header" "$header" >$dir/alone.$2
		# shellcheck disable=SC2086
		$1 -std=$3 $warn -I"$srcdir/include" -fsyntax-only \
			$dir/alone.$2 || { echo "not alone: $* $header"; status=1; }
	done
}

have() {
	command -v "$1" >/dev/null 2>&1
}

for cc in gcc clang; do
	if have $cc; then
		alone $cc c c11
		alone $cc c gnu17
	fi
done
for cxx in g++ clang++; do
	have $cxx || continue
	# Only C++11 is asked for: what it finds strange it must not say.
	alone $cxx cc c++11
	alone $cxx cc c++17
	# What one compiler instruments, the other cannot link.
	case ${SAN_CFLAGS:+$cxx}:$CC in
	clang++:*gcc* | g++:*clang*) continue ;;
	esac
	for std in c++11 c++17; do
		# shellcheck disable=SC2086
		if ! $cxx -std=$std $warn ${SAN_CFLAGS-} -I"$srcdir/include" \
			-o $dir/use "$srcdir/tests/use_all.cc" \
			.libs/libsync-core.a -lpthread ||
			! ${EMULATOR-} ./$dir/use; then
			echo "failed: $cxx $std"
			status=1
		fi
	done
done
exit $status
