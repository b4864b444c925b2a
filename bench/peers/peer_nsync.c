/* SPDX-License-Identifier: MIT */
/* nsync: nsync_mu, and nsync_note as the event. */
#include <config.h>

#include <stddef.h>

#include <nsync.h>

#include "peer.h"

const char bench_system[] = "nsync";
const char bench_version[] = "";
const char bench_traits[] = "";

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef nsync_mu peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	peer_mutex *m = bench_alloc(sizeof(*m));

	(void)r;
	nsync_mu_init(m);
	return m;
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	bench_free(m);
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	nsync_mu_lock(m);
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	nsync_mu_unlock(m);
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return nsync_mu_trylock(m) != 0;
}

#define HAS_EVENT 1
typedef struct nsync_note_s_ peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = nsync_note_new(NULL, nsync_time_no_deadline);

	(void)r;
	if (e == NULL)
		bench_fail("nsync_note_new");
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	nsync_note_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	nsync_note_notify(e);
}

static inline void
peer_event_wait(peer_event *e)
{
	if (!nsync_note_wait(e, nsync_time_no_deadline))
		bench_fail("nsync_note_wait");
}

#include "cases.h"
