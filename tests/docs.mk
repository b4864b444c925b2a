# SPDX-License-Identifier: MIT
# docs_agree: headers, library, pages and tests agree.  docs_examples: the
# pages' examples compile and run.  docs_session: the explorer prints what they
# show.  hacking: the places that HACKING.md names are there, and complete.
docs_tests = %D%/docs_agree.sh %D%/docs_examples.sh %D%/docs_session.sh \
	%D%/hacking.sh
TESTS += $(docs_tests)
dist_check_SCRIPTS += $(docs_tests)
EXTRA_DIST += %D%/docs_agree.py %D%/docs_examples.py %D%/docs_mdoc.py \
	%D%/docs_session.py %D%/hacking.py

AM_TESTS_ENVIRONMENT += \
	PYTHON3='$(PYTHON3)'; NM='$(NM)'; \
	EXAMPLES_CC='$(CC) $(CPPFLAGS) $(CFLAGS) $(SAN_CFLAGS)'; \
	EXAMPLES_LIBS='$(LDFLAGS) $(SIM_LIBS) $(LIBS)'; \
	export PYTHON3 NM EXAMPLES_CC EXAMPLES_LIBS;

# By hand: update the explorer's output in the pages.
update-sessions: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) -B $(srcdir)/%D%/docs_session.py \
		$(srcdir) --update
.PHONY: update-sessions
