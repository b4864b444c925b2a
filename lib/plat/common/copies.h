/* SPDX-License-Identifier: MIT */
/*
 * Other copies of the library in this process.  For example, one is linked into
 * the program and another is loaded with a plugin.  They share objects.  So a
 * copy that is loaded later must know about the forks before.
 */
#ifndef PLAT_COPIES_H
#define PLAT_COPIES_H

#include <pthread.h>
#include <stdbool.h>

#include "plat.h"

/* A copy finds this out when it is loaded. */
struct copies {
	bool stays;    /* it is never unloaded itself */
	bool have_key; /* another copy has a key of the records for all */
	pthread_key_t key;
};

#if COPIES_ARE_FOUND
/* Find the other copies; take over the identity of one that is ready. */
struct copies copies_meet(void);
/* This copy is ready; copies that are loaded later may use its key. */
void copies_join(bool shares_key, pthread_key_t key);
#else
static inline struct copies
copies_meet(void)
{
	return (struct copies) { .stays = true };
}

static inline void
copies_join(bool shares_key, pthread_key_t key)
{
	(void)shares_key, (void)key;
}
#endif

#endif /* PLAT_COPIES_H */
