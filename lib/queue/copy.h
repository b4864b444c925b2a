/* SPDX-License-Identifier: MIT */
/*
 * Copying elements.  Most elements have a few words.  They are copied inline,
 * which takes an instruction or two; a call of memcpy takes twenty.
 */
#ifndef BASE_COPY_H
#define BASE_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether copy_small can copy that size. */
static inline bool
copy_is_small(size_t size)
{
	return size == 4 || size == 8 || size == 16 || size == 24 || size == 32
	    || size == 64;
}

static inline void
copy_small(void *to, const void *from, size_t size)
{
	if (__builtin_expect(size == 8, 1))
		memcpy(to, from, 8);
	else if (size == 4)
		memcpy(to, from, 4);
	else if (size == 16)
		memcpy(to, from, 16);
	else if (size == 24)
		memcpy(to, from, 24);
	else if (size == 32)
		memcpy(to, from, 32);
	else
		memcpy(to, from, 64);
}

/* Copy any size. */
static inline void
copy(void *to, const void *from, size_t size)
{
	if (copy_is_small(size))
		copy_small(to, from, size);
	else
		memcpy(to, from, size);
}

#endif /* BASE_COPY_H */
