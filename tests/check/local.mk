# SPDX-License-Identifier: MIT
# One object, or one internal part, per program.

CHECKS = \
	check_aligned \
	check_barrier \
	check_barrier_broken \
	check_cond \
	check_cond_mutex \
	check_deadline \
	check_event \
	check_heap \
	check_herd \
	check_inside \
	check_kmutex \
	check_kmutex_circle \
	check_kmutex_died \
	check_latch \
	check_lifetime \
	check_lock \
	check_lock_starve \
	check_mutex \
	check_ownlock \
	check_processors \
	check_queue \
	check_queue_batch \
	check_queue_close \
	check_queue_close_race \
	check_queue_destroy \
	check_queue_init \
	check_queue_memory \
	check_queue_tasks \
	check_queue_threads \
	check_realtime \
	check_rmutex \
	check_rwlock \
	check_rwlock_turns \
	check_seam \
	check_sem \
	check_spin \
	check_stack \
	check_store \
	check_thread \
	check_thread_end \
	check_thread_join \
	check_time \
	check_timer \
	check_timer_callback \
	check_timer_cancel \
	check_timer_faults \
	check_timer_signals \
	check_timer_thread \
	check_timer_ticks \
	check_timer_wrong \
	check_waitq \
	check_with \
	check_with_scope \
	# EOL
if HAVE_WRAP
CHECKS += check_allocations
endif
check_PROGRAMS += $(CHECKS)
TESTS += $(CHECKS)

check_aligned_SOURCES = %D%/check_aligned.c
check_allocations_SOURCES = %D%/check_allocations.c
check_barrier_SOURCES = %D%/check_barrier.c %D%/barrier_parties.h
check_barrier_broken_SOURCES = %D%/check_barrier_broken.c %D%/barrier_parties.h
check_cond_SOURCES = %D%/check_cond.c
check_cond_mutex_SOURCES = %D%/check_cond_mutex.c
check_deadline_SOURCES = %D%/check_deadline.c
check_event_SOURCES = %D%/check_event.c
check_heap_SOURCES = %D%/check_heap.c
check_herd_SOURCES = %D%/check_herd.c
check_inside_SOURCES = %D%/check_inside.c
check_kmutex_SOURCES = %D%/check_kmutex.c
check_kmutex_circle_SOURCES = %D%/check_kmutex_circle.c
check_kmutex_died_SOURCES = %D%/check_kmutex_died.c
check_latch_SOURCES = %D%/check_latch.c
check_lifetime_SOURCES = %D%/check_lifetime.c
check_lock_SOURCES = %D%/check_lock.c
check_lock_starve_SOURCES = %D%/check_lock_starve.c
check_mutex_SOURCES = %D%/check_mutex.c
check_ownlock_SOURCES = %D%/check_ownlock.c \
	%D%/ownlock_sleepers.c %D%/ownlock_sleepers.h
check_processors_SOURCES = %D%/check_processors.c
check_queue_SOURCES = %D%/check_queue.c
check_queue_batch_SOURCES = %D%/check_queue_batch.c
check_queue_close_SOURCES = %D%/check_queue_close.c
check_queue_close_race_SOURCES = %D%/check_queue_close_race.c
check_queue_destroy_SOURCES = %D%/check_queue_destroy.c
check_queue_init_SOURCES = %D%/check_queue_init.c
check_queue_memory_SOURCES = %D%/check_queue_memory.c
check_queue_tasks_SOURCES = %D%/check_queue_tasks.c
check_queue_threads_SOURCES = %D%/check_queue_threads.c
check_realtime_SOURCES = %D%/check_realtime.c
check_rmutex_SOURCES = %D%/check_rmutex.c
check_rwlock_SOURCES = %D%/check_rwlock.c %D%/rwlock_users.h
check_rwlock_turns_SOURCES = %D%/check_rwlock_turns.c %D%/rwlock_users.h
check_seam_SOURCES = %D%/check_seam.c
check_sem_SOURCES = %D%/check_sem.c
check_spin_SOURCES = %D%/check_spin.c
check_stack_SOURCES = %D%/check_stack.c
check_store_SOURCES = %D%/check_store.c
check_thread_SOURCES = %D%/check_thread.c
check_thread_end_SOURCES = %D%/check_thread_end.c
check_thread_join_SOURCES = %D%/check_thread_join.c
check_time_SOURCES = %D%/check_time.c
check_timer_SOURCES = %D%/check_timer.c
check_timer_callback_SOURCES = %D%/check_timer_callback.c
check_timer_cancel_SOURCES = %D%/check_timer_cancel.c
check_timer_faults_SOURCES = %D%/check_timer_faults.c %D%/signal_masks.h
check_timer_signals_SOURCES = %D%/check_timer_signals.c %D%/signal_masks.h
check_timer_thread_SOURCES = %D%/check_timer_thread.c
check_timer_ticks_SOURCES = %D%/check_timer_ticks.c
check_timer_wrong_SOURCES = %D%/check_timer_wrong.c
check_waitq_SOURCES = %D%/check_waitq.c
check_with_SOURCES = %D%/check_with.c %D%/with_locks.h
check_with_scope_SOURCES = %D%/check_with_scope.c %D%/with_locks.h

# The tests see the library's calls of the C library, and can make them fail.
check_allocations_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=plat_alloc,--wrap=plat_alloc_zeroed \
	-Wl,--wrap=plat_realloc,--wrap=pthread_create
if PLAT_LINUX
tests/check/check_timer_thread.o: AM_CPPFLAGS += -DTEST_PLAT_LINUX
endif
