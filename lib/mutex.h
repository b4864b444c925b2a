/* SPDX-License-Identifier: MIT */
/* What queue and timer need of mutex: misuse of theirs is theirs to report. */
#ifndef MUTEX_H
#define MUTEX_H

#include <libsync/mutex.h>

/* As sync_mutex_lock_until; a null mutex is not allowed. */
int mutex_lock(struct sync_mutex *m, sync_time deadline) SYNC_TRY_ACQUIRE(*m);

#endif /* MUTEX_H */
