/* SPDX-License-Identifier: MIT */
/*
 * The parts of the ticket office bench: the kinds of lock, the file that
 * contains the number of tickets, and a run, in which buyers buy.
 */
#ifndef BENCH_TICKETS_H
#define BENCH_TICKETS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <libsync.h>

/* Locks: tickets_lock.c */

union any_lock {
	struct sync_mutex mutex;
	struct sync_rmutex rmutex;
	struct sync_kmutex kmutex;
	struct sync_sem sem;
	struct sync_rwlock rwlock;
	pthread_mutex_t pthread;
};

/* Each call returns 0 or an error number. */
struct lock_kind {
	const char *name;
	bool excludes; /* false for the kind that is no lock */
	int (*init)(union any_lock *l);
	int (*lock)(union any_lock *l);
	int (*unlock)(union any_lock *l);
	int (*destroy)(union any_lock *l);
};

/* Null if no kind has that name. */
const struct lock_kind *lock_kind_named(const char *name);

/* The file: tickets_file.c */

/* An error message; "" while there was no error. */
struct trouble {
	char text[512];
};

struct tickets_file;

/* The user's file, which must exist; or a temporary file of our own. */
struct tickets_file *tickets_file_open(const char *path, struct trouble *t);
struct tickets_file *tickets_file_create(struct trouble *t);
const char *tickets_file_path(const struct tickets_file *f);
/* Remove a file of our own.  This also happens on exit. */
void tickets_file_close(struct tickets_file *f);

/*
 * Read the file: how many tickets are left, and the whole content, of which the
 * caller gets a reference; *whole is null on failure.
 */
bool tickets_file_read(const struct tickets_file *f, json_t **whole,
    int64_t *left, struct trouble *t);
/*
 * Replace the file by *whole with another number; consumes the reference.  At
 * every moment the file is the old one or the new one, even if the program is
 * killed.
 */
bool tickets_file_write(const struct tickets_file *f, json_t *whole,
    int64_t left, struct trouble *t);
/* Replace its content by this number alone. */
bool tickets_file_reset(const struct tickets_file *f, int64_t left,
    struct trouble *t);

/* A run: tickets_office.c and tickets_books.c */

struct office_options {
	const struct lock_kind *kind;
	struct tickets_file *file; /* null: in memory */
	unsigned buyers;
	int64_t tickets;  /* sell at most this many */
	uint64_t seconds; /* in ns; sell no longer; 0: until sold out */
	uint64_t hold;    /* ns of work with the lock held */
	uint64_t think;   /* ns of work without, after each ticket */
};

struct office_result {
	uint64_t sold;
	double seconds;
	/* The shares of the worst and the best buyer; 100: all the same. */
	double share_min, share_max;
	bool exact;
	char reason[256]; /* why not */
};

/*
 * Sell tickets.  tick(arg, done), with done from 0 to 1, is called ten times a
 * second; it ends the sale early by returning false.  Returns false on an
 * error.
 */
bool office_run(const struct office_options *options,
    struct office_result *result, bool (*tick)(void *arg, double done),
    void *arg, struct trouble *t);

/* What was sold: tickets_log.c */

/* Tickets low, low + 1, ... low + n - 1. */
struct ticket_run {
	int64_t low;
	uint64_t n;
};

/* The tickets that one buyer bought.  All-zero is empty. */
struct ticket_log {
	struct ticket_run *runs;
	size_t n, room;
};

/* Add a ticket; false: out of memory. */
bool ticket_log_add(struct ticket_log *log, int64_t number);
void ticket_log_free(struct ticket_log *log);

/* What n logs together contain. */
struct ticket_audit {
	uint64_t sold;     /* entries */
	uint64_t distinct; /* numbers */
	int64_t low, high; /* the lowest and the highest; if sold > 0 */
};
/* False: out of memory.  Reorders the first log's runs. */
bool ticket_audit(struct ticket_log *logs, size_t n, struct ticket_audit *a);

#endif /* BENCH_TICKETS_H */
