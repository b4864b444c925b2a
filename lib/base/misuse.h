/* SPDX-License-Identifier: MIT */
/*
 * A call that is an error of the program, not of the moment, returns through
 * here: MISUSE(EPERM, m).  Normally that is the number itself; with
 * SYNC_MISUSE=abort in the environment the call is named and the program
 * stopped where it went wrong.
 */
#ifndef BASE_MISUSE_H
#define BASE_MISUSE_H

int misuse(int err, const char *function, const void *object);

#define MISUSE(err, object) misuse(err, __func__, object)

#endif /* BASE_MISUSE_H */
