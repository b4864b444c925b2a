# SPDX-License-Identifier: MIT
# Tests of the explorer itself.  They crash, use up stacks and lose memory on
# purpose, which sanitizers would report.

EXPLORE_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
# Its internal libraries, which depend on each other.
EXPLORE_INSIDES = libsync-explore.la libsync-inner.la \
	$(SIM_LIBS) $(CHECK_LIBS)

check_PROGRAMS += check_explore_sound
TESTS += check_explore_sound
check_explore_sound_SOURCES = %D%/check_explore_sound.c \
	%D%/explore_programs.c \
	%D%/explore_programs.h
check_explore_sound_CPPFLAGS = $(SIM_CPPFLAGS) -I$(srcdir)/%D%
check_explore_sound_CFLAGS = $(TEST_CFLAGS)
check_explore_sound_LDFLAGS = -Wl,--start-group
check_explore_sound_LDADD = $(EXPLORE_INSIDES)

# One of the mistakes is in a program of POSIX threads.
SEEDED_WRAPS = \
	-Wl,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=pthread_cond_wait \
	-Wl,--wrap=pthread_cond_signal

check_PROGRAMS += check_explore_finds
TESTS += check_explore_finds
check_explore_finds_SOURCES = %D%/check_explore_finds.c \
	%D%/explore_seeded.c \
	%D%/explore_seeded.h
check_explore_finds_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_finds_CFLAGS = $(TEST_CFLAGS)
check_explore_finds_LDFLAGS = $(SEEDED_WRAPS)
check_explore_finds_LDADD = libsync-sim.la $(CHECK_LIBS)

check_PROGRAMS += check_explore_robust
TESTS += check_explore_robust
check_explore_robust_SOURCES = %D%/check_explore_robust.c
check_explore_robust_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_robust_CFLAGS = $(TEST_CFLAGS)
check_explore_robust_LDADD = libsync-sim.la $(CHECK_LIBS)

check_PROGRAMS += check_explore_replay
TESTS += check_explore_replay
check_explore_replay_SOURCES = %D%/check_explore_replay.c \
	%D%/explore_seeded.c \
	%D%/explore_seeded.h
check_explore_replay_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_replay_CFLAGS = $(TEST_CFLAGS)
check_explore_replay_LDFLAGS = $(SEEDED_WRAPS)
check_explore_replay_LDADD = libsync-sim.la $(CHECK_LIBS)

# A program that is linked as pkg-config specifies for libsync-sim-pthread.
check_PROGRAMS += check_explore_posix
TESTS += check_explore_posix
check_explore_posix_SOURCES = %D%/check_explore_posix.c
check_explore_posix_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_posix_CFLAGS = $(TEST_CFLAGS)
check_explore_posix_LDFLAGS = -Wl,@explore_posix.wraps
check_explore_posix_LDADD = libsync-sim.la $(CHECK_LIBS)
check_explore_posix_DEPENDENCIES = libsync-sim.la explore_posix.wraps
explore_posix.wraps: lib/libsync-sim-pthread.pc
	$(AM_V_GEN)sed -n 's/^Libs: //; t found; d; : found; s/-Wl,//g; p' \
		lib/libsync-sim-pthread.pc >$@
CLEANFILES += explore_posix.wraps

check_PROGRAMS += check_explore_outside
TESTS += check_explore_outside
check_explore_outside_SOURCES = %D%/check_explore_outside.c
check_explore_outside_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_outside_CFLAGS = $(TEST_CFLAGS)
check_explore_outside_LDADD = libsync-sim.la $(CHECK_LIBS)

check_PROGRAMS += check_explore_litmus
TESTS += check_explore_litmus
check_explore_litmus_SOURCES = %D%/check_explore_litmus.c
check_explore_litmus_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_litmus_CFLAGS = $(TEST_CFLAGS)
check_explore_litmus_LDADD = libsync-sim.la $(CHECK_LIBS)

check_PROGRAMS += check_explore_reports
TESTS += check_explore_reports
check_explore_reports_SOURCES = %D%/check_explore_reports.c
check_explore_reports_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_reports_CFLAGS = $(TEST_CFLAGS)
check_explore_reports_LDFLAGS = -Wl,--wrap=_ck_assert_failed
check_explore_reports_LDADD = libsync-sim.la $(CHECK_LIBS)

check_PROGRAMS += check_explore_all
TESTS += check_explore_all
check_explore_all_SOURCES = %D%/check_explore_all.c
check_explore_all_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_all_CFLAGS = $(TEST_CFLAGS)
check_explore_all_LDADD = libsync-sim.la $(CHECK_LIBS)

# Some of the objects are of POSIX threads.
LIFE_WRAPS = \
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

check_PROGRAMS += check_explore_life
TESTS += check_explore_life
check_explore_life_SOURCES = %D%/check_explore_life.c
check_explore_life_CPPFLAGS = $(EXPLORE_CPPFLAGS)
check_explore_life_CFLAGS = $(TEST_CFLAGS)
check_explore_life_LDFLAGS = $(LIFE_WRAPS)
check_explore_life_LDADD = libsync-sim.la $(CHECK_LIBS)
