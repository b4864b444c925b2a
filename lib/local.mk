# SPDX-License-Identifier: MIT
# libsync-core has every symbol, for tests of the internals.  libsync is the
# installed library, and exports only sync_*.

lib_LTLIBRARIES += libsync.la
noinst_LTLIBRARIES += libsync-core.la

LIB_INSIDE = -I$(srcdir)/%D% -I$(srcdir)/%D%/plat \
	-I$(srcdir)/%D%/plat/common -I$(srcdir)/%D%/plat/$(plat) \
	$(INVARIANTS_CPPFLAGS)
LIB_CPPFLAGS = $(AM_CPPFLAGS) $(LIB_INSIDE)

# The sources above the platform interface; built for the explorer as well.
LIB_SOURCES = \
	%D%/barrier.c \
	%D%/base/atomic.h \
	%D%/queue/copy.h \
	%D%/base/deadline.h \
	%D%/base/heap.c \
	%D%/base/heap.h \
	%D%/base/invariant.h \
	%D%/base/list.h \
	%D%/misuse.c \
	%D%/misuse.h \
	%D%/wait/record.c \
	%D%/wait/record.h \
	%D%/wait/spin.c \
	%D%/wait/spin.h \
	%D%/wait/spinlock.c \
	%D%/wait/spinlock.h \
	%D%/queue/elements.c \
	%D%/queue/elements.h \
	%D%/wait/waiters.h \
	%D%/cond.c \
	%D%/event.c \
	%D%/kmutex.c \
	%D%/latch.c \
	%D%/mutex.c \
	%D%/mutex.h \
	%D%/wait/ownlock.c \
	%D%/wait/ownlock.h \
	%D%/queue/queue.c \
	%D%/queue/queue.h \
	%D%/queue/close.c \
	%D%/queue/init.c \
	%D%/queue/ring.c \
	%D%/queue/ring.h \
	%D%/queue/ring_whole.c \
	%D%/queue/locked.c \
	%D%/queue/wait.c \
	%D%/rmutex.c \
	%D%/rmutex.h \
	%D%/rwlock.c \
	%D%/sem.c \
	%D%/thread.c \
	%D%/thread.h \
	%D%/time.c \
	%D%/timer.c \
	%D%/timer.h \
	%D%/timer_thread.c \
	%D%/wait/waitq.c \
	%D%/wait/waitq.h \
	%D%/wait/word.c \
	%D%/wait/word.h \
	%D%/with.c \
	%D%/plat/identity.c \
	%D%/plat/identity.h \
	%D%/plat/plat.h \
	# EOL

libsync_core_la_CPPFLAGS = $(LIB_CPPFLAGS)
libsync_core_la_CFLAGS = $(AM_CFLAGS) $(ALIGN_CFLAGS)
libsync_core_la_SOURCES = $(LIB_SOURCES) \
	%D%/plat/common/announce.c \
	%D%/plat/common/announce.h \
	%D%/plat/common/copies.h \
	%D%/plat/common/circle.c \
	%D%/plat/common/circle.h \
	%D%/plat/common/environment.h \
	%D%/plat/common/fork.h \
	%D%/plat/common/kmutex.c \
	%D%/plat/common/linkage.h \
	%D%/plat/common/local.c \
	%D%/plat/common/local.h \
	%D%/plat/common/processors.c \
	%D%/plat/common/processors.h \
	%D%/plat/common/raw.h \
	%D%/plat/common/record.c \
	%D%/plat/common/record.h \
	%D%/plat/common/signals.c \
	%D%/plat/common/system.c \
	%D%/plat/common/thread.c \
	# EOL

# A port is a folder, and a name in configure.ac.
if PLAT_LINUX
include $(srcdir)/%D%/plat/linux/local.mk
endif
if PLAT_POSIX
include $(srcdir)/%D%/plat/posix/local.mk
endif

libsync_la_SOURCES =
libsync_la_LIBADD = libsync-core.la
libsync_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
if HAVE_VERSION_SCRIPT
libsync_la_LDFLAGS += -Wl,--version-script=$(srcdir)/%D%/libsync.map
libsync_la_DEPENDENCIES = libsync-core.la %D%/libsync.map
else
libsync_la_LDFLAGS += -export-symbols-regex '^sync_'
endif
# Threads of the library may outlive a dlclose, so it is never unloaded.
if HAVE_NODELETE
libsync_la_LDFLAGS += -Wl,-z,nodelete
endif

pkgconfig_DATA += %D%/libsync.pc
dist_pkgdata_DATA += %D%/libsync.supp
EXTRA_DIST += %D%/libsync.map

if EXPLORER
include $(srcdir)/%D%/explorer.mk
endif
