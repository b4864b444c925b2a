/* SPDX-License-Identifier: MIT */
/*
 * Other copies of the library in this process: one is linked into the program,
 * say, and another comes with a plugin.  They share objects, so they must agree
 * on what fork did before one of them was loaded.
 */
#ifndef PLAT_COPIES_H
#define PLAT_COPIES_H

#include <pthread.h>
#include <stdbool.h>

#include "plat.h"

/* What a copy learns when it is loaded. */
struct copies {
	bool stays;    /* it is never unloaded itself */
	bool have_key; /* there is a key of the records for all */
	pthread_key_t key;
};

#if COPIES_ARE_FOUND
/* Take over what the copies that are ready know in identity. */
struct copies copies_meet(void);
/* This one is ready; its key may be used by others that are loaded later. */
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
