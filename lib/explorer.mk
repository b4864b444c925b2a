# SPDX-License-Identifier: MIT
# libsync-sim: the sources of libsync on the simulated machine, behind the doors
# of explore/calls.c, and the explorer.

SIM_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/lib -I$(srcdir)/lib/plat \
	-I$(srcdir)/lib/plat/sim -I$(srcdir)/lib/explore

# The machine is nothing that ThreadSanitizer understands: it judges programs.
SIM_CFLAGS = $(AM_CFLAGS)
if TSAN
SIM_CFLAGS += -fno-sanitize=thread
endif

noinst_LTLIBRARIES += libsync-inner.la libsync-explore.la
lib_LTLIBRARIES += libsync-sim.la

libsync_inner_la_CPPFLAGS = $(SIM_CPPFLAGS) \
	-include $(srcdir)/lib/explore/inner.h
libsync_inner_la_CFLAGS = $(SIM_CFLAGS)
libsync_inner_la_SOURCES = $(LIB_SOURCES)

libsync_explore_la_CPPFLAGS = $(SIM_CPPFLAGS)
libsync_explore_la_CFLAGS = $(SIM_CFLAGS)
libsync_explore_la_SOURCES = \
	lib/explore/calls.c \
	lib/explore/calls.def \
	lib/explore/calls.h \
	lib/explore/chance.c \
	lib/explore/elf.c \
	lib/explore/exit.c \
	lib/explore/explore.c \
	lib/explore/explorer.h \
	lib/explore/inner.h \
	lib/explore/marks.c \
	lib/explore/objects.c \
	lib/explore/objects.h \
	lib/explore/options.c \
	lib/explore/order.c \
	lib/explore/order.h \
	lib/explore/print.c \
	lib/explore/replay.c \
	lib/explore/schedule.c \
	lib/explore/search.c \
	lib/explore/shrink.c \
	lib/explore/state.c \
	lib/explore/state.h \
	lib/explore/symbol.c \
	lib/explore/symbol.h \
	lib/explore/waits.c \
	lib/plat/common/announce.c \
	lib/plat/common/announce.h \
	lib/plat/common/environment.h \
	lib/plat/sim/access.c \
	lib/plat/sim/announce.h \
	lib/plat/sim/assertions.c \
	lib/plat/sim/calls.c \
	lib/plat/sim/carrier.c \
	lib/plat/sim/crash.c \
	lib/plat/sim/gates.c \
	lib/plat/sim/kmutex.c \
	lib/plat/sim/looks.c \
	lib/plat/sim/machine.c \
	lib/plat/sim/machine.h \
	lib/plat/sim/memory.c \
	lib/plat/sim/memory.h \
	lib/plat/sim/outside.c \
	lib/plat/sim/outside.h \
	lib/plat/sim/plat.c \
	lib/plat/sim/plat_impl.h \
	lib/plat/sim/posix.c \
	lib/plat/sim/posix.h \
	lib/plat/sim/posix_c11.c \
	lib/plat/sim/posix_cond.c \
	lib/plat/sim/posix_exit.c \
	lib/plat/sim/posix_key.c \
	lib/plat/sim/posix_meet.c \
	lib/plat/sim/posix_mutex.c \
	lib/plat/sim/posix_rwlock.c \
	lib/plat/sim/posix_sem.c \
	lib/plat/sim/posix_thread.c \
	lib/plat/sim/pthreads.def \
	lib/plat/sim/pthreads.h \
	lib/plat/sim/quiet.h \
	lib/plat/sim/raw.h \
	lib/plat/sim/sim.h \
	lib/plat/sim/watchdog.c \
	# EOL

libsync_sim_la_CPPFLAGS = $(SIM_CPPFLAGS)
libsync_sim_la_CFLAGS = $(SIM_CFLAGS)
libsync_sim_la_SOURCES = lib/plat/sim/interpose.c
libsync_sim_la_LIBADD = libsync-inner.la libsync-explore.la $(SIM_LIBS)
libsync_sim_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
if HAVE_VERSION_SCRIPT
libsync_sim_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/libsync-sim.map
libsync_sim_la_DEPENDENCIES = libsync-inner.la libsync-explore.la \
	lib/libsync-sim.map
else
libsync_sim_la_LDFLAGS += -export-symbols-regex '^(sync_|__wrap_)'
endif

pkgconfig_DATA += lib/libsync-sim.pc lib/libsync-sim-pthread.pc
EXTRA_DIST += lib/libsync-sim.map

# For tests: libsync on the parking lot of plat/posix, which then runs on the
# POSIX threads of the simulated machine; and plat/common/circle.c likewise.
LOT_CPPFLAGS = $(SIM_CPPFLAGS) -I$(srcdir)/lib/plat/common \
	-Dplat_wait=lot_wait -Dplat_wake=lot_wake
check_LTLIBRARIES += libsync-lot-wait.la libsync-lot.la
libsync_lot_wait_la_CPPFLAGS = $(LOT_CPPFLAGS) \
	-include $(srcdir)/lib/plat/sim/lot_names.h
libsync_lot_wait_la_CFLAGS = $(SIM_CFLAGS)
libsync_lot_wait_la_SOURCES = \
	lib/plat/common/circle.c \
	lib/plat/common/circle.h \
	lib/plat/posix/lot.h \
	lib/plat/posix/wait.c \
	lib/plat/sim/lot_names.h \
	# EOL
libsync_lot_la_CPPFLAGS = $(LOT_CPPFLAGS) \
	-include $(srcdir)/lib/explore/inner.h
libsync_lot_la_CFLAGS = $(SIM_CFLAGS)
libsync_lot_la_SOURCES = $(LIB_SOURCES)
libsync_lot_la_LIBADD = libsync-lot-wait.la libsync-explore.la

# For tests: libsync with its plain accesses checked for races, by plat/sim.
CHECKED_CPPFLAGS =
CHECKED_CFLAGS = $(AM_CFLAGS)
if !SANITIZED
CHECKED_CPPFLAGS += -Dmemcpy=plain_memcpy
CHECKED_CFLAGS += -fsanitize=thread
endif
check_LTLIBRARIES += libsync-checked.la
libsync_checked_la_CPPFLAGS = $(libsync_inner_la_CPPFLAGS) $(CHECKED_CPPFLAGS)
libsync_checked_la_CFLAGS = $(CHECKED_CFLAGS)
libsync_checked_la_SOURCES = $(LIB_SOURCES)
libsync_checked_la_LIBADD = libsync-explore.la
if !SANITIZED
libsync_checked_la_LIBADD += libsync-plain.la
check_LTLIBRARIES += libsync-plain.la
endif
libsync_plain_la_CPPFLAGS = $(SIM_CPPFLAGS)
libsync_plain_la_SOURCES = lib/plat/sim/plain.c
