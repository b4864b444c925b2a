# SPDX-License-Identifier: MIT
# Break the library on purpose, and check that the explorer finds it.  Include
# this after the fragments that add to sim_programs.

sim_programs += sim_extra
sim_extra_SOURCES = %D%/sim_extra.c
sim_extra_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_extra_CFLAGS = $(SIM_TEST_CFLAGS)
sim_extra_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_lot
sim_lot_SOURCES = %D%/sim_lot.c
sim_lot_CPPFLAGS = $(LOT_CPPFLAGS) -I$(srcdir)/%D%
sim_lot_CFLAGS = $(SIM_TEST_CFLAGS)
sim_lot_LDADD = $(LOT_TEST_LIBS)

sim_programs += sim_circle
sim_circle_SOURCES = %D%/sim_circle.c
sim_circle_CPPFLAGS = $(LOT_CPPFLAGS) -I$(srcdir)/%D%
sim_circle_CFLAGS = $(SIM_TEST_CFLAGS)
sim_circle_LDADD = $(LOT_TEST_LIBS)

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

# By hand, takes about half an hour: make mutants MUTANTS='sem_* --near'
mutants:
	$(PYTHON3) $(srcdir)/%D%/mutations/run $(MUTANTS)
