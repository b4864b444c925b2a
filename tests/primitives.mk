# SPDX-License-Identifier: MIT
check_PROGRAMS += check_latch
TESTS += check_latch
check_latch_SOURCES = %D%/check_latch.c
check_latch_CPPFLAGS = $(TEST_CPPFLAGS)
check_latch_CFLAGS = $(TEST_CFLAGS)
check_latch_LDADD = $(TEST_LIBS)
