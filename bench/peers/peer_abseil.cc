// SPDX-License-Identifier: MIT
// Abseil: absl::Mutex, and absl::Notification as the event.
#include <config.h>

#include <absl/base/config.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "abseil";
#define TEXT(x)  #x
#define TEXT2(x) TEXT(x)
#ifdef ABSL_LTS_RELEASE_VERSION
const char bench_version[] = TEXT2(ABSL_LTS_RELEASE_VERSION);
#else
const char bench_version[] = "";
#endif
const char bench_traits[] = "";
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef absl::Mutex peer_mutex;

static inline peer_mutex *
peer_mutex_new(bench_run *)
{
	return object_new<absl::Mutex>();
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	object_delete(m);
}

static inline void
peer_mutex_lock(peer_mutex *m) ABSL_NO_THREAD_SAFETY_ANALYSIS
{
	m->Lock();
}

static inline void
peer_mutex_unlock(peer_mutex *m) ABSL_NO_THREAD_SAFETY_ANALYSIS
{
	m->Unlock();
}

static inline bool
peer_mutex_trylock(peer_mutex *m) ABSL_NO_THREAD_SAFETY_ANALYSIS
{
	return m->TryLock();
}

#define HAS_EVENT 1
typedef absl::Notification peer_event;

static inline peer_event *
peer_event_new(bench_run *)
{
	return object_new<absl::Notification>();
}

static inline void
peer_event_delete(peer_event *e)
{
	object_delete(e);
}

static inline void
peer_event_set(peer_event *e)
{
	e->Notify();
}

static inline void
peer_event_wait(peer_event *e)
{
	e->WaitForNotification();
}

#include "cases.h"
