/* SPDX-License-Identifier: MIT */
/* Every kind of lock behind one table of operations. */
#ifndef TESTS_LOCK_KINDS_H
#define TESTS_LOCK_KINDS_H

#ifndef SYNC_ANNOTATE_
#define SYNC_ANNOTATE_(x) /* as in primitives.h */
#endif

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include <libsync.h>

union any_lock {
	struct sync_mutex mutex;
	struct sync_rmutex rmutex;
	struct sync_kmutex kmutex;
	struct sync_rwlock rwlock;
	struct sync_sem sem;
};

struct lock_kind {
	const char *name;
	int (*init)(union any_lock *);
	int (*init_wrongly)(union any_lock *); /* unknown flag */
	int (*destroy)(union any_lock *);
	int (*lock)(union any_lock *);
	int (*trylock)(union any_lock *);
	int (*lock_until)(union any_lock *, sync_time);
	int (*unlock)(union any_lock *);
	bool (*held)(const union any_lock *); /* null: none */
	int relock;    /* result of a lock by the holder */
	int busy;      /* result of a try that fails */
	int retry;     /* result of a try by the holder */
	int surplus;   /* result of one unlock too many */
	bool owned;    /* knows its holder */
	bool fair;     /* no thread starves */
};

enum {
	KIND_MUTEX,
	KIND_RMUTEX,
	KIND_KMUTEX,
	KIND_ROBUST,
	KIND_INHERITING,
	KIND_ROBUST_INHERITING,
	KIND_WRITER,
	KIND_SEM,
	LOCK_KINDS
};
extern const struct lock_kind lock_kinds[LOCK_KINDS];

#endif /* TESTS_LOCK_KINDS_H */
