# SPDX-License-Identifier: MIT
# Programs that explore the schedules of libsync's own objects.  They are linked
# with libsync-checked, so its plain accesses are checked for races, too.

SIM_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
SIM_TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -Wno-thread-safety
SIM_TEST_LIBS = libsync-simsupport.la libsync-checked.la $(SIM_LIBS) \
	$(CHECK_LIBS)
LOT_TEST_LIBS = libsync-simsupport.la libsync-lot.la $(SIM_LIBS) $(CHECK_LIBS)

check_LTLIBRARIES += libsync-simsupport.la
libsync_simsupport_la_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
libsync_simsupport_la_CFLAGS = $(SIM_TEST_CFLAGS)
libsync_simsupport_la_SOURCES = %D%/sim_support.c %D%/sim_support.h

sim_programs =

sim_programs += sim_barrier
sim_barrier_SOURCES = %D%/sim_barrier.c %D%/sim_support.h
sim_barrier_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_barrier_CFLAGS = $(SIM_TEST_CFLAGS)
sim_barrier_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_cond
sim_cond_SOURCES = %D%/sim_cond.c %D%/sim_support.h
sim_cond_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_cond_CFLAGS = $(SIM_TEST_CFLAGS)
sim_cond_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_event
sim_event_SOURCES = %D%/sim_event.c %D%/sim_support.h
sim_event_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_event_CFLAGS = $(SIM_TEST_CFLAGS)
sim_event_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_fork
sim_fork_SOURCES = %D%/sim_fork.c %D%/sim_support.h
sim_fork_CPPFLAGS = $(SIM_CPPFLAGS) -I$(srcdir)/%D%
sim_fork_CFLAGS = $(SIM_TEST_CFLAGS)
sim_fork_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_kmutex
sim_kmutex_SOURCES = %D%/sim_kmutex.c %D%/sim_support.h
sim_kmutex_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_kmutex_CFLAGS = $(SIM_TEST_CFLAGS)
sim_kmutex_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_lock
sim_lock_SOURCES = %D%/sim_lock.c %D%/sim_support.h \
	%D%/lock_kinds.c \
	%D%/lock_kinds.h
sim_lock_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_lock_CFLAGS = $(SIM_TEST_CFLAGS)
sim_lock_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_mutex
sim_mutex_SOURCES = %D%/sim_mutex.c %D%/sim_support.h
sim_mutex_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_mutex_CFLAGS = $(SIM_TEST_CFLAGS)
sim_mutex_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_rwlock
sim_rwlock_SOURCES = %D%/sim_rwlock.c %D%/sim_support.h
sim_rwlock_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_rwlock_CFLAGS = $(SIM_TEST_CFLAGS)
sim_rwlock_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_sem
sim_sem_SOURCES = %D%/sim_sem.c %D%/sim_support.h
sim_sem_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_sem_CFLAGS = $(SIM_TEST_CFLAGS)
sim_sem_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_thread
sim_thread_SOURCES = %D%/sim_thread.c %D%/sim_support.h
sim_thread_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_thread_CFLAGS = $(SIM_TEST_CFLAGS)
sim_thread_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_wait
sim_wait_SOURCES = %D%/sim_wait.c %D%/sim_support.h
sim_wait_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_wait_CFLAGS = $(SIM_TEST_CFLAGS)
sim_wait_LDADD = $(SIM_TEST_LIBS)

# Not with sanitizers: these report the scenarios' unmarked communication and
# memory that is never freed, and make each schedule many times slower.
if !SANITIZED
check_PROGRAMS += $(sim_programs)
TESTS += $(sim_programs)
endif

# By hand: deeper, takes about an hour.  (.PHONY must not be in a conditional.)
explore: $(sim_programs)
	$(AM_TESTS_ENVIRONMENT) SYNC_SIM=deep; export SYNC_SIM; status=0; \
	for t in $(sim_programs); do \
		./$$t || status=1; \
	done; exit $$status
