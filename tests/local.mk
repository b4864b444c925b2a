# SPDX-License-Identifier: MIT
# Each room has its own list.  A program of check, stress or system is a line
# with its sources and a word in its room's list: flags and libraries are the
# defaults below.  Its library is libsync-core, which shows the internals.

# GNU make adds these to the flags of the objects in a room.
tests/%.o tests/%.lo: AM_CPPFLAGS += -I$(srcdir)/%D%
# Tests make the mistakes on purpose that -Wthread-safety finds.
tests/%.o tests/%.lo: AM_CFLAGS += $(CHECK_CFLAGS) -Wno-thread-safety
tests/%.lo tests/check/%.o tests/stress/%.o tests/system/%.o: \
	AM_CPPFLAGS += $(LIB_INSIDE)
LDADD = libsync-support.la libsync-core.la $(CHECK_LIBS)

# What several rooms use.
check_LTLIBRARIES += libsync-support.la
libsync_support_la_SOURCES = \
	%D%/lock_kinds.c \
	%D%/lock_kinds.h \
	%D%/primitives.h \
	%D%/queue_support.c \
	%D%/queue_support.h \
	%D%/support.c \
	%D%/support.h \
	%D%/timer_support.c \
	%D%/timer_support.h \
	%D%/waits.c \
	%D%/waits.h \
	# EOL

AM_TESTS_ENVIRONMENT = \
	ASAN_OPTIONS=detect_stack_use_after_return=1:allocator_may_return_null=1; \
	TSAN_OPTIONS=die_after_fork=0:atexit_sleep_ms=0:allocator_may_return_null=1; \
	UBSAN_OPTIONS=print_stacktrace=1; \
	export ASAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS;
# ThreadSanitizer needs the address space layout that it was written for.
TEST_EXTENSIONS = .sh
if TSAN
LOG_COMPILER = $(SETARCH) $(host_cpu) -R
SH_LOG_COMPILER = $(SETARCH) $(host_cpu) -R $(SHELL)
else
SH_LOG_COMPILER = $(SHELL)
endif

include $(srcdir)/%D%/check/local.mk
include $(srcdir)/%D%/stress/local.mk
include $(srcdir)/%D%/system/local.mk
include $(srcdir)/%D%/docs/local.mk
include $(srcdir)/%D%/bench/local.mk
if EXPLORER
include $(srcdir)/%D%/sim/local.mk
if !SANITIZED
include $(srcdir)/%D%/explorer/local.mk
endif
endif
EXTRA_DIST += %D%/CATALOGUE.md
