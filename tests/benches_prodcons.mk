# SPDX-License-Identifier: MIT
EXTRA_DIST += %D%/bench_prodcons.sh
if HAVE_BENCH
check_PROGRAMS += bench/bench_prodcons
TESTS += %D%/bench_prodcons.sh
endif
