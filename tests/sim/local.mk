# SPDX-License-Identifier: MIT
# Programs that explore the schedules of libsync's own objects.  They are linked
# with libsync-checked, so its plain accesses are checked for races, too.

check_LTLIBRARIES += libsync-simsupport.la
libsync_simsupport_la_SOURCES = \
	%D%/sim_script.c \
	%D%/sim_script.h \
	%D%/sim_script_model.c \
	%D%/sim_script_model.h \
	%D%/sim_support.c \
	%D%/sim_support.h \
	%D%/sim_timer_support.c \
	%D%/sim_timer_support.h \
	# EOL
SIM_TEST_LIBS = libsync-simsupport.la libsync-checked.la $(SIM_LIBS) \
	$(CHECK_LIBS)
LOT_TEST_LIBS = libsync-simsupport.la libsync-lot.la $(SIM_LIBS) $(CHECK_LIBS)
tests/sim/sim_circle.o tests/sim/sim_lot.o: AM_CPPFLAGS += $(LOT_INSIDE)
tests/sim/sim_fork.o tests/sim/sim_fork_rwlock.o: AM_CPPFLAGS += $(SIM_INSIDE)

sim_programs = \
	sim_barrier \
	sim_barrier_life \
	sim_circle \
	sim_cond \
	sim_cond_kinds \
	sim_cond_life \
	sim_deadline \
	sim_event \
	sim_fork \
	sim_fork_rwlock \
	sim_kmutex \
	sim_lock \
	sim_lock_life \
	sim_lot \
	sim_mutex \
	sim_queue \
	sim_queue_busy \
	sim_queue_close \
	sim_queue_content \
	sim_queue_life \
	sim_queue_memory \
	sim_rwlock \
	sim_sem \
	sim_sleep \
	sim_thread \
	sim_timer \
	sim_timer_again \
	sim_timer_busy \
	sim_timer_end \
	sim_timer_order \
	sim_timer_ticks \
	sim_wait \
	sim_wait_life \
	sim_wakes \
	# EOL

