# SPDX-License-Identifier: MIT

check_PROGRAMS += check_barrier
TESTS += check_barrier
check_barrier_SOURCES = %D%/check_barrier.c \
	%D%/primitives.h
check_barrier_CPPFLAGS = $(TEST_CPPFLAGS)
check_barrier_CFLAGS = $(TEST_CFLAGS)
check_barrier_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_cond
TESTS += check_cond
check_cond_SOURCES = %D%/check_cond.c \
	%D%/primitives.h
check_cond_CPPFLAGS = $(TEST_CPPFLAGS)
check_cond_CFLAGS = $(TEST_CFLAGS)
check_cond_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_deadline
TESTS += check_deadline
check_deadline_SOURCES = %D%/check_deadline.c \
	%D%/lock_kinds.c \
	%D%/lock_kinds.h \
	%D%/primitives.h
check_deadline_CPPFLAGS = $(TEST_CPPFLAGS)
check_deadline_CFLAGS = $(TEST_CFLAGS)
check_deadline_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_event
TESTS += check_event
check_event_SOURCES = %D%/check_event.c \
	%D%/primitives.h
check_event_CPPFLAGS = $(TEST_CPPFLAGS)
check_event_CFLAGS = $(TEST_CFLAGS)
check_event_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_kmutex
TESTS += check_kmutex
check_kmutex_SOURCES = %D%/check_kmutex.c \
	%D%/primitives.h
check_kmutex_CPPFLAGS = $(TEST_CPPFLAGS)
check_kmutex_CFLAGS = $(TEST_CFLAGS)
check_kmutex_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_latch
TESTS += check_latch
check_latch_SOURCES = %D%/check_latch.c \
	%D%/primitives.h
check_latch_CPPFLAGS = $(TEST_CPPFLAGS)
check_latch_CFLAGS = $(TEST_CFLAGS)
check_latch_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_lifetime
TESTS += check_lifetime
check_lifetime_SOURCES = %D%/check_lifetime.c \
	%D%/primitives.h
check_lifetime_CPPFLAGS = $(TEST_CPPFLAGS)
check_lifetime_CFLAGS = $(TEST_CFLAGS)
check_lifetime_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_lock
TESTS += check_lock
check_lock_SOURCES = %D%/check_lock.c \
	%D%/lock_kinds.c \
	%D%/lock_kinds.h \
	%D%/primitives.h
check_lock_CPPFLAGS = $(TEST_CPPFLAGS)
check_lock_CFLAGS = $(TEST_CFLAGS)
check_lock_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_mutex
TESTS += check_mutex
check_mutex_SOURCES = %D%/check_mutex.c \
	%D%/primitives.h
check_mutex_CPPFLAGS = $(TEST_CPPFLAGS)
check_mutex_CFLAGS = $(TEST_CFLAGS)
check_mutex_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_ownlock
TESTS += check_ownlock
check_ownlock_SOURCES = %D%/check_ownlock.c \
	%D%/primitives.h
check_ownlock_CPPFLAGS = $(TEST_CPPFLAGS)
check_ownlock_CFLAGS = $(TEST_CFLAGS)
check_ownlock_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_seam
TESTS += check_seam
check_seam_SOURCES = %D%/check_seam.c \
	%D%/primitives.h
check_seam_CPPFLAGS = $(TEST_CPPFLAGS)
check_seam_CFLAGS = $(TEST_CFLAGS)
check_seam_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_spin
TESTS += check_spin
check_spin_SOURCES = %D%/check_spin.c \
	%D%/primitives.h
check_spin_CPPFLAGS = $(TEST_CPPFLAGS)
check_spin_CFLAGS = $(TEST_CFLAGS)
check_spin_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_processors
TESTS += check_processors
check_processors_SOURCES = %D%/check_processors.c \
	%D%/primitives.h
check_processors_CPPFLAGS = $(TEST_CPPFLAGS)
check_processors_CFLAGS = $(TEST_CFLAGS)
check_processors_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_rmutex
TESTS += check_rmutex
check_rmutex_SOURCES = %D%/check_rmutex.c \
	%D%/primitives.h
check_rmutex_CPPFLAGS = $(TEST_CPPFLAGS)
check_rmutex_CFLAGS = $(TEST_CFLAGS)
check_rmutex_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_rwlock
TESTS += check_rwlock
check_rwlock_SOURCES = %D%/check_rwlock.c \
	%D%/primitives.h
