# SPDX-License-Identifier: MIT
# make bench-peers: libsync and every peer that configure found, in one run.
# Included by local.mk.  There is one program for each peer, with the same
# loops.

PEERS_DIR = %D%/peers
PEERS_COMMON = \
	%D%/peers/driver.c \
	%D%/peers/driver.h \
	%D%/peers/driver_calls.c \
	%D%/peers/driver_print.c \
	%D%/peers/driver_run.c \
	%D%/peers/driver_threads.c \
	%D%/peers/case_asleep.h \
	%D%/peers/case_events.h \
	%D%/peers/case_locks.h \
	%D%/peers/case_loop.h \
	%D%/peers/case_queues.h \
	%D%/peers/case_timers.h \
	%D%/peers/cases.h \
	%D%/peers/peer.h \
	%D%/peers/queue_loops.h \
	# EOL
PEERS_CXX_FLAGS = $(AM_CXXFLAGS) -Wall -Wextra
PEERS_CXX_COMMON = $(PEERS_COMMON) %D%/peers/peer_object.hh

PEERS_BINS = %D%/peers/peer_libsync %D%/peers/peer_pthread

EXTRA_PROGRAMS += %D%/peers/peer_libsync %D%/peers/peer_pthread
%C%_peers_peer_libsync_CPPFLAGS = $(AM_CPPFLAGS) -DBENCH_PLATFORM='"$(plat)"'
%C%_peers_peer_libsync_LDADD = libsync.la
%C%_peers_peer_libsync_SOURCES = $(PEERS_COMMON) %D%/peers/peer_libsync.c
%C%_peers_peer_pthread_LDADD =
%C%_peers_peer_pthread_SOURCES = \
	$(PEERS_COMMON) \
	%D%/peers/peer_pthread.c \
	%D%/twin_queue.c \
	%D%/twin_queue.h \
	# EOL

if PEER_GLIB
PEERS_BINS += %D%/peers/peer_glib
EXTRA_PROGRAMS += %D%/peers/peer_glib
%C%_peers_peer_glib_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_GLIB_CFLAGS)
%C%_peers_peer_glib_LDADD = $(PEER_GLIB_LIBS)
%C%_peers_peer_glib_SOURCES = $(PEERS_COMMON) %D%/peers/peer_glib.c
endif

if PEER_NSYNC
PEERS_BINS += %D%/peers/peer_nsync
EXTRA_PROGRAMS += %D%/peers/peer_nsync
%C%_peers_peer_nsync_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_NSYNC_CFLAGS)
%C%_peers_peer_nsync_LDADD = $(PEER_NSYNC_LIBS)
%C%_peers_peer_nsync_SOURCES = $(PEERS_COMMON) %D%/peers/peer_nsync.c
endif

if PEER_LIBUV
PEERS_BINS += %D%/peers/peer_libuv
EXTRA_PROGRAMS += %D%/peers/peer_libuv
%C%_peers_peer_libuv_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_LIBUV_CFLAGS)
%C%_peers_peer_libuv_LDADD = $(PEER_LIBUV_LIBS)
%C%_peers_peer_libuv_SOURCES = $(PEERS_COMMON) %D%/peers/peer_libuv.c
endif

if PEER_APR
PEERS_BINS += %D%/peers/peer_apr
EXTRA_PROGRAMS += %D%/peers/peer_apr
%C%_peers_peer_apr_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_APR_CFLAGS)
%C%_peers_peer_apr_LDADD = $(PEER_APR_LIBS)
%C%_peers_peer_apr_SOURCES = $(PEERS_COMMON) %D%/peers/peer_apr.c
endif

if PEER_CXX20
PEERS_BINS += %D%/peers/peer_cxx
EXTRA_PROGRAMS += %D%/peers/peer_cxx
%C%_peers_peer_cxx_CXXFLAGS = $(PEERS_CXX_FLAGS) $(PEER_CXX20_CFLAGS)
%C%_peers_peer_cxx_LDADD =
%C%_peers_peer_cxx_SOURCES = $(PEERS_CXX_COMMON) %D%/peers/peer_cxx.cc
endif

