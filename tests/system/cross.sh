#!/bin/sh
# SPDX-License-Identifier: MIT
# Build for other machines and C libraries, on both platforms, and run the
# tests: the check programs if the Check library is available, and always
# cross_smoke.c.  Run it in a build folder; it works in cross.tmp there.
#
#	tests/system/cross.sh [target ...]
#
# CROSS_CHECK_DIR names a folder with foreign Check libraries, each as Debian
# unpacks it (ARCH/usr/lib/...).  With CROSS_FETCH=yes, missing ones are fetched
# from Debian; this adds their architectures to dpkg, as root.
set -u

src=$(cd "${srcdir-$(dirname "$0")/../..}" && pwd)
work=$PWD/cross.tmp
checks=${CROSS_CHECK_DIR-$work/check}
mkdir -p "$work"
failed=
# The check programs to run; a short list, because emulators are slow.
programs="check_mutex check_rmutex check_cond check_cond_mutex check_sem
	check_event check_latch check_barrier check_barrier_broken check_rwlock
	check_rwlock_turns check_queue check_timer check_timer_callback
	check_thread check_thread_join check_clock check_cancel"

say() {
	printf '%-28s %s\n' "$1" "$2"
}

# Debian architecture: unpack its Check library; false if it is not available.
fetch_check() {
	[ -f "$(echo "$checks/$1"/usr/lib/*/libcheck.a)" ] && return 0
	[ "${CROSS_FETCH-no}" = yes ] || return 1
	dpkg --print-foreign-architectures | grep -qx "$1" ||
		{ dpkg --add-architecture "$1" && apt-get -qq update; } \
			>/dev/null 2>&1
	mkdir -p "$checks/$1"
	(cd "$checks/$1" && apt-get -qq download "check:$1" "libsubunit0:$1" &&
		for deb in *.deb; do dpkg -x "$deb" .; done) >/dev/null 2>&1
	[ -f "$(echo "$checks/$1"/usr/lib/*/libcheck.a)" ]
}

# name, Debian architecture or -, how to run, norobust or -, configure's words
target() {
	name=$1 arch=$2 runner=$3 robust=$4
	shift 4
	dir=$work/$name
	rm -rf "$dir"
	mkdir -p "$dir"
	if ! command -v "${runner%% *}" >/dev/null 2>&1 && [ "$runner" != - ]; then
		say "$name" "skipped: no ${runner%% *}"
		return
	fi
	[ "$runner" != - ] || runner=
	lib=
	if [ "$arch" != - ] && fetch_check "$arch"; then
		lib=$(dirname "$(echo "$checks/$arch"/usr/lib/*/libcheck.a)")
		ln -sf libsubunit.so.0 "$lib/libsubunit.so"
		set -- "$@" CHECK_CFLAGS="-I$checks/$arch/usr/include" \
			CHECK_LIBS="-L$lib -lcheck_pic -lsubunit \
-Wl,-rpath,$lib -lrt -lm -lpthread"
	fi
	if ! (cd "$dir" && "$src/configure" -q --disable-shared "$@" &&
		make -s libsync.la) >"$dir/log" 2>&1; then
		if grep -q 'compiler cannot create\|No such file\|not found' \
			"$dir/log" "$dir/config.log" && ! [ -f "$dir/Makefile" ]; then
			say "$name" "skipped: no compiler for it"
		else
			fail "$name" "does not build"
		fi
		return
	fi
	if [ "$robust" = norobust ]; then
		SYNC_EMULATED=yes
		export SYNC_EMULATED
	else
		unset SYNC_EMULATED
	fi
	smoke "$robust" && loads_late && check_programs
}

# Some C libraries cannot load a library with static thread-local storage late.
loads_late() {
	case $name in *musl*) ;; *) return 0 ;; esac
	if ! (cd "$dir" && make -s check_dlopen && ./check_dlopen) \
		>>"$dir/log" 2>&1; then
		fail "$name" "check_dlopen"
		return 1
	fi
}

fail() {
	say "$1" "FAILED: $2 (see $dir/log)"
	tail -n 5 "$dir/log"
	failed="$failed $1"
}

# The configured makefile knows how to compile for the target.
smoke() {
	cc=$(sed -n 's/^CC = //p' "$dir/Makefile")
	cflags=$(sed -n 's/^CFLAGS = //p' "$dir/Makefile")
	static=
	case $name in *musl*) static=-static ;; esac
	# shellcheck disable=SC2086
	if ! $cc $cflags $static -I"$src/include" -o "$dir/cross_smoke" \
		"$src/tests/system/cross_smoke.c" "$dir/.libs/libsync.a" -lpthread \
		>>"$dir/log" 2>&1; then
		fail "$name" "cross_smoke does not build"
		return 1
	fi
	# shellcheck disable=SC2086
	if ! timeout 120 $runner "$dir/cross_smoke" "$1" >>"$dir/log" 2>&1; then
		fail "$name" "cross_smoke"
		return 1
	fi
}

check_programs() {
	if [ -z "$lib" ]; then
		say "$name" "passed: cross_smoke (no Check library for it)"
		return
	fi
	passed=cross_smoke
	for p in $programs; do
		[ -n "$(find "$src/tests" -name "$p.c")" ] || continue
		if ! (cd "$dir" && make -s "$p") >>"$dir/log" 2>&1; then
			fail "$name" "$p does not build"
			return
		fi
		# shellcheck disable=SC2086
		if ! (cd "$dir" && CK_FORK=${CK_FORK-yes} \
			timeout 300 $runner ./$p) >>"$dir/log" 2>&1; then
			fail "$name" "$p"
			return
		fi
		passed="$passed $p"
	done
	say "$name" "passed: $passed"
}

multiarch="-m32 -I/usr/include/x86_64-linux-gnu"
all="i386 i386-time64 musl aarch64 s390x i386-posix musl-posix aarch64-posix
	s390x-posix"
for t in ${*:-$all}; do
	plat=linux
	case $t in *-posix) plat=posix ;; esac
	case $t in
	i386 | i386-posix)
		target "$t" i386 - - --with-plat=$plat --host=i686-linux-gnu \
			CC="gcc $multiarch" CXX=false ;;
	i386-time64)
		target "$t" - - - --with-plat=$plat --host=i686-linux-gnu CC="gcc \
$multiarch -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64" CXX=false ;;
	musl | musl-posix)
		target "$t" - - - --with-plat=$plat --enable-shared \
			CC=musl-gcc CXX=false ;;
	aarch64 | aarch64-posix)
		target "$t" arm64 "qemu-aarch64 -L /usr/aarch64-linux-gnu" \
			norobust --with-plat=$plat --host=aarch64-linux-gnu ;;
	s390x | s390x-posix)
		target "$t" s390x "qemu-s390x -L /usr/s390x-linux-gnu" \
			norobust --with-plat=$plat --host=s390x-linux-gnu ;;
	*)
		say "$t" "no such target"
		failed="$failed $t" ;;
	esac
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
