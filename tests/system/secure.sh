#!/bin/sh
# SPDX-License-Identifier: MIT
# A program with privileges that its user lacks ignores the environment, because
# the user controls it.
set -u
skip() {
	echo "skipped: $*"
	exit 77
}

test "${SANITIZED-}" != yes || skip 'sanitizers refuse such programs'
test "$(id -u)" = 0 || skip 'needs root, to give a program away'
rm -rf secure.tmp
mkdir secure.tmp
probe=secure.tmp/probe
cp secure_probe $probe || exit 1

# Without privileges, SYNC_MISUSE applies.
(SYNC_MISUSE=abort ./$probe 2>secure.tmp/out) 2>/dev/null && {
	echo 'SYNC_MISUSE=abort aborts nothing'
	exit 1
}
grep -q sync_mutex_unlock secure.tmp/out || exit 1

chown 65534 $probe && chmod 4755 $probe || skip 'cannot give it away'
# The kernel's view is AT_SECURE, as the loader prints it.
LD_SHOW_AUXV=1 ./$probe >secure.tmp/auxv 2>/dev/null
if grep -q AT_ secure.tmp/auxv; then
	skip 'this file system gives no privileges'
fi
SYNC_MISUSE=abort ./$probe || {
	echo 'the environment rules a program with privileges of its own'
	exit 1
}
rm -rf secure.tmp
