/* SPDX-License-Identifier: MIT */
/*
 * The C library functions that the library calls change errno although they
 * succeed, as they may.  The linker replaces them with those of
 * spoilt_errno.c.
 */
#ifndef TESTS_SPOILT_ERRNO_H
#define TESTS_SPOILT_ERRNO_H

#include "primitives.h"

#define SPOILT EPROTO

/* The value of a call that returns no error number. */
#define keeps(call) (errno = ERRNO_BEFORE, (call), errno == ERRNO_BEFORE)

#define FAR sync_after_ms(60000)

#endif /* TESTS_SPOILT_ERRNO_H */
