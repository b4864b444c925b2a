# SPDX-License-Identifier: MIT
# Many threads, all at once, and sums that must be right.

STRESSES = \
	stress_barrier \
	stress_cond \
	stress_event \
	stress_lock \
	stress_queue \
	stress_rwlock \
	stress_sem \
	stress_thread \
	stress_timer \
	# EOL
check_PROGRAMS += $(STRESSES)
TESTS += $(STRESSES)

stress_barrier_SOURCES = %D%/stress_barrier.c
stress_cond_SOURCES = %D%/stress_cond.c
stress_event_SOURCES = %D%/stress_event.c
stress_lock_SOURCES = %D%/stress_lock.c
stress_queue_SOURCES = %D%/stress_queue.c
stress_rwlock_SOURCES = %D%/stress_rwlock.c
stress_sem_SOURCES = %D%/stress_sem.c
stress_thread_SOURCES = %D%/stress_thread.c
stress_timer_SOURCES = %D%/stress_timer.c
EXTRA_DIST += %D%/stress.h

# By hand: for minutes.
soak: $(STRESSES)
	$(AM_TESTS_ENVIRONMENT) SYNC_STRESS=$${SYNC_STRESS-100}; \
	export SYNC_STRESS; status=0; \
	for t in $(STRESSES); do ./$$t || status=1; done; exit $$status
.PHONY: soak
