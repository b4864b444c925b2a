# SPDX-License-Identifier: MIT
# libsync-sim: the sources of libsync on the simulated machine, called through
# the wrappers of explore/wrappers/calls.c, and the explorer.

SIM_INSIDE = -I$(srcdir)/lib -I$(srcdir)/lib/plat \
	-I$(srcdir)/lib/plat/sim -I$(srcdir)/lib/explore -Ilib -Ilib/explore
SIM_CPPFLAGS = $(AM_CPPFLAGS) $(SIM_INSIDE)

# ThreadSanitizer does not understand the simulated machine, so it is off here;
# it checks users' programs.
SIM_CFLAGS = $(AM_CFLAGS)
if TSAN
SIM_CFLAGS += -fno-sanitize=thread
endif

noinst_LTLIBRARIES += libsync-inner.la libsync-explore.la
lib_LTLIBRARIES += libsync-sim.la

libsync_inner_la_CPPFLAGS = $(SIM_CPPFLAGS) \
	-include $(srcdir)/lib/explore/wrappers/inner.h
libsync_inner_la_CFLAGS = $(SIM_CFLAGS)
libsync_inner_la_SOURCES = $(LIB_SOURCES)

libsync_explore_la_CPPFLAGS = $(SIM_CPPFLAGS)
libsync_explore_la_CFLAGS = $(SIM_CFLAGS)
libsync_explore_la_SOURCES = \
	lib/explore/wrappers/calls.c \
	lib/explore/wrappers/calls.h \
	lib/explore/chance.c \
	lib/explore/elf.c \
	lib/explore/exit.c \
	lib/explore/execution.c \
	lib/explore/exploration.h \
	lib/explore/explore.c \
	lib/explore/explorer.h \
	lib/explore/wrappers/inner.h \
	lib/explore/program.c \
	lib/explore/objects.c \
	lib/explore/objects.h \
	lib/explore/options.c \
	lib/explore/happens_before.c \
	lib/explore/happens_before.h \
	lib/explore/listing.c \
	lib/explore/listing.h \
	lib/explore/print.c \
	lib/explore/replay.c \
	lib/explore/schedule.c \
	lib/explore/reduction.c \
	lib/explore/search.c \
	lib/explore/search.h \
	lib/explore/searches.c \
	lib/explore/shrink.c \
	lib/explore/state.c \
	lib/explore/state.h \
	lib/explore/symbol.c \
	lib/explore/symbol.h \
	lib/explore/waits.c \
	lib/plat/common/announce.c \
	lib/plat/common/announce.h \
	lib/plat/common/environment.h \
	lib/machine/access.c \
	lib/machine/assertions.c \
	lib/machine/call_log.c \
	lib/machine/carrier.c \
	lib/machine/carrier.h \
	lib/machine/context.c \
	lib/machine/crash.c \
	lib/machine/gates.c \
	lib/plat/sim/kmutex.c \
	lib/machine/looks.c \
	lib/machine/machine.c \
	lib/machine/machine.h \
	lib/machine/location.c \
	lib/machine/location.h \
	lib/machine/memory.c \
	lib/machine/memory.h \
	lib/machine/outside.c \
	lib/machine/outside.h \
	lib/plat/sim/plat.c \
	lib/plat/sim/plat_impl.h \
	lib/plat/sim/system.c \
	lib/machine/posix/posix.c \
	lib/machine/posix/posix.h \
	lib/machine/posix/c11.c \
	lib/machine/posix/cond.c \
	lib/machine/posix/exit.c \
	lib/machine/posix/key.c \
	lib/machine/posix/meet.c \
	lib/machine/posix/mutex.c \
	lib/machine/posix/rwlock.c \
	lib/machine/posix/sem.c \
	lib/machine/posix/thread.c \
	lib/machine/posix/pthreads.h \
	lib/machine/quiet.h \
	lib/plat/sim/raw.h \
	lib/machine/sim.h \
	lib/machine/run.c \
	lib/machine/threads.c \
	lib/machine/watchdog.c \
	# EOL

