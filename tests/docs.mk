# SPDX-License-Identifier: MIT
# docs_agree: headers, library, pages and tests say the same; docs_examples:
# what the pages show compiles, runs and is true.
TESTS += %D%/docs_agree.sh %D%/docs_examples.sh
dist_check_SCRIPTS += %D%/docs_agree.sh %D%/docs_examples.sh
EXTRA_DIST += %D%/docs_agree.py %D%/docs_examples.py %D%/docs_mdoc.py

AM_TESTS_ENVIRONMENT += \
	PYTHON3='$(PYTHON3)'; NM='$(NM)'; \
	EXAMPLES_CC='$(CC) $(CPPFLAGS) $(CFLAGS) $(SAN_CFLAGS)'; \
	EXAMPLES_LIBS='$(LDFLAGS) $(LIBS)'; \
	export PYTHON3 NM EXAMPLES_CC EXAMPLES_LIBS;
