# SPDX-License-Identifier: MIT
# Check programs link libsync-core, to see the internals as well.  Each group of
# tests has its own fragment.

TEST_CPPFLAGS = $(LIB_CPPFLAGS) -I$(srcdir)/%D%
# Tests make the mistakes on purpose that -Wthread-safety finds.
TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -Wno-thread-safety
TEST_LIBS = libsync-support.la libsync-core.la $(CHECK_LIBS)

check_LTLIBRARIES += libsync-support.la
libsync_support_la_CPPFLAGS = $(TEST_CPPFLAGS)
libsync_support_la_CFLAGS = $(TEST_CFLAGS)
libsync_support_la_SOURCES = %D%/support.c %D%/support.h

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

include $(srcdir)/%D%/primitives.mk
include $(srcdir)/%D%/queues.mk
include $(srcdir)/%D%/system.mk
include $(srcdir)/%D%/examples.mk
include $(srcdir)/%D%/docs.mk
include $(srcdir)/%D%/benches.mk
include $(srcdir)/%D%/benches_prodcons.mk
if EXPLORER
include $(srcdir)/%D%/sim.mk
include $(srcdir)/%D%/sim_queue.mk
if !SANITIZED
include $(srcdir)/%D%/explore_checks.mk
endif
include $(srcdir)/%D%/mutations.mk
endif

TESTS += %D%/catalogue.sh
dist_check_SCRIPTS += %D%/catalogue.sh
EXTRA_DIST += %D%/CATALOGUE.md

# By hand: the stress programs, for minutes.
soak: $(check_PROGRAMS) $(check_LTLIBRARIES)
	$(AM_TESTS_ENVIRONMENT) SYNC_STRESS=$${SYNC_STRESS-100}; \
	export SYNC_STRESS; status=0; \
	for t in $(check_PROGRAMS); do \
		case $$t in stress_*) ./$$t || status=1 ;; esac; \
	done; exit $$status
.PHONY: soak
