#!/bin/sh
# SPDX-License-Identifier: MIT
# The check programs again, with every fourth wait ended by a spurious wakeup.
set -u

[ "${SANITIZED-no}" = no ] || { echo "a sanitizer wants to come first"; exit 77; }
shim=$PWD/.libs/shim_spurious.so
[ -f "$shim" ] || { echo "no shared objects here"; exit 77; }

report=spurious.report
rm -f $report
failed=
for program in check_mutex check_rmutex check_cond check_cond_mutex check_sem \
	check_event check_latch check_barrier check_barrier_broken check_rwlock \
	check_rwlock_turns check_queue check_timer check_timer_callback \
	check_thread check_thread_join check_clock check_cancel; do
	[ -x ./$program ] || continue
	if SHIM_REPORT=$PWD/$report LD_PRELOAD=$shim ./$program >spurious.out 2>&1
	then
		echo "ok: $program"
	else
		failed="$failed $program"
		cat spurious.out
	fi
done
seen=$(cat $report 2>/dev/null)
rm -f $report spurious.out
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
[ -n "$seen" ] || { echo "the shim was not at work"; exit 1; }