sim_lock_support = %D%/sim_lock_support.c %D%/sim_lock_support.h
sim_queue_support = %D%/sim_queue_support.c %D%/sim_queue_support.h
sim_wait_support = %D%/sim_wait_support.c %D%/sim_wait_support.h
sim_barrier_SOURCES = %D%/sim_barrier.c
sim_barrier_LDADD = $(SIM_TEST_LIBS)
sim_barrier_life_SOURCES = %D%/sim_barrier_life.c
sim_barrier_life_LDADD = $(SIM_TEST_LIBS)
sim_circle_SOURCES = %D%/sim_circle.c
sim_circle_LDADD = $(LOT_TEST_LIBS)
sim_cond_SOURCES = %D%/sim_cond.c
sim_cond_LDADD = $(SIM_TEST_LIBS)
sim_cond_kinds_SOURCES = %D%/sim_cond_kinds.c
sim_cond_kinds_LDADD = $(SIM_TEST_LIBS)
sim_cond_life_SOURCES = %D%/sim_cond_life.c
sim_cond_life_LDADD = $(SIM_TEST_LIBS)
sim_deadline_SOURCES = %D%/sim_deadline.c
sim_deadline_LDADD = $(SIM_TEST_LIBS)
sim_event_SOURCES = %D%/sim_event.c
sim_event_LDADD = $(SIM_TEST_LIBS)
sim_fork_SOURCES = %D%/sim_fork.c
sim_fork_LDADD = $(SIM_TEST_LIBS)
sim_fork_rwlock_SOURCES = %D%/sim_fork_rwlock.c
sim_fork_rwlock_LDADD = $(SIM_TEST_LIBS)
sim_kmutex_SOURCES = %D%/sim_kmutex.c
sim_kmutex_LDADD = $(SIM_TEST_LIBS)
sim_lock_SOURCES = %D%/sim_lock.c $(sim_lock_support)
sim_lock_LDADD = libsync-support.la $(SIM_TEST_LIBS) # for lock_kinds
sim_lock_life_SOURCES = %D%/sim_lock_life.c $(sim_lock_support)
sim_lock_life_LDADD = libsync-support.la $(SIM_TEST_LIBS) # for lock_kinds
sim_lot_SOURCES = %D%/sim_lot.c
sim_lot_LDADD = $(LOT_TEST_LIBS)
sim_mutex_SOURCES = %D%/sim_mutex.c
sim_mutex_LDADD = $(SIM_TEST_LIBS)
sim_queue_SOURCES = %D%/sim_queue.c
sim_queue_LDADD = $(SIM_TEST_LIBS)
sim_queue_busy_SOURCES = %D%/sim_queue_busy.c $(sim_queue_support)
sim_queue_busy_LDADD = $(SIM_TEST_LIBS)
sim_queue_close_SOURCES = %D%/sim_queue_close.c
sim_queue_close_LDADD = $(SIM_TEST_LIBS)
sim_queue_content_SOURCES = %D%/sim_queue_content.c
sim_queue_content_LDADD = $(SIM_TEST_LIBS)
sim_queue_life_SOURCES = %D%/sim_queue_life.c $(sim_queue_support)
sim_queue_life_LDADD = $(SIM_TEST_LIBS)
sim_queue_memory_SOURCES = %D%/sim_queue_memory.c $(sim_queue_support)
sim_queue_memory_LDADD = $(SIM_TEST_LIBS)
sim_rwlock_SOURCES = %D%/sim_rwlock.c
sim_rwlock_LDADD = $(SIM_TEST_LIBS)
sim_sem_SOURCES = %D%/sim_sem.c
sim_sem_LDADD = $(SIM_TEST_LIBS)
sim_sleep_SOURCES = %D%/sim_sleep.c
sim_sleep_LDADD = $(SIM_TEST_LIBS)
sim_thread_SOURCES = %D%/sim_thread.c
sim_thread_LDADD = $(SIM_TEST_LIBS)
sim_timer_SOURCES = %D%/sim_timer.c
sim_timer_LDADD = $(SIM_TEST_LIBS)
sim_timer_again_SOURCES = %D%/sim_timer_again.c
sim_timer_again_LDADD = $(SIM_TEST_LIBS)
sim_timer_busy_SOURCES = %D%/sim_timer_busy.c
sim_timer_busy_LDADD = $(SIM_TEST_LIBS)
sim_timer_end_SOURCES = %D%/sim_timer_end.c
sim_timer_end_LDADD = $(SIM_TEST_LIBS)
sim_timer_order_SOURCES = %D%/sim_timer_order.c
sim_timer_order_LDADD = $(SIM_TEST_LIBS)
sim_timer_ticks_SOURCES = %D%/sim_timer_ticks.c
sim_timer_ticks_LDADD = $(SIM_TEST_LIBS)
sim_wait_SOURCES = %D%/sim_wait.c $(sim_wait_support)
sim_wait_LDADD = $(SIM_TEST_LIBS)
sim_wait_life_SOURCES = %D%/sim_wait_life.c $(sim_wait_support)
sim_wait_life_LDADD = $(SIM_TEST_LIBS)
sim_wakes_SOURCES = %D%/sim_wakes.c
sim_wakes_LDADD = $(SIM_TEST_LIBS)

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

# By hand: break the library on purpose, and check that the explorer finds it;
# takes about an hour.  make mutants MUTANTS='sem_* --near'
mutants:
	$(PYTHON3) $(srcdir)/%D%/mutations/run $(MUTANTS)
EXTRA_DIST += \
	%D%/mutations/barrier.mut \
	%D%/mutations/circle.mut \
	%D%/mutations/cond.mut \
	%D%/mutations/event.mut \
	%D%/mutations/identity.mut \
	%D%/mutations/kmutex.mut \
	%D%/mutations/latch.mut \
	%D%/mutations/lot.mut \
	%D%/mutations/mutex.mut \
	%D%/mutations/ownlock.mut \
	%D%/mutations/queue.mut \
	%D%/mutations/queue_close.mut \
	%D%/mutations/queue_ring.mut \
	%D%/mutations/queue_store.mut \
	%D%/mutations/run \
	%D%/mutations/rwlock.mut \
	%D%/mutations/sem.mut \
	%D%/mutations/store.mut \
	%D%/mutations/thread.mut \
	%D%/mutations/timer.mut \
	%D%/mutations/waitq.mut \
	%D%/mutations/word.mut \
	# EOL
