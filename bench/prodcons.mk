# SPDX-License-Identifier: MIT
# bench_prodcons; included by local.mk, after its BENCH_ variables.

BENCH_BINS += %D%/bench_prodcons
BENCH_PAGES += man/bench_prodcons.1

EXTRA_PROGRAMS += %D%/bench_prodcons
%C%_bench_prodcons_CPPFLAGS = $(BENCH_CPPFLAGS)
%C%_bench_prodcons_LDADD = $(BENCH_LIBS)
%C%_bench_prodcons_SOURCES = \
	$(BENCH_HARNESS) \
	%D%/bench_prodcons.c \
	%D%/prodcons.h \
	%D%/prodcons_consumer.c \
	%D%/prodcons_items.h \
	%D%/prodcons_options.c \
	%D%/prodcons_priority.c \
	%D%/prodcons_producer.c \
	%D%/prodcons_proof.c \
	%D%/prodcons_queue.c \
	%D%/prodcons_run.c \
	%D%/prodcons_strict.c \
	%D%/prodcons_text.c \
	%D%/twin_queue.c \
	%D%/twin_queue.h \
	# EOL
