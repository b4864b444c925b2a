# SPDX-License-Identifier: MIT
# The measuring programs.  Only make bench builds them (and make check those
# that it tests).  They use libsync as any program would.

BENCH_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(GSL_CFLAGS)
BENCH_LIBS = libsync.la $(JANSSON_LIBS) $(GSL_LIBS)
BENCH_HARNESS = \
	%D%/harness.c \
	%D%/harness.h \
	%D%/harness_progress.c \
	%D%/harness_report.c \
	# EOL
BENCH_BINS = %D%/bench_tickets
BENCH_PAGES = man/bench_tickets.1

include $(srcdir)/%D%/prodcons.mk
include $(srcdir)/%D%/instr.mk
include $(srcdir)/%D%/report.mk
include $(srcdir)/%D%/peers.mk

EXTRA_PROGRAMS += %D%/bench_tickets %D%/sizes
%C%_bench_tickets_CPPFLAGS = $(BENCH_CPPFLAGS)
%C%_bench_tickets_LDADD = $(BENCH_LIBS)
%C%_bench_tickets_SOURCES = \
	$(BENCH_HARNESS) \
	%D%/bench_tickets.c \
	%D%/tickets.h \
	%D%/tickets_books.c \
	%D%/tickets_file.c \
	%D%/tickets_lock.c \
	%D%/tickets_log.c \
	%D%/tickets_office.c \
	%D%/tickets_office.h \
	# EOL

EXTRA_PROGRAMS += %D%/neighbours
%C%_neighbours_CPPFLAGS = $(BENCH_CPPFLAGS)
%C%_neighbours_LDADD = $(BENCH_LIBS)
%C%_neighbours_SOURCES = %D%/neighbours.c

%C%_sizes_LDADD = libsync.la
%C%_sizes_SOURCES = %D%/sizes.c

if EXPLORER
EXTRA_PROGRAMS += %D%/bench_explore
%C%_bench_explore_CPPFLAGS = $(BENCH_CPPFLAGS)
%C%_bench_explore_LDADD = libsync-sim.la $(JANSSON_LIBS) $(GSL_LIBS)
%C%_bench_explore_SOURCES = $(BENCH_HARNESS) %D%/bench_explore.c

bench-explore: %D%/bench_explore
	$(AM_V_at)%D%/bench_explore
endif

EXTRA_DIST += %D%/README.md %D%/compare.py %D%/measure.py $(BENCH_PAGES)

.PHONY: bench bench-programs bench-explore install-bench uninstall-bench
if HAVE_BENCH
bench-programs: $(BENCH_BINS) %D%/sizes %D%/neighbours

bench: bench-programs
	$(AM_V_at)test -n "$(PYTHON3)" || { \
		echo "make bench: python3 is missing" >&2; exit 1; }
	$(AM_V_at)$(PYTHON3) -B $(srcdir)/%D%/compare.py \
		--tickets %D%/bench_tickets --prodcons %D%/bench_prodcons
	$(AM_V_at)%D%/neighbours

install-bench: install bench-programs
	$(MKDIR_P) "$(DESTDIR)$(bindir)" "$(DESTDIR)$(mandir)/man1"
	for p in $(BENCH_BINS); do \
		$(LIBTOOL) $(AM_LIBTOOLFLAGS) $(LIBTOOLFLAGS) --mode=install \
			$(INSTALL_PROGRAM) $$p "$(DESTDIR)$(bindir)" || exit 1; \
	done
	for m in $(BENCH_PAGES); do \
		$(INSTALL_DATA) "$(srcdir)/$$m" "$(DESTDIR)$(mandir)/man1" \
			|| exit 1; \
	done

uninstall-bench:
	for p in $(BENCH_BINS); do \
		rm -f "$(DESTDIR)$(bindir)/$${p##*/}"; \
	done
	for m in $(BENCH_PAGES); do \
		rm -f "$(DESTDIR)$(mandir)/man1/$${m##*/}"; \
	done
else
bench bench-programs install-bench:
	@missing=; \
	test -n "$(JANSSON_LIBS)" || missing="$$missing jansson"; \
	test -n "$(GSL_LIBS)" || missing="$$missing gsl"; \
	test -n "$$missing" || missing=" argp.h"; \
	echo "make $@: configure did not find:$$missing" >&2; exit 1

uninstall-bench:
endif