libsync_sim_la_CPPFLAGS = $(SIM_CPPFLAGS)
libsync_sim_la_CFLAGS = $(SIM_CFLAGS)
libsync_sim_la_SOURCES = lib/machine/interpose.c
libsync_sim_la_LIBADD = libsync-inner.la libsync-explore.la $(SIM_LIBS)
libsync_sim_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
if HAVE_VERSION_SCRIPT
libsync_sim_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/libsync-sim.map
libsync_sim_la_DEPENDENCIES = libsync-inner.la libsync-explore.la \
	lib/libsync-sim.map
else
libsync_sim_la_LDFLAGS += -export-symbols-regex '^(sync_|__wrap_)'
endif

# The calls that the wrappers are made from, and the linker's list of wrapped ones:
# both are made from tables.
CALLS_AWK = lib/explore/wrappers/calls.awk
CALLS_TAB = lib/explore/wrappers/calls.tab
PTHREADS_TAB = lib/machine/posix/pthreads.tab
calls_made = lib/explore/wrappers/calls.gen lib/machine/posix/pthreads.gen
lib/explore/wrappers/calls.gen: $(CALLS_AWK) $(CALLS_TAB) \
    $(libsyncinclude_HEADERS)
	$(AM_V_GEN)$(MKDIR_P) lib/explore/wrappers && \
		$(AWK) -f $(srcdir)/$(CALLS_AWK) $(srcdir)/$(CALLS_TAB) \
		$(srcdir)/include/libsync/*.h >$@.tmp && mv $@.tmp $@
lib/machine/posix/pthreads.gen: $(CALLS_AWK) $(PTHREADS_TAB)
	$(AM_V_GEN)$(MKDIR_P) lib/machine/posix && $(AWK) -f \
		$(srcdir)/$(CALLS_AWK) $(srcdir)/$(PTHREADS_TAB) >$@.tmp && \
		mv $@.tmp $@
$(libsync_inner_la_OBJECTS) $(libsync_explore_la_OBJECTS) \
    $(libsync_lot_wait_la_OBJECTS) $(libsync_lot_la_OBJECTS) \
    $(libsync_checked_la_OBJECTS): $(calls_made)
BUILT_SOURCES += $(calls_made)
lib/libsync-sim-pthread.pc: $(srcdir)/lib/libsync-sim-pthread.pc.in \
    $(PTHREADS_TAB) Makefile
	$(AM_V_GEN){ sed 's/@[A-Z_]*@/$(PACKAGE_VERSION)/' \
		$(srcdir)/lib/libsync-sim-pthread.pc.in && printf Libs: && \
		sed -n 's/^[A-Z][^(]*[ *]\([a-z_]*\)(.*/ -Wl,--wrap=\1/p' \
		$(srcdir)/$(PTHREADS_TAB) | tr -d '\n' && echo; } >$@
CLEANFILES += $(calls_made) lib/libsync-sim-pthread.pc

pkgconfig_DATA += lib/libsync-sim.pc lib/libsync-sim-pthread.pc
EXTRA_DIST += lib/libsync-sim.map lib/libsync-sim-pthread.pc.in \
	$(CALLS_AWK) $(CALLS_TAB) $(PTHREADS_TAB)

# For tests: libsync on the parking lot of plat/posix, which here runs on the
# POSIX threads of the simulated machine; the same for plat/common/circle.c.
LOT_INSIDE = $(SIM_INSIDE) -I$(srcdir)/lib/plat/common \
	-Dplat_wait=lot_wait -Dplat_wake=lot_wake -Dplat_shares=lot_shares
LOT_CPPFLAGS = $(AM_CPPFLAGS) $(LOT_INSIDE)
check_LTLIBRARIES += libsync-lot-wait.la libsync-lot.la
libsync_lot_wait_la_CPPFLAGS = $(LOT_CPPFLAGS) \
	-include $(srcdir)/lib/plat/sim/lot_names.h
libsync_lot_wait_la_CFLAGS = $(SIM_CFLAGS)
libsync_lot_wait_la_SOURCES = \
	lib/plat/common/circle.c \
	lib/plat/common/circle.h \
	lib/plat/posix/bell.h \
	lib/plat/posix/lot.h \
	lib/plat/posix/wait.c \
	lib/plat/sim/bell.c \
	lib/plat/sim/lot_names.h \
	# EOL
libsync_lot_la_CPPFLAGS = $(LOT_CPPFLAGS) \
	-include $(srcdir)/lib/explore/wrappers/inner.h
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
libsync_plain_la_SOURCES = lib/machine/plain.c
