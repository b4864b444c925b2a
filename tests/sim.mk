# SPDX-License-Identifier: MIT
# Programs that explore the schedules of libsync's own objects.

SIM_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
SIM_TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -Wno-thread-safety
SIM_TEST_LIBS = libsync-simsupport.la libsync-sim.la $(CHECK_LIBS)

check_LTLIBRARIES += libsync-simsupport.la
libsync_simsupport_la_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
libsync_simsupport_la_CFLAGS = $(SIM_TEST_CFLAGS)
libsync_simsupport_la_SOURCES = %D%/sim_support.c %D%/sim_support.h

sim_programs =

sim_programs += sim_mutex
sim_mutex_SOURCES = %D%/sim_mutex.c %D%/sim_support.h
sim_mutex_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_mutex_CFLAGS = $(SIM_TEST_CFLAGS)
sim_mutex_LDADD = $(SIM_TEST_LIBS)

check_PROGRAMS += $(sim_programs)
TESTS += $(sim_programs)

# By hand: deeper, for an hour or so.  (.PHONY cannot stand in a conditional.)
explore: $(sim_programs)
	$(AM_TESTS_ENVIRONMENT) SYNC_SIM=deep; export SYNC_SIM; status=0; \
	for t in $(sim_programs); do \
		./$$t || status=1; \
	done; exit $$status
