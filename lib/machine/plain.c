/* SPDX-License-Identifier: MIT */
/*
 * Race checks of the library's own plain accesses, for the tests of libsync.
 *
 * For these tests the library's sources are compiled with -fsanitize=thread,
 * so the compiler puts a call before each access.  This file has the functions
 * that it calls, in place of ThreadSanitizer's.  They check plain accesses of
 * the library as they check marked accesses of the program.
 */
#include <string.h>

#include "machine/machine.h"

#define SITE __builtin_return_address(0)

#define ACCESS(name, write)                                                    \
	void name(void *p);                                                    \
	void name(void *p)                                                     \
	{                                                                      \
		memory_plain(p, write, SITE);                                  \
	}

ACCESS(__tsan_read1, false)
ACCESS(__tsan_read2, false)
ACCESS(__tsan_read4, false)
ACCESS(__tsan_read8, false)
ACCESS(__tsan_read16, false)
ACCESS(__tsan_write1, true)
ACCESS(__tsan_write2, true)
ACCESS(__tsan_write4, true)
ACCESS(__tsan_write8, true)
ACCESS(__tsan_write16, true)
ACCESS(__tsan_unaligned_read2, false)
ACCESS(__tsan_unaligned_read4, false)
ACCESS(__tsan_unaligned_read8, false)
ACCESS(__tsan_unaligned_write2, true)
ACCESS(__tsan_unaligned_write4, true)
ACCESS(__tsan_unaligned_write8, true)

#define RANGE(name, write)                                                     \
	void name(void *p, long size);                                         \
	void name(void *p, long size)                                          \
	{                                                                      \
		(void)size; /* its first field stands for the range */         \
		memory_plain(p, write, SITE);                                  \
	}

RANGE(__tsan_read_range, false)
RANGE(__tsan_write_range, true)

/* Used instead of memcpy there, as the compiler does not check memcpy. */
void *plain_memcpy(void *to, const void *from, size_t n);
void *
plain_memcpy(void *to, const void *from, size_t n)
{
	memory_plain((void *)(uintptr_t)from, false, SITE);
	memory_plain(to, true, SITE);
	return memcpy(to, from, n);
}

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);

void
__tsan_init(void)
{
}

void
__tsan_func_entry(void *caller)
{
	(void)caller;
}

void
__tsan_func_exit(void)
{
}
