# SPDX-License-Identifier: MIT
# Instruction counts of the paths without a wait, and their limits; included by
# local.mk.  After a change that is meant to cost more or less: make
# update-instr.

EXTRA_PROGRAMS += %D%/instr/paths
%C%_instr_paths_LDADD = libsync.la
%C%_instr_paths_SOURCES = %D%/instr/paths.c

EXTRA_DIST += %D%/instr/count %D%/instr/limits

INSTR_COUNT = $(LIBTOOL) $(AM_LIBTOOLFLAGS) $(LIBTOOLFLAGS) --mode=execute \
	$(PYTHON3) $(srcdir)/%D%/instr/count %D%/instr/paths \
	--limits $(srcdir)/%D%/instr/limits --cpu $(host_cpu)

.PHONY: bench-instr update-instr
if SANITIZED
bench-instr update-instr:
	@echo "make $@: not with a sanitizer, or for coverage" >&2; exit 1
else
bench-instr update-instr: %D%/instr/paths
	$(AM_V_at)test -n "$(PYTHON3)" || { \
		echo "make $@: python3 is missing" >&2; exit 1; }
	$(AM_V_at)test -n "$(VALGRIND)" || { \
		echo "make $@: valgrind is missing (Debian: valgrind)" >&2; \
		exit 1; }
	$(AM_V_at)update=; case $@ in update-*) update=--update ;; esac; \
	$(INSTR_COUNT) --valgrind "$(VALGRIND)" $$update
endif
