# SPDX-License-Identifier: MIT
# Tests of the explorer itself.  They crash, use up stacks and lose memory on
# purpose, which sanitizers would report.

EXPLORER_CHECKS = \
	check_explore_all \
	check_explore_counts \
	check_explore_finds \
	check_explore_life \
	check_explore_litmus \
	check_explore_options \
	check_explore_outside \
	check_explore_polls \
	check_explore_posix \
	check_explore_posix_misuse \
	check_explore_posix_rwlock \
	check_explore_posix_sem \
	check_explore_posix_threads \
	check_explore_replay \
	check_explore_reports \
	check_explore_robust \
	check_explore_sound \
	check_explore_threads \
	check_explore_time \
	# EOL
check_PROGRAMS += $(EXPLORER_CHECKS)
TESTS += $(EXPLORER_CHECKS)
explorer_tests = %D%/explorer_link.sh %D%/explorer_place.sh
TESTS += $(explorer_tests)
dist_check_SCRIPTS += $(explorer_tests)

check_LTLIBRARIES += libsync-exploresupport.la
libsync_exploresupport_la_SOURCES = \
	%D%/explore_support.c \
	%D%/explore_support.h
EXPLORER_LIBS = libsync-exploresupport.la libsync-sim.la $(CHECK_LIBS)

OBJECTS_SOURCES = %D%/explore_objects.c %D%/explore_objects.h
check_explore_all_SOURCES = %D%/check_explore_all.c $(OBJECTS_SOURCES)
check_explore_all_LDADD = $(EXPLORER_LIBS)
check_explore_counts_SOURCES = %D%/check_explore_counts.c
check_explore_counts_LDADD = $(EXPLORER_LIBS)
check_explore_litmus_SOURCES = \
	%D%/check_explore_litmus.c \
	%D%/explore_litmus.c \
	%D%/explore_litmus.h
check_explore_litmus_LDADD = $(EXPLORER_LIBS)
check_explore_options_SOURCES = %D%/check_explore_options.c
check_explore_options_LDADD = $(EXPLORER_LIBS)
check_explore_outside_SOURCES = %D%/check_explore_outside.c
check_explore_outside_LDADD = $(EXPLORER_LIBS)
check_explore_polls_SOURCES = %D%/check_explore_polls.c $(OBJECTS_SOURCES)
check_explore_polls_LDADD = $(EXPLORER_LIBS)
check_explore_reports_SOURCES = %D%/check_explore_reports.c
check_explore_reports_LDFLAGS = -Wl,--wrap=_ck_assert_failed
check_explore_reports_LDADD = $(EXPLORER_LIBS)
check_explore_robust_SOURCES = %D%/check_explore_robust.c
check_explore_robust_LDADD = $(EXPLORER_LIBS)
check_explore_threads_SOURCES = %D%/check_explore_threads.c
check_explore_threads_LDADD = $(EXPLORER_LIBS)
check_explore_time_SOURCES = %D%/check_explore_time.c
check_explore_time_LDADD = $(EXPLORER_LIBS)

# Its internal libraries, which depend on each other.
check_explore_sound_SOURCES = \
	%D%/check_explore_sound.c \
	%D%/explore_locks.c \
	%D%/explore_operations.c \
	%D%/explore_outcomes.c \
	%D%/explore_programs.c \
	%D%/explore_programs.h \
	%D%/explore_run.c \
	%D%/explore_world.h \
	# EOL
check_explore_sound_LDFLAGS = -Wl,--start-group
check_explore_sound_LDADD = libsync-exploresupport.la libsync-explore.la \
	libsync-inner.la $(SIM_LIBS) $(CHECK_LIBS)
tests/explorer/explore_outcomes.o: AM_CPPFLAGS += $(SIM_INSIDE)

# One of the mistakes is in a program of POSIX threads.
SEEDED_WRAPS = \
	-Wl,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=pthread_cond_wait \
	-Wl,--wrap=pthread_cond_signal
