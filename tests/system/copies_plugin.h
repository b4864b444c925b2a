/* SPDX-License-Identifier: MIT */
/*
 * The functions that the program of check_copies.c calls in another copy of the
 * library.
 */
#ifndef TESTS_COPIES_PLUGIN_H
#define TESTS_COPIES_PLUGIN_H

#include <libsync.h>

struct copies_plugin {
	int (*mutex_lock)(struct sync_mutex *);
	int (*mutex_trylock)(struct sync_mutex *);
	int (*mutex_unlock)(struct sync_mutex *);
	bool (*mutex_held)(const struct sync_mutex *);
	int (*cond_signal)(struct sync_cond *);
	int (*rwlock_rdlock)(struct sync_rwlock *);
	int (*rwlock_trywrlock)(struct sync_rwlock *);
	int (*rwlock_unlock)(struct sync_rwlock *);
	int (*event_destroy)(struct sync_event *);
	int (*queue_put)(struct sync_queue *, const void *);
	struct sync_thread *(*thread_current)(void);
};

extern const struct copies_plugin copies_plugin;

#endif /* TESTS_COPIES_PLUGIN_H */
