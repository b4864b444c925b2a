# SPDX-License-Identifier: MIT
# docs_agree: headers, library, pages and tests agree.  docs_examples: the
# pages' examples compile and run.  docs_session: the explorer prints what they
# show.  hacking: the places that HACKING.md names are there, and complete.
# examples.sh starts the examples in the same way as make check its programs.
docs_tests = %D%/borrowed.sh %D%/catalogue.sh %D%/docs_agree.sh %D%/docs_examples.sh \
	%D%/docs_session.sh %D%/examples.sh %D%/hacking.sh
TESTS += $(docs_tests)
dist_check_SCRIPTS += $(docs_tests)
dist_check_SCRIPTS += %D%/format.sh
EXTRA_DIST += %D%/borrowed.py %D%/borrowed.txt %D%/docs_agree.py %D%/docs_examples.py %D%/docs_mdoc.py \
	%D%/docs_session.py %D%/hacking.py

AM_TESTS_ENVIRONMENT += \
	PYTHON3='$(PYTHON3)'; NM='$(NM)'; \
	EXAMPLES_CC='$(CC) $(CPPFLAGS) $(CFLAGS) $(SAN_CFLAGS)'; \
	EXAMPLES_LIBS='$(LDFLAGS) $(SIM_LIBS) $(LIBS)'; \
	LAUNCH='$(LOG_COMPILER)'; \
	export PYTHON3 NM EXAMPLES_CC EXAMPLES_LIBS LAUNCH;

# By hand: update the explorer's output in the pages.
update-sessions: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) -B $(srcdir)/%D%/docs_session.py \
		$(srcdir) --update
.PHONY: update-sessions