SEEDED_SOURCES = \
	%D%/explore_seeded.c \
	%D%/explore_seeded.h \
	%D%/explore_seeded_life.c \
	%D%/explore_seeded_loops.c \
	%D%/explore_seeded_memory.c \
	%D%/explore_seeded_parts.h \
	%D%/explore_seeded_waits.c \
	# EOL
check_explore_finds_SOURCES = %D%/check_explore_finds.c $(SEEDED_SOURCES)
check_explore_finds_LDFLAGS = $(SEEDED_WRAPS)
check_explore_finds_LDADD = $(EXPLORER_LIBS)
check_explore_replay_SOURCES = %D%/check_explore_replay.c $(SEEDED_SOURCES)
check_explore_replay_LDFLAGS = $(SEEDED_WRAPS)
check_explore_replay_LDADD = $(EXPLORER_LIBS)

# Programs that are linked as pkg-config specifies for libsync-sim-pthread.
POSIX_SOURCES = %D%/explore_posix.c %D%/explore_posix.h
POSIX_WRAPS = -Wl,@explore_posix.wraps
POSIX_NEEDS = $(EXPLORER_LIBS) explore_posix.wraps
check_explore_posix_SOURCES = \
	%D%/check_explore_posix.c $(POSIX_SOURCES)
check_explore_posix_LDFLAGS = $(POSIX_WRAPS)
check_explore_posix_LDADD = $(EXPLORER_LIBS)
check_explore_posix_DEPENDENCIES = $(POSIX_NEEDS)
check_explore_posix_misuse_SOURCES = \
	%D%/check_explore_posix_misuse.c $(POSIX_SOURCES)
check_explore_posix_misuse_LDFLAGS = $(POSIX_WRAPS)
check_explore_posix_misuse_LDADD = $(EXPLORER_LIBS)
check_explore_posix_misuse_DEPENDENCIES = $(POSIX_NEEDS)
check_explore_posix_rwlock_SOURCES = \
	%D%/check_explore_posix_rwlock.c $(POSIX_SOURCES)
check_explore_posix_rwlock_LDFLAGS = $(POSIX_WRAPS)
check_explore_posix_rwlock_LDADD = $(EXPLORER_LIBS)
check_explore_posix_rwlock_DEPENDENCIES = $(POSIX_NEEDS)
check_explore_posix_sem_SOURCES = \
	%D%/check_explore_posix_sem.c $(POSIX_SOURCES)
check_explore_posix_sem_LDFLAGS = $(POSIX_WRAPS)
check_explore_posix_sem_LDADD = $(EXPLORER_LIBS)
check_explore_posix_sem_DEPENDENCIES = $(POSIX_NEEDS)
check_explore_posix_threads_SOURCES = \
	%D%/check_explore_posix_threads.c $(POSIX_SOURCES)
check_explore_posix_threads_LDFLAGS = $(POSIX_WRAPS)
check_explore_posix_threads_LDADD = $(EXPLORER_LIBS)
check_explore_posix_threads_DEPENDENCIES = $(POSIX_NEEDS)
explore_posix.wraps: lib/libsync-sim-pthread.pc
	$(AM_V_GEN)sed -n 's/^Libs: //; t found; d; : found; s/-Wl,//g; p' \
		lib/libsync-sim-pthread.pc >$@
CLEANFILES += explore_posix.wraps

# Some of the objects are of POSIX threads.
check_explore_life_SOURCES = %D%/check_explore_life.c
check_explore_life_LDFLAGS = \
	-Wl,--wrap=pthread_mutex_init \
	-Wl,--wrap=pthread_mutex_destroy \
	-Wl,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=pthread_cond_init \
	-Wl,--wrap=pthread_cond_destroy \
	-Wl,--wrap=pthread_cond_signal \
	-Wl,--wrap=sem_init \
	-Wl,--wrap=sem_destroy \
	-Wl,--wrap=sem_wait \
	-Wl,--wrap=sem_post
check_explore_life_LDADD = $(EXPLORER_LIBS)
