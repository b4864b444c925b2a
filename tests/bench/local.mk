# SPDX-License-Identifier: MIT
# Tests of the bench programs.
bench_tests = %D%/bench_prodcons.sh %D%/bench_tickets.sh
check_PROGRAMS += bench/sizes
TESTS += bench/sizes
if HAVE_BENCH
check_PROGRAMS += bench/bench_prodcons bench/bench_tickets
TESTS += $(bench_tests)
endif

# Of the loops and of peers.py, without any peer.
check_PROGRAMS += peers_wrong bench/peers/peer_libsync bench/peers/peer_pthread
peers_wrong_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
peers_wrong_LDADD =
peers_wrong_SOURCES = $(PEERS_COMMON) bench/twin_queue.c bench/twin_queue.h \
	%D%/peers_wrong.c
TESTS += %D%/peers.sh

AM_TESTS_ENVIRONMENT += \
	PYTHON3_PLOTS='$(PYTHON3_PLOTS)'; export PYTHON3_PLOTS;
TESTS += %D%/report.sh
EXTRA_DIST += $(bench_tests) %D%/peers.sh %D%/report.sh
