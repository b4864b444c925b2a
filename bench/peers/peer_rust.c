/* SPDX-License-Identifier: MIT */
/*
 * The functions of rust/src/lib.rs, as three peers.  PEER_PARKING_LOT: the
 * locks of parking_lot.  PEER_CROSSBEAM: the bounded channel of crossbeam.
 * PEER_RUST_STD: the locks and the bounded channel of Rust's standard library;
 * only one thread may get from that channel.
 */
#include <config.h>

#include "peer.h"

#if defined(PEER_PARKING_LOT)
const char bench_system[] = "parking_lot";
const char bench_version[] = PARKING_LOT_VERSION;
const char bench_traits[] = "";
#define LOCK(name)  pl_##name
#elif defined(PEER_CROSSBEAM)
const char bench_system[] = "crossbeam";
const char bench_version[] = CROSSBEAM_VERSION;
const char bench_traits[] = "";
#define QUEUE_FN(name) cb_##name
#else
const char bench_system[] = "rust-std";
const char bench_version[] = RUST_VERSION;
const char bench_traits[] = "single-consumer";
#define LOCK(name)      std_##name
#define QUEUE_FN(name)  std_##name
#define SINGLE_CONSUMER 1
#endif

#ifdef LOCK
#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef struct rust_mutex peer_mutex;
extern peer_mutex *LOCK(mutex_new)(void);
extern void LOCK(mutex_delete)(peer_mutex *m);
extern void LOCK(mutex_lock)(peer_mutex *m);
extern bool LOCK(mutex_trylock)(peer_mutex *m);
extern void LOCK(mutex_unlock)(peer_mutex *m);

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	(void)r;
	return LOCK(mutex_new)();
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	LOCK(mutex_delete)(m);
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	LOCK(mutex_lock)(m);
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	LOCK(mutex_unlock)(m);
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return LOCK(mutex_trylock)(m);
}

#define HAS_EVENT 1
typedef struct rust_event peer_event;
extern peer_event *LOCK(event_new)(void);
extern void LOCK(event_delete)(peer_event *e);
extern void LOCK(event_set)(peer_event *e);
extern void LOCK(event_wait)(peer_event *e);

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	(void)r;
	return LOCK(event_new)();
}

static inline void
peer_event_delete(peer_event *e)
{
	LOCK(event_delete)(e);
}

static inline void
peer_event_set(peer_event *e)
{
	LOCK(event_set)(e);
}

static inline void
peer_event_wait(peer_event *e)
{
	LOCK(event_wait)(e);
}
#endif /* LOCK */

#ifdef PEER_PARKING_LOT
#define HAS_RMUTEX 1
typedef struct rust_rmutex peer_rmutex;
extern peer_rmutex *LOCK(rmutex_new)(void);
extern void LOCK(rmutex_delete)(peer_rmutex *m);
extern void LOCK(rmutex_lock)(peer_rmutex *m);
extern void LOCK(rmutex_unlock)(peer_rmutex *m);

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	(void)r;
	return LOCK(rmutex_new)();
}

static inline void
peer_rmutex_delete(peer_rmutex *m)
{
	LOCK(rmutex_delete)(m);
}

static inline void
peer_rmutex_lock(peer_rmutex *m)
{
	LOCK(rmutex_lock)(m);
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	LOCK(rmutex_unlock)(m);
}
#endif /* PEER_PARKING_LOT */

#ifdef QUEUE_FN
#define DEFINE_QUEUE(kind, element)                                            \
	typedef struct rust_##kind peer_##kind;                                \
	extern peer_##kind *QUEUE_FN(kind##_new)(size_t capacity);             \
	extern void QUEUE_FN(kind##_delete)(peer_##kind * q);                  \
	extern void QUEUE_FN(kind##_put)(peer_##kind * q, const element *e);   \
	extern void QUEUE_FN(kind##_get)(peer_##kind * q, element * e);        \
	static inline peer_##kind *peer_##kind##_new(                          \
	    struct bench_run *r, size_t capacity)                              \
	{                                                                      \
		(void)r;                                                       \
		return QUEUE_FN(kind##_new)(capacity);                         \
	}                                                                      \
	static inline void peer_##kind##_delete(peer_##kind *q)                \
	{                                                                      \
		QUEUE_FN(kind##_delete)(q);                                    \
	}                                                                      \
	static inline void peer_##kind##_put(peer_##kind *q, const element *e) \
	{                                                                      \
		QUEUE_FN(kind##_put)(q, e);                                    \
	}                                                                      \
	static inline void peer_##kind##_get(peer_##kind *q, element *e)       \
	{                                                                      \
		QUEUE_FN(kind##_get)(q, e);                                    \
	}

#define HAS_FIFO 1
DEFINE_QUEUE(fifo, uint64_t)
#define HAS_FIFO64 1
DEFINE_QUEUE(fifo64, struct bench_wide)
#endif /* QUEUE_FN */

#include "cases.h"
