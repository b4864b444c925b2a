/* SPDX-License-Identifier: MIT */
/* A plugin that brings a copy of the library with it; see check_copies.c. */
#include <stdint.h>

#include "copies_plugin.h"

const struct copies_plugin copies_plugin = {
	.mutex_lock = sync_mutex_lock,
	.mutex_trylock = sync_mutex_trylock,
	.mutex_unlock = sync_mutex_unlock,
	.mutex_held = sync_mutex_held,
	.cond_signal = sync_cond_signal,
	.rwlock_rdlock = sync_rwlock_rdlock,
	.rwlock_trywrlock = sync_rwlock_trywrlock,
	.rwlock_unlock = sync_rwlock_unlock,
	.event_destroy = sync_event_destroy,
	.queue_put = sync_queue_put,
	.thread_current = sync_thread_current,
};
