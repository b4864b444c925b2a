# SPDX-License-Identifier: MIT
# The script starts the examples in the same way as make check its programs.
TESTS += %D%/examples.sh
dist_check_SCRIPTS += %D%/examples.sh
AM_TESTS_ENVIRONMENT += LAUNCH='$(LOG_COMPILER)'; export LAUNCH;
