#!/bin/sh
# SPDX-License-Identifier: MIT
# init and start accept uninitialised memory: Memcheck does not report that they
# depend on its content.
test "${SANITIZED-no}" = no || { echo "a sanitizer has its own idea of memory"; exit 77; }
set -u
grep -q '^#define HAVE_VALGRIND_HELGRIND_H 1' config.h || {
	echo "libsync was built without valgrind's header"
	exit 77
}
[ -n "${VALGRIND-}" ] || { echo "no valgrind here"; exit 77; }
"$VALGRIND" -q --tool=none ./check_time >/dev/null 2>&1 || {
	echo "valgrind cannot run what the compiler wrote"
	exit 77
}
status=0
for program in check_timer_wrong check_thread_end; do
	CK_FORK=no CK_RUN_CASE=memory "$VALGRIND" -q --tool=memcheck \
		--error-exitcode=66 ./$program || status=1
done
exit $status