if PEER_ABSEIL
PEERS_BINS += %D%/peers/peer_abseil
EXTRA_PROGRAMS += %D%/peers/peer_abseil
%C%_peers_peer_abseil_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_ABSEIL_CFLAGS)
%C%_peers_peer_abseil_CXXFLAGS = $(PEERS_CXX_FLAGS)
%C%_peers_peer_abseil_LDADD = $(PEER_ABSEIL_LIBS)
%C%_peers_peer_abseil_SOURCES = $(PEERS_CXX_COMMON) %D%/peers/peer_abseil.cc
endif

if PEER_TBB
PEERS_BINS += %D%/peers/peer_tbb
EXTRA_PROGRAMS += %D%/peers/peer_tbb
%C%_peers_peer_tbb_CPPFLAGS = $(AM_CPPFLAGS) $(PEER_TBB_CFLAGS)
%C%_peers_peer_tbb_CXXFLAGS = $(PEERS_CXX_FLAGS) $(PEER_CXX20_CFLAGS)
%C%_peers_peer_tbb_LDADD = $(PEER_TBB_LIBS)
%C%_peers_peer_tbb_SOURCES = $(PEERS_CXX_COMMON) %D%/peers/peer_tbb.cc
endif

if PEER_BOOST
PEERS_BINS += %D%/peers/peer_boost
EXTRA_PROGRAMS += %D%/peers/peer_boost
%C%_peers_peer_boost_CXXFLAGS = $(PEERS_CXX_FLAGS) $(PEER_CXX20_CFLAGS)
%C%_peers_peer_boost_LDADD = $(PEER_BOOST_LIBS)
%C%_peers_peer_boost_SOURCES = $(PEERS_CXX_COMMON) %D%/peers/peer_boost.cc
endif

if PEER_MOODYCAMEL
PEERS_BINS += %D%/peers/peer_moodycamel
EXTRA_PROGRAMS += %D%/peers/peer_moodycamel
%C%_peers_peer_moodycamel_CXXFLAGS = $(PEERS_CXX_FLAGS)
%C%_peers_peer_moodycamel_LDADD =
%C%_peers_peer_moodycamel_SOURCES = \
	$(PEERS_CXX_COMMON) \
	%D%/peers/peer_moodycamel.cc \
	# EOL
endif

if PEER_ASIO
PEERS_BINS += %D%/peers/peer_asio
EXTRA_PROGRAMS += %D%/peers/peer_asio
%C%_peers_peer_asio_CXXFLAGS = $(PEERS_CXX_FLAGS)
%C%_peers_peer_asio_LDADD =
%C%_peers_peer_asio_SOURCES = $(PEERS_CXX_COMMON) %D%/peers/peer_asio.cc
endif

# Three peers share one library, which cargo builds from the crates of the
# distribution.  It is not installed: peers.py sets the path to it.
PEERS_RUST_DIR = %D%/peers/rust
PEERS_RUST_LIB = $(PEERS_RUST_DIR)/libpeers_rust.so
if PEER_RUST
PEERS_RUST_BINS = \
	%D%/peers/peer_crossbeam \
	%D%/peers/peer_parking_lot \
	%D%/peers/peer_rust_std \
	# EOL
PEERS_RUST_FLAGS = \
	-DCROSSBEAM_VERSION='"$(PEER_CROSSBEAM_VERSION)"' \
	-DPARKING_LOT_VERSION='"$(PEER_PARKING_LOT_VERSION)"' \
	-DRUST_VERSION='"$(PEER_RUST_VERSION)"' \
	# EOL
PEERS_RUST_LIBS = -L$(PEERS_RUST_DIR) -lpeers_rust
PEERS_BINS += $(PEERS_RUST_BINS)
EXTRA_PROGRAMS += $(PEERS_RUST_BINS)

