# SPDX-License-Identifier: MIT
# Faults, forks, signals, clocks, detectors, languages, linking and the install.

SYSTEM_CHECKS = \
	check_cancel \
	check_dlopen \
	check_exit \
	check_fork \
	check_fork_handlers \
	check_fork_in_handler \
	check_fork_locks \
	check_fork_marks \
	check_fork_objects \
	check_fork_rwlock \
	check_identity \
	check_misuse \
	check_signal \
	check_signal_waits \
	# EOL
# Here the linker replaces functions that the library calls.
if HAVE_WRAP
SYSTEM_CHECKS += check_clock check_memory check_no_threads
if !SANITIZER_INSIDE
SYSTEM_CHECKS += check_errno check_errno_threads check_record
endif
endif
# The parking lot's helper thread, and its pipe.
if PLAT_POSIX
SYSTEM_CHECKS += check_bell
endif
# Two copies of the library in a process.  With --with-plat=posix they cannot
# share objects.
if PLAT_LINUX
if HAVE_VERSION_SCRIPT
SYSTEM_CHECKS += check_copies
check_LTLIBRARIES += plugin_shared.la plugin_static.la
endif
endif
check_PROGRAMS += $(SYSTEM_CHECKS)
TESTS += $(SYSTEM_CHECKS)

check_bell_SOURCES = %D%/check_bell.c
check_cancel_SOURCES = %D%/check_cancel.c
check_clock_SOURCES = %D%/check_clock.c
check_copies_SOURCES = %D%/check_copies.c $(fork_support)
check_dlopen_SOURCES = %D%/check_dlopen.c
check_errno_SOURCES = %D%/check_errno.c $(spoilt_errno)
check_errno_threads_SOURCES = %D%/check_errno_threads.c $(spoilt_errno)
check_exit_SOURCES = %D%/check_exit.c
check_fork_SOURCES = %D%/check_fork.c $(fork_support)
check_fork_handlers_SOURCES = %D%/check_fork_handlers.c $(fork_support)
check_fork_in_handler_SOURCES = %D%/check_fork_in_handler.c $(fork_support)
check_fork_locks_SOURCES = %D%/check_fork_locks.c $(fork_support)
check_fork_marks_SOURCES = %D%/check_fork_marks.c $(fork_support)
check_fork_objects_SOURCES = %D%/check_fork_objects.c $(fork_support)
check_fork_rwlock_SOURCES = %D%/check_fork_rwlock.c $(fork_support)
check_identity_SOURCES = %D%/check_identity.c $(fork_support)
check_memory_SOURCES = %D%/check_memory.c $(failing_calls)
check_misuse_SOURCES = %D%/check_misuse.c
check_no_threads_SOURCES = %D%/check_no_threads.c $(failing_calls)
check_record_SOURCES = %D%/check_record.c
check_signal_SOURCES = %D%/check_signal.c
check_signal_waits_SOURCES = %D%/check_signal_waits.c
failing_calls = %D%/failing_calls.c %D%/failing_calls.h
fork_support = %D%/fork_support.c %D%/fork_support.h
spoilt_errno = %D%/spoilt_errno.c %D%/spoilt_errno.h

check_dlopen_LDADD =
if !HAVE_NODELETE
tests/system/check_dlopen.o: AM_CPPFLAGS += -DUNLOADED
endif
check_clock_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime,--wrap=time,--wrap=gettimeofday \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_mutex_timedlock \
	-Wl,--wrap=sem_timedwait,--wrap=syscall,--wrap=pthread_cond_timedwait
check_errno_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=realloc,--wrap=free,--wrap=sysconf \
	-Wl,--wrap=pthread_create,--wrap=pthread_join \
	-Wl,--wrap=pthread_setname_np,--wrap=pthread_attr_init \
	-Wl,--wrap=pthread_mutex_init,--wrap=pthread_mutex_destroy \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_cond_destroy \
	-Wl,--wrap=pthread_setspecific,--wrap=syscall \
	-Wl,--wrap=write,--wrap=close,--wrap=nanosleep
check_errno_threads_LDFLAGS = $(check_errno_LDFLAGS)
check_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free \
	-Wl,--wrap=pthread_create
check_no_threads_LDFLAGS = $(check_memory_LDFLAGS)
check_record_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mmap,--wrap=pthread_setspecific

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
secure_probe_LDADD = libsync-core.la

system_tests = \
	%D%/annotations.sh \
	%D%/detectors.sh \
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
	%D%/poor.h %D%/use_names.cc %D%/detect.h %D%/detect.c \
	%D%/detect_locks.c %D%/detect_objects.c %D%/detect_wrong.c

# By hand: the behaviour of the C library's condition variable.
EXTRA_PROGRAMS += demo_glibc_cond
demo_glibc_cond_SOURCES = %D%/demo_glibc_cond.c
demo_glibc_cond_LDADD = libsync.la
demo-glibc: demo_glibc_cond$(EXEEXT)
	./demo_glibc_cond$(EXEEXT)
.PHONY: demo-glibc

# By hand: other tools, machines and clocks.  Each prints what it skips.
EXTRA_DIST += %D%/cross_smoke.c %D%/byhand.sh
dist_check_SCRIPTS += %D%/cross.sh %D%/poor.sh

by_hand = $(AM_TESTS_ENVIRONMENT) srcdir=$(srcdir) ; export srcdir; \
	$(SHELL) $(srcdir)/%D%/byhand.sh

check-memcheck check-helgrind check-one-cpu check-clocks: \
		all $(check_PROGRAMS) $(check_LTLIBRARIES)
	$(by_hand) $@ '$(check_PROGRAMS)'
coverage check-tidy check-analyze:
	$(by_hand) $@
check-cross:
	srcdir=$(srcdir) $(SHELL) $(srcdir)/%D%/cross.sh $(CROSS_TARGETS)
check-poor:
	srcdir=$(srcdir) CC='$(CC)' CXX='$(CXX)' NM='$(NM)' MAKE='$(MAKE)' \
		$(SHELL) $(srcdir)/%D%/poor.sh
.PHONY: check-memcheck check-helgrind check-one-cpu check-clocks check-cross \
	check-poor coverage check-tidy check-analyze

clean-local: clean-by-hand
clean-by-hand:
	-rm -rf cross.tmp poor.tmp coverage.tmp headers.tmp install.tmp detectors.tmp \
		annotations.tmp explorer_link.tmp explorer_place.tmp \
		secure.tmp tidy.tmp
.PHONY: clean-by-hand
