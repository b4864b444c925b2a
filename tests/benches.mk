# SPDX-License-Identifier: MIT
# Tests of the bench programs.
check_PROGRAMS += bench/sizes
TESTS += bench/sizes

EXTRA_DIST += %D%/bench_tickets.sh
if HAVE_BENCH
check_PROGRAMS += bench/bench_tickets
TESTS += %D%/bench_tickets.sh
endif
