# SPDX-License-Identifier: MIT
# Faults, forks, signals, clocks, detectors, languages, linking and the install.

# Every wait of the library, for the suites that try them all.
check_LTLIBRARIES += libsync-waits.la
libsync_waits_la_CPPFLAGS = $(TEST_CPPFLAGS)
libsync_waits_la_CFLAGS = $(TEST_CFLAGS)
libsync_waits_la_SOURCES = %D%/waits.c %D%/waits.h

SYSTEM_LIBS = libsync-waits.la $(TEST_LIBS)

# Here the linker replaces functions that the library calls.
if HAVE_WRAP
check_PROGRAMS += check_clock check_memory
TESTS += check_clock check_memory
if !SANITIZER_INSIDE
check_PROGRAMS += check_errno check_record
TESTS += check_errno check_record
endif
endif
check_clock_SOURCES = %D%/check_clock.c
check_clock_CPPFLAGS = $(TEST_CPPFLAGS)
check_clock_CFLAGS = $(TEST_CFLAGS)
check_clock_LDADD = $(SYSTEM_LIBS)
check_clock_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime,--wrap=time,--wrap=gettimeofday \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_mutex_timedlock \
	-Wl,--wrap=sem_timedwait,--wrap=syscall,--wrap=pthread_cond_timedwait
check_errno_SOURCES = %D%/check_errno.c
check_errno_CPPFLAGS = $(TEST_CPPFLAGS)
check_errno_CFLAGS = $(TEST_CFLAGS)
check_errno_LDADD = $(SYSTEM_LIBS)
check_errno_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=realloc,--wrap=free,--wrap=sysconf \
	-Wl,--wrap=pthread_create,--wrap=pthread_join \
	-Wl,--wrap=pthread_setname_np,--wrap=pthread_attr_init \
	-Wl,--wrap=pthread_mutex_init,--wrap=pthread_mutex_destroy \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_cond_destroy \
	-Wl,--wrap=pthread_setspecific,--wrap=syscall \
	-Wl,--wrap=write,--wrap=close,--wrap=nanosleep
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

check_record_SOURCES = %D%/check_record.c %D%/primitives.h
check_record_CPPFLAGS = $(TEST_CPPFLAGS)
check_record_CFLAGS = $(TEST_CFLAGS)
check_record_LDADD = $(TEST_LIBS)
check_record_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=mmap,--wrap=pthread_setspecific

check_PROGRAMS += check_identity
TESTS += check_identity
check_identity_SOURCES = %D%/check_identity.c $(fork_support)
check_identity_CPPFLAGS = $(TEST_CPPFLAGS)
check_identity_CFLAGS = $(TEST_CFLAGS)
check_identity_LDADD = $(SYSTEM_LIBS)

fork_support = %D%/fork_support.c %D%/fork_support.h
check_PROGRAMS += check_fork check_fork_locks check_fork_objects
TESTS += check_fork check_fork_locks check_fork_objects
check_fork_SOURCES = %D%/check_fork.c $(fork_support)
check_fork_CPPFLAGS = $(TEST_CPPFLAGS)
check_fork_CFLAGS = $(TEST_CFLAGS)
check_fork_LDADD = $(SYSTEM_LIBS)
check_fork_locks_SOURCES = %D%/check_fork_locks.c $(fork_support)
check_fork_locks_CPPFLAGS = $(TEST_CPPFLAGS)
check_fork_locks_CFLAGS = $(TEST_CFLAGS)
check_fork_locks_LDADD = $(SYSTEM_LIBS)
check_fork_objects_SOURCES = %D%/check_fork_objects.c $(fork_support)
check_fork_objects_CPPFLAGS = $(TEST_CPPFLAGS)
check_fork_objects_CFLAGS = $(TEST_CFLAGS)
check_fork_objects_LDADD = $(SYSTEM_LIBS)

check_PROGRAMS += check_misuse
TESTS += check_misuse
check_misuse_SOURCES = %D%/check_misuse.c
check_misuse_CPPFLAGS = $(TEST_CPPFLAGS)
check_misuse_CFLAGS = $(TEST_CFLAGS)
check_misuse_LDADD = $(SYSTEM_LIBS)

check_PROGRAMS += check_exit check_dlopen
TESTS += check_exit check_dlopen
check_exit_SOURCES = %D%/check_exit.c
check_exit_CPPFLAGS = $(TEST_CPPFLAGS)
check_exit_CFLAGS = $(TEST_CFLAGS)
check_exit_LDADD = $(SYSTEM_LIBS)
check_dlopen_SOURCES = %D%/check_dlopen.c %D%/copies_plugin.h
check_dlopen_CPPFLAGS = $(AM_CPPFLAGS)
if !HAVE_NODELETE
check_dlopen_CPPFLAGS += -DUNLOADED
endif
check_dlopen_LDADD =

# The parking lot's helper thread, and its pipe.
if PLAT_POSIX
check_PROGRAMS += check_bell
TESTS += check_bell
endif
check_bell_SOURCES = %D%/check_bell.c
check_bell_CPPFLAGS = $(TEST_CPPFLAGS)
check_bell_CFLAGS = $(TEST_CFLAGS)
check_bell_LDADD = $(SYSTEM_LIBS)