check_rwlock_CPPFLAGS = $(TEST_CPPFLAGS)
check_rwlock_CFLAGS = $(TEST_CFLAGS)
check_rwlock_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_sem
TESTS += check_sem
check_sem_SOURCES = %D%/check_sem.c \
	%D%/primitives.h
check_sem_CPPFLAGS = $(TEST_CPPFLAGS)
check_sem_CFLAGS = $(TEST_CFLAGS)
check_sem_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_waitq
TESTS += check_waitq
check_waitq_SOURCES = %D%/check_waitq.c \
	%D%/primitives.h
check_waitq_CPPFLAGS = $(TEST_CPPFLAGS)
check_waitq_CFLAGS = $(TEST_CFLAGS)
check_waitq_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_with
TESTS += check_with
check_with_SOURCES = %D%/check_with.c \
	%D%/primitives.h
check_with_CPPFLAGS = $(TEST_CPPFLAGS)
check_with_CFLAGS = $(TEST_CFLAGS)
check_with_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_barrier
TESTS += stress_barrier
stress_barrier_SOURCES = %D%/stress_barrier.c \
	%D%/primitives.h \
	%D%/stress.h
stress_barrier_CPPFLAGS = $(TEST_CPPFLAGS)
stress_barrier_CFLAGS = $(TEST_CFLAGS)
stress_barrier_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_cond
TESTS += stress_cond
stress_cond_SOURCES = %D%/stress_cond.c \
	%D%/primitives.h \
	%D%/stress.h
stress_cond_CPPFLAGS = $(TEST_CPPFLAGS)
stress_cond_CFLAGS = $(TEST_CFLAGS)
stress_cond_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_event
TESTS += stress_event
stress_event_SOURCES = %D%/stress_event.c \
	%D%/primitives.h \
	%D%/stress.h
stress_event_CPPFLAGS = $(TEST_CPPFLAGS)
stress_event_CFLAGS = $(TEST_CFLAGS)
stress_event_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_lock
TESTS += stress_lock
stress_lock_SOURCES = %D%/stress_lock.c \
	%D%/lock_kinds.c \
	%D%/lock_kinds.h \
	%D%/primitives.h \
	%D%/stress.h
stress_lock_CPPFLAGS = $(TEST_CPPFLAGS)
stress_lock_CFLAGS = $(TEST_CFLAGS)
stress_lock_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_rwlock
TESTS += stress_rwlock
stress_rwlock_SOURCES = %D%/stress_rwlock.c \
	%D%/primitives.h \
	%D%/stress.h
stress_rwlock_CPPFLAGS = $(TEST_CPPFLAGS)
stress_rwlock_CFLAGS = $(TEST_CFLAGS)
stress_rwlock_LDADD = $(TEST_LIBS)

check_PROGRAMS += stress_sem
TESTS += stress_sem
stress_sem_SOURCES = %D%/stress_sem.c \
	%D%/primitives.h \
	%D%/stress.h
stress_sem_CPPFLAGS = $(TEST_CPPFLAGS)
stress_sem_CFLAGS = $(TEST_CFLAGS)
stress_sem_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_aligned
TESTS += check_aligned
check_aligned_SOURCES = %D%/check_aligned.c
check_aligned_CPPFLAGS = $(TEST_CPPFLAGS)
check_aligned_CFLAGS = $(TEST_CFLAGS)
check_aligned_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_inside
TESTS += check_inside
check_inside_SOURCES = %D%/check_inside.c %D%/primitives.h
check_inside_CPPFLAGS = $(TEST_CPPFLAGS)
check_inside_CFLAGS = $(TEST_CFLAGS)
check_inside_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_realtime
TESTS += check_realtime
check_realtime_SOURCES = %D%/check_realtime.c
check_realtime_CPPFLAGS = $(TEST_CPPFLAGS)
check_realtime_CFLAGS = $(TEST_CFLAGS)
check_realtime_LDADD = $(TEST_LIBS)

check_PROGRAMS += check_herd
TESTS += check_herd
check_herd_SOURCES = %D%/check_herd.c
check_herd_CPPFLAGS = $(TEST_CPPFLAGS)
check_herd_CFLAGS = $(TEST_CFLAGS)
check_herd_LDADD = $(TEST_LIBS)
