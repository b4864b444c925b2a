#!/bin/sh
# SPDX-License-Identifier: MIT
# The headers as users' programs see them.  Each one compiles alone, included
# twice, in every language it supports, and after a file of other libraries'
# macros.  Programs that use all headers, their macros and their names compile
# without a warning and run.  Code that must not compile does not.
set -u

dir=headers.tmp
rm -rf $dir
mkdir $dir
trap 'rm -rf $dir' EXIT
status=0
include="-I$srcdir/include"
warn="-Wall -Wextra -Wpedantic -Wshadow -Wundef -Wconversion -Werror"
# Further warnings that users may enable; a compiler skips those it lacks.
picky="$warn -Wno-unknown-warning-option -Wsign-conversion -Wreturn-type
	-Wuninitialized -Wmaybe-uninitialized -Wcast-qual -Wwrite-strings
	-Wdangling-else"
picky_c="$picky -Wc++-compat -Wstrict-prototypes -Wmissing-prototypes"
picky_cxx="$picky -Wold-style-cast -Wzero-as-null-pointer-constant"

have() {
	command -v "$1" >/dev/null 2>&1
}

failed() {
	echo "failed: $*"
	status=1
}

# compiler, language, standard
alone() {
	for header in libsync.h $(cd "$srcdir/include" && echo libsync/*.h); do
		printf '#include <%s>\n#include <%s>\nint x_;\n' \
			"$header" "$header" >$dir/alone.$2
		# shellcheck disable=SC2086
		$1 -std=$3 $warn $include -fsyntax-only $dir/alone.$2 ||
			failed "alone: $* $header"
		$1 -std=$3 $include -include "$srcdir/tests/system/macros.h" \
			-fsyntax-only $dir/alone.$2 ||
			failed "behind macros: $* $header"
	done
}

# One compiler cannot link the other's instrumented objects.
links() {
	case ${SAN_CFLAGS:+$1}:$CC in
	clang*:*gcc* | g*:*clang*) return 1 ;;
	esac
}

# file, then the compiler with its options
runs() {
	file=$1
	shift
	# shellcheck disable=SC2086
	if ! "$@" ${SAN_CFLAGS-} $include -o $dir/use "$file" \
		.libs/libsync-core.a -lpthread || ! ${EMULATOR-} ./$dir/use; then
		failed "$file: $*"
	fi
}

# name, the compiler's message, text, then the compiler with its options
refuses() {
	name=$1
	said=$2
	printf '#include <libsync.h>
static struct sync_mutex m = SYNC_MUTEX_INIT;
int f(int x);
int f(int x) { %s return x; }\n' "$3" >$dir/refuses.c
	shift 3
	# shellcheck disable=SC2086
	if "$@" $include -c -o $dir/refuses.o $dir/refuses.c \
		2>$dir/said || ! grep -q "$said" $dir/said; then
		failed "$name: is compiled, or does not say '$said': $*"
		cat $dir/said
	fi
}

for cc in gcc clang; do
	have $cc || continue
	for std in c11 gnu17 c2x; do
		alone $cc c $std
	done
	links $cc || continue
	for level in 0 1 2 3; do
		# GCC then believes that the end of each function is reached.
		case $cc$level${SAN_CFLAGS-} in gcc0*thread*) continue ;; esac
		# shellcheck disable=SC2086
		runs "$srcdir/tests/system/use_macros.c" $cc -std=c11 -O$level $picky_c
		refuses 'break in SYNC_WITH' 'use SYNC_LOCK_SCOPE' \
			'while (x--) SYNC_WITH(&m) { if (x == 3) break; x--; }' \
			$cc -O$level
		refuses 'break in an else' 'use SYNC_LOCK_SCOPE' \
			'while (x--) SYNC_WITH(&m, x) x--; else break;' \
			$cc -O$level
	done
done

# A module may export the functions, and code that uses them.
module() {
	cat >$dir/module.cc <<-'END'
	module;
	#include <libsync.h>
	#include <libsync/explore.h>
	export module sync;
	export using ::sync_event_wait;
	export using ::sync_cond_wait;
	export using ::sync_cond_wait_until;
	export using ::sync_explore_yield;
	export inline int
	wait_twice(sync_event *e)
	{
		sync_explore_yield();
		return ::sync_event_wait(e) + sync_event_wait(e);
	}
	export inline int
	held(sync_mutex *m)
	{
		SYNC_WITH (m)
			return 1;
	}
	END
	# shellcheck disable=SC2086
	(cd $dir && case $srcdir in /*) ;; *) srcdir=../$srcdir ;; esac &&
		$1 -std=c++20 $2 -I$srcdir/include -c -o module.o module.cc) ||
		failed "module: $*"
}

cp "$srcdir/tests/system/use_macros.c" $dir/use_macros.cc
for cxx in g++ clang++; do
	have $cxx || continue
	# Only C++11 is required, so disable its style warnings.
	for std in c++11 c++17 c++20; do
		alone $cxx cc $std
	done
	case $cxx in
	g++) useless=-Wuseless-cast ;;
	*) useless= ;;
	esac
	case $cxx in
	g++) echo 'export module x;' >$dir/x.cc
		(cd $dir && g++ -std=c++20 -fmodules-ts -c x.cc 2>/dev/null) &&
			module g++ -fmodules-ts ;;
	*) module clang++ '-x c++-module --precompile' ;;
	esac
	links $cxx || continue
	for std in c++11 c++14 c++17 c++20; do
		# shellcheck disable=SC2086
		runs "$srcdir/tests/system/use_all.cc" $cxx -std=$std $warn
		runs "$srcdir/tests/system/use_names.cc" $cxx -std=$std $warn
	done
	for level in 0 1 2 3; do
		for std in c++11 c++20; do
			# shellcheck disable=SC2086
			runs $dir/use_macros.cc $cxx -std=$std -O$level \
				$picky_cxx $useless
		done
	done
	refuses 'else without a variable' 'else\|expression' \
		'SYNC_WITH(&m) { x++; } else { x--; }' $cxx -x c++
	test $cxx = clang++ && test -z "${SAN_CFLAGS-}" &&
		echo 'int main() {}' >$dir/x.cc &&
		clang++ -stdlib=libc++ -o $dir/x $dir/x.cc 2>/dev/null &&
		runs "$srcdir/tests/system/use_names.cc" clang++ -stdlib=libc++ -std=c++20
done
exit $status