# Two copies of the library in a process.  With --with-plat=posix they cannot
# share objects.
if PLAT_LINUX
if HAVE_VERSION_SCRIPT
check_PROGRAMS += check_copies
TESTS += check_copies
check_LTLIBRARIES += plugin_shared.la plugin_static.la
endif
endif
check_copies_SOURCES = %D%/check_copies.c %D%/copies_plugin.h $(fork_support)
check_copies_CPPFLAGS = $(TEST_CPPFLAGS)
check_copies_CFLAGS = $(TEST_CFLAGS)
check_copies_LDADD = $(SYSTEM_LIBS)
plugin_shared_la_SOURCES = %D%/copies_plugin.c %D%/copies_plugin.h
plugin_shared_la_LIBADD = libsync.la
plugin_shared_la_LDFLAGS = -module -avoid-version -rpath /nowhere
plugin_static_la_SOURCES = %D%/copies_plugin.c %D%/copies_plugin.h
plugin_static_la_LIBADD = libsync-core.la
plugin_static_la_LDFLAGS = -module -avoid-version -rpath /nowhere \
	-export-symbols-regex '^copies_plugin$$'

# A module is linked shared only when it could be installed somewhere.
if HAVE_VERSION_SCRIPT
check_LTLIBRARIES += shim_spurious.la
endif
shim_spurious_la_SOURCES = %D%/shim_spurious.c
shim_spurious_la_CFLAGS = $(WARN_CFLAGS)
shim_spurious_la_LDFLAGS = -module -avoid-version -rpath /nowhere

# Variables for the scripts.
AM_TESTS_ENVIRONMENT += \
	CC='$(CC)'; VERSION='$(PACKAGE_VERSION)'; SAN_CFLAGS='$(SAN_CFLAGS)'; \
	VALGRIND='$(VALGRIND)'; SETARCH='$(SETARCH)'; HOST_CPU='$(host_cpu)'; \
	SANITIZED=$(SANITIZED_YES_NO); MAKE='$(MAKE)'; PLAT='$(plat)'; \
	export CC VERSION SAN_CFLAGS VALGRIND SETARCH HOST_CPU SANITIZED PLAT;
if SANITIZED
SANITIZED_YES_NO = yes
else
SANITIZED_YES_NO = no
endif

# It runs with privileges that its user lacks, so it is linked as one file.
check_PROGRAMS += secure_probe
secure_probe_SOURCES = %D%/secure_probe.c
secure_probe_CFLAGS = $(AM_CFLAGS) -Wno-thread-safety
secure_probe_LDADD = libsync-core.la

system_tests = \
	%D%/annotations.sh \
	%D%/borrowed.sh \
	%D%/detectors.sh \
	%D%/explorer_link.sh \
	%D%/explorer_place.sh \
	%D%/headers.sh \
	%D%/install.sh \
	%D%/secure.sh \
	%D%/memcheck.sh \
	%D%/spurious.sh \
	%D%/tls.sh \
	# EOL
TESTS += $(system_tests)
dist_check_SCRIPTS += $(system_tests)
EXTRA_DIST += %D%/macros.h %D%/use_all.cc %D%/use_macros.c \
	%D%/poor.h %D%/use_names.cc %D%/detect.c %D%/borrowed.py %D%/borrowed.txt

# By hand: the behaviour of the C library's condition variable.
EXTRA_PROGRAMS += demo_glibc_cond
demo_glibc_cond_SOURCES = %D%/demo_glibc_cond.c
demo_glibc_cond_CFLAGS = $(AM_CFLAGS)
demo_glibc_cond_LDADD = libsync.la
demo-glibc: demo_glibc_cond$(EXEEXT)
	./demo_glibc_cond$(EXEEXT)
.PHONY: demo-glibc

# By hand: other tools, machines and clocks.  Each prints what it skips.
EXTRA_DIST += %D%/cross_smoke.c %D%/byhand.sh
dist_check_SCRIPTS += %D%/cross.sh %D%/format.sh %D%/poor.sh

by_hand = $(AM_TESTS_ENVIRONMENT) srcdir=$(srcdir) ; export srcdir; \
	$(SHELL) $(srcdir)/tests/byhand.sh

check-memcheck check-helgrind check-one-cpu check-clocks: \
		all $(check_PROGRAMS) $(check_LTLIBRARIES)
	$(by_hand) $@ '$(check_PROGRAMS)'
coverage check-tidy check-analyze:
	$(by_hand) $@
check-cross:
	srcdir=$(srcdir) $(SHELL) $(srcdir)/tests/cross.sh $(CROSS_TARGETS)
check-poor:
	srcdir=$(srcdir) CC='$(CC)' CXX='$(CXX)' NM='$(NM)' MAKE='$(MAKE)' \
		$(SHELL) $(srcdir)/tests/poor.sh
.PHONY: check-memcheck check-helgrind check-one-cpu check-clocks check-cross \
	check-poor coverage check-tidy check-analyze

clean-local: clean-by-hand
clean-by-hand:
	-rm -rf cross.tmp poor.tmp coverage.tmp headers.tmp install.tmp detectors.tmp \
		annotations.tmp explorer_link.tmp explorer_place.tmp \
		secure.tmp tidy.tmp
.PHONY: clean-by-hand
