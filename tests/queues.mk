# SPDX-License-Identifier: MIT
# Queue, timer, thread, time, and the internals that they use.

QUEUE_TESTS = \
	check_heap \
	check_queue \
	check_queue_batch \
	check_queue_close \
	check_queue_init \
	check_queue_tasks \
	check_queue_threads \
	check_stack \
	check_store \
	check_thread \
	check_thread_end \
	check_time \
	check_timer \
	check_timer_cancel \
	check_timer_signals \
	check_timer_thread \
	check_timer_ticks \
	check_timer_wrong \
	stress_queue \
	stress_thread \
	stress_timer \
	# EOL
check_PROGRAMS += $(QUEUE_TESTS)
TESTS += $(QUEUE_TESTS)
if HAVE_WRAP
check_PROGRAMS += check_allocations
TESTS += check_allocations
endif
QUEUE_TEST_LIBS = libsync-queue-support.la $(TEST_LIBS)

check_LTLIBRARIES += libsync-queue-support.la
libsync_queue_support_la_CPPFLAGS = $(TEST_CPPFLAGS)
libsync_queue_support_la_CFLAGS = $(TEST_CFLAGS)
libsync_queue_support_la_SOURCES = %D%/queue_support.c %D%/queue_support.h \
	%D%/timer_support.c %D%/timer_support.h

check_heap_SOURCES = %D%/check_heap.c
check_heap_CPPFLAGS = $(TEST_CPPFLAGS)
check_heap_CFLAGS = $(TEST_CFLAGS)
check_heap_LDADD = $(QUEUE_TEST_LIBS)

check_allocations_SOURCES = %D%/check_allocations.c
check_allocations_CPPFLAGS = $(TEST_CPPFLAGS)
check_allocations_CFLAGS = $(TEST_CFLAGS)
check_allocations_LDADD = $(QUEUE_TEST_LIBS)
# The tests see the library's calls of the C library, and can make them fail.
check_allocations_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=plat_alloc,--wrap=plat_alloc_zeroed \
	-Wl,--wrap=plat_realloc,--wrap=pthread_create

check_queue_SOURCES = %D%/check_queue.c
check_queue_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_CFLAGS = $(TEST_CFLAGS)
check_queue_LDADD = $(QUEUE_TEST_LIBS)

check_queue_batch_SOURCES = %D%/check_queue_batch.c
check_queue_batch_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_batch_CFLAGS = $(TEST_CFLAGS)
check_queue_batch_LDADD = $(QUEUE_TEST_LIBS)

check_queue_close_SOURCES = %D%/check_queue_close.c
check_queue_close_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_close_CFLAGS = $(TEST_CFLAGS)
check_queue_close_LDADD = $(QUEUE_TEST_LIBS)

check_queue_init_SOURCES = %D%/check_queue_init.c
check_queue_init_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_init_CFLAGS = $(TEST_CFLAGS)
check_queue_init_LDADD = $(QUEUE_TEST_LIBS)

check_queue_tasks_SOURCES = %D%/check_queue_tasks.c
check_queue_tasks_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_tasks_CFLAGS = $(TEST_CFLAGS)
check_queue_tasks_LDADD = $(QUEUE_TEST_LIBS)

check_queue_threads_SOURCES = %D%/check_queue_threads.c
check_queue_threads_CPPFLAGS = $(TEST_CPPFLAGS)
check_queue_threads_CFLAGS = $(TEST_CFLAGS)
check_queue_threads_LDADD = $(QUEUE_TEST_LIBS)

check_stack_SOURCES = %D%/check_stack.c
check_stack_CPPFLAGS = $(TEST_CPPFLAGS)
check_stack_CFLAGS = $(TEST_CFLAGS)
check_stack_LDADD = $(QUEUE_TEST_LIBS)

check_store_SOURCES = %D%/check_store.c
check_store_CPPFLAGS = $(TEST_CPPFLAGS)
check_store_CFLAGS = $(TEST_CFLAGS)
check_store_LDADD = $(QUEUE_TEST_LIBS)

check_thread_SOURCES = %D%/check_thread.c
check_thread_CPPFLAGS = $(TEST_CPPFLAGS)
check_thread_CFLAGS = $(TEST_CFLAGS)
check_thread_LDADD = $(QUEUE_TEST_LIBS)

check_thread_end_SOURCES = %D%/check_thread_end.c
check_thread_end_CPPFLAGS = $(TEST_CPPFLAGS)
check_thread_end_CFLAGS = $(TEST_CFLAGS)
check_thread_end_LDADD = $(QUEUE_TEST_LIBS)

check_time_SOURCES = %D%/check_time.c
check_time_CPPFLAGS = $(TEST_CPPFLAGS)
check_time_CFLAGS = $(TEST_CFLAGS)
check_time_LDADD = $(QUEUE_TEST_LIBS)

check_timer_SOURCES = %D%/check_timer.c
check_timer_CPPFLAGS = $(TEST_CPPFLAGS)
check_timer_CFLAGS = $(TEST_CFLAGS)
check_timer_LDADD = $(QUEUE_TEST_LIBS)

check_timer_cancel_SOURCES = %D%/check_timer_cancel.c
check_timer_cancel_CPPFLAGS = $(TEST_CPPFLAGS)
check_timer_cancel_CFLAGS = $(TEST_CFLAGS)
check_timer_cancel_LDADD = $(QUEUE_TEST_LIBS)

check_timer_signals_SOURCES = %D%/check_timer_signals.c
check_timer_signals_CPPFLAGS = $(TEST_CPPFLAGS)
check_timer_signals_CFLAGS = $(TEST_CFLAGS)
check_timer_signals_LDADD = $(QUEUE_TEST_LIBS)

check_timer_thread_SOURCES = %D%/check_timer_thread.c
check_timer_thread_CPPFLAGS = $(TEST_CPPFLAGS)
if PLAT_LINUX
check_timer_thread_CPPFLAGS += -DTEST_PLAT_LINUX
endif
check_timer_thread_CFLAGS = $(TEST_CFLAGS)
check_timer_thread_LDADD = $(QUEUE_TEST_LIBS)

check_timer_ticks_SOURCES = %D%/check_timer_ticks.c
check_timer_ticks_CPPFLAGS = $(TEST_CPPFLAGS)
check_timer_ticks_CFLAGS = $(TEST_CFLAGS)
check_timer_ticks_LDADD = $(QUEUE_TEST_LIBS)

check_timer_wrong_SOURCES = %D%/check_timer_wrong.c
check_timer_wrong_CPPFLAGS = $(TEST_CPPFLAGS)
check_timer_wrong_CFLAGS = $(TEST_CFLAGS)
check_timer_wrong_LDADD = $(QUEUE_TEST_LIBS)

stress_queue_SOURCES = %D%/stress_queue.c
stress_queue_CPPFLAGS = $(TEST_CPPFLAGS)
stress_queue_CFLAGS = $(TEST_CFLAGS)
stress_queue_LDADD = $(QUEUE_TEST_LIBS)

stress_thread_SOURCES = %D%/stress_thread.c
stress_thread_CPPFLAGS = $(TEST_CPPFLAGS)
stress_thread_CFLAGS = $(TEST_CFLAGS)
stress_thread_LDADD = $(QUEUE_TEST_LIBS)

stress_timer_SOURCES = %D%/stress_timer.c
stress_timer_CPPFLAGS = $(TEST_CPPFLAGS)
stress_timer_CFLAGS = $(TEST_CFLAGS)
stress_timer_LDADD = $(QUEUE_TEST_LIBS)
