# SPDX-License-Identifier: MIT
# Faults, forks, signals, clocks, detectors, languages, and the install.

# Every wait there is, for the suites that try them all.
check_LTLIBRARIES += libsync-waits.la
libsync_waits_la_CPPFLAGS = $(TEST_CPPFLAGS)
libsync_waits_la_CFLAGS = $(TEST_CFLAGS)
libsync_waits_la_SOURCES = %D%/waits.c %D%/waits.h

SYSTEM_LIBS = libsync-waits.la $(TEST_LIBS)

# Here the linker replaces functions that the library calls.
if HAVE_VERSION_SCRIPT
check_PROGRAMS += check_clock check_memory
TESTS += check_clock check_memory
endif
check_clock_SOURCES = %D%/check_clock.c
check_clock_CPPFLAGS = $(TEST_CPPFLAGS)
check_clock_CFLAGS = $(TEST_CFLAGS)
check_clock_LDADD = $(SYSTEM_LIBS)
check_clock_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime,--wrap=time,--wrap=gettimeofday \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_mutex_timedlock \
	-Wl,--wrap=sem_timedwait,--wrap=syscall
check_memory_SOURCES = %D%/check_memory.c
check_memory_CPPFLAGS = $(TEST_CPPFLAGS)
check_memory_CFLAGS = $(TEST_CFLAGS)
check_memory_LDADD = $(SYSTEM_LIBS)
check_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free \
	-Wl,--wrap=pthread_create

check_PROGRAMS += check_cancel check_signal
TESTS += check_cancel check_signal
check_cancel_SOURCES = %D%/check_cancel.c
check_cancel_CPPFLAGS = $(TEST_CPPFLAGS)
check_cancel_CFLAGS = $(TEST_CFLAGS)
check_cancel_LDADD = $(SYSTEM_LIBS)
check_signal_SOURCES = %D%/check_signal.c
check_signal_CPPFLAGS = $(TEST_CPPFLAGS)
check_signal_CFLAGS = $(TEST_CFLAGS)
check_signal_LDADD = $(SYSTEM_LIBS)

check_PROGRAMS += check_fork
TESTS += check_fork
check_fork_SOURCES = %D%/check_fork.c
check_fork_CPPFLAGS = $(TEST_CPPFLAGS)
check_fork_CFLAGS = $(TEST_CFLAGS)
check_fork_LDADD = $(SYSTEM_LIBS)

check_PROGRAMS += check_misuse
TESTS += check_misuse
check_misuse_SOURCES = %D%/check_misuse.c
check_misuse_CPPFLAGS = $(TEST_CPPFLAGS)
check_misuse_CFLAGS = $(TEST_CFLAGS)
check_misuse_LDADD = $(SYSTEM_LIBS)