%C%_peers_peer_crossbeam_CPPFLAGS = \
	$(AM_CPPFLAGS) $(PEERS_RUST_FLAGS) -DPEER_CROSSBEAM
%C%_peers_peer_crossbeam_LDADD = $(PEERS_RUST_LIBS)
%C%_peers_peer_crossbeam_DEPENDENCIES = $(PEERS_RUST_LIB)
%C%_peers_peer_crossbeam_SOURCES = $(PEERS_COMMON) %D%/peers/peer_rust.c

%C%_peers_peer_parking_lot_CPPFLAGS = \
	$(AM_CPPFLAGS) $(PEERS_RUST_FLAGS) -DPEER_PARKING_LOT
%C%_peers_peer_parking_lot_LDADD = $(PEERS_RUST_LIBS)
%C%_peers_peer_parking_lot_DEPENDENCIES = $(PEERS_RUST_LIB)
%C%_peers_peer_parking_lot_SOURCES = $(PEERS_COMMON) %D%/peers/peer_rust.c

%C%_peers_peer_rust_std_CPPFLAGS = \
	$(AM_CPPFLAGS) $(PEERS_RUST_FLAGS) -DPEER_RUST_STD
%C%_peers_peer_rust_std_LDADD = $(PEERS_RUST_LIBS)
%C%_peers_peer_rust_std_DEPENDENCIES = $(PEERS_RUST_LIB)
%C%_peers_peer_rust_std_SOURCES = $(PEERS_COMMON) %D%/peers/peer_rust.c

# Offline, with a home of its own: no user's settings and no network.
$(PEERS_RUST_LIB): \
		$(srcdir)/%D%/peers/rust/Cargo.toml \
		$(srcdir)/%D%/peers/rust/src/lib.rs
	$(AM_V_GEN)$(MKDIR_P) $(PEERS_RUST_DIR)/build/src && \
	cp $(srcdir)/%D%/peers/rust/Cargo.toml $(PEERS_RUST_DIR)/build/ && \
	cp $(srcdir)/%D%/peers/rust/src/lib.rs $(PEERS_RUST_DIR)/build/src/ && \
	cd $(PEERS_RUST_DIR)/build && \
	RUSTC='$(RUSTC)' CARGO_HOME="$$PWD/home" CARGO_TARGET_DIR="$$PWD/out" \
	$(CARGO) build --quiet --offline --release \
		--config 'source.crates-io.replace-with="distribution"' \
		--config 'source.distribution.directory="$(RUST_REGISTRY)"' && \
	cp out/release/libpeers_rust.so ../
endif

EXTRA_DIST += \
	%D%/peers.py \
	%D%/peers_table/__init__.py \
	%D%/peers_table/figures.py \
	%D%/peers_table/machine.py \
	%D%/peers_table/plan.py \
	%D%/peers_table/printing.py \
	%D%/peers_table/rows.py \
	%D%/peers_table/runs.py \
	%D%/peers_table/systems.py \
	%D%/peers/rust/Cargo.toml \
	%D%/peers/rust/src/lib.rs \
	# EOL

# make bench-peers PEERS_OPTIONS='--quick --rows "fifo*"'
PEERS_OPTIONS =

.PHONY: bench-peers bench-peers-programs clean-peers
bench-peers-programs: $(PEERS_BINS)

bench-peers: bench-peers-programs
	$(AM_V_at)test -n "$(PYTHON3)" || { \
		echo "make bench-peers: python3 is missing" >&2; exit 1; }
	$(AM_V_at)$(PYTHON3) -B $(srcdir)/%D%/peers.py \
		--programs $(PEERS_DIR) --missing '$(PEERS_MISSING)' \
		$(PEERS_OPTIONS)

clean-peers:
	rm -rf $(PEERS_RUST_DIR)/build
	rm -f $(PEERS_RUST_LIB)
clean-local: clean-peers
