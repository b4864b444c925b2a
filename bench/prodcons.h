/* SPDX-License-Identifier: MIT */
/*
 * The parts of bench_prodcons: producers put items into one queue, consumers
 * take them out, and afterwards it is proved that the queue kept its word.
 *
 *	prodcons_options.c	the command line
 *	prodcons_queue.c	the queues it can run on, and elements
 *	prodcons_text.c		input files, their lines, counting words
 *	prodcons_items.h	which items there are
 *	prodcons_run.c		one run: all threads, the end, the time
 *	prodcons_producer.c	a producer, and its faults
 *	prodcons_consumer.c	a consumer
 *	prodcons_proof.c	what is proved of a run
 *	prodcons_priority.c	the same, in priority order
 *	prodcons_strict.c	one thread against a model of the order
 */
#ifndef BENCH_PRODCONS_H
#define BENCH_PRODCONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libsync.h>

#include "harness.h"
#include "twin_queue.h"

/* Options */

enum end { END_CLOSE, END_SENTINELS, END_JOIN };
enum fault { FAULT_NONE, FAULT_LOSE, FAULT_DOUBLE, FAULT_ORDER };

struct options {
	struct bench_options bench;
	const struct queue_impl *impl;
	enum sync_queue_order order;
	enum end end;
	enum fault fault;
	size_t capacity; /* or SYNC_UNBOUNDED */
	size_t element_size;
	size_t header; /* bytes of an element that are a struct item */
	size_t batch;
	unsigned producers, consumers;
	size_t items; /* 0 until they are known: the lines of the input */
	uint64_t seed;
	size_t top;
	char **inputs;
	size_t n_inputs;
};
void options_parse(struct options *o, int argc, char **argv);
const char *order_name(enum sync_queue_order order);
const char *end_name(enum end end);
const char *fault_name(enum fault fault);

/* Elements */

/*
 * The element in the queue.  Without input files, it ends before text.  The
 * bytes beyond the item are filled with a pattern, so that damage shows.
 */
struct item {
	int64_t key;       /* the priority; the queue reads it here */
	uint32_t producer; /* NO_PRODUCER: a sentinel */
	uint32_t number;   /* of this producer's items, from 0 */
	const char *text;  /* one line, with its newline; null: a sentinel */
	size_t length;
};
#define ITEM_BARE   offsetof(struct item, text)
#define NO_PRODUCER UINT32_MAX

void element_write(
    const struct options *o, unsigned char *element, const struct item *i);
/* False if the filling is damaged. */
bool element_read(
    const struct options *o, const unsigned char *element, struct item *i);

/* Queues */

union any_queue {
	struct sync_queue sync;
	struct twin_queue twin;
};

/* All but the last two return 0 or an error number, as in libsync. */
struct queue_impl {
	const char *name;
	int (*init)(union any_queue *q, enum sync_queue_order order,
	    size_t element_size, size_t capacity);
	int (*put)(union any_queue *q, const void *element);
	int (*put_n)(union any_queue *q, const void *elements, size_t n);
	int (*get)(union any_queue *q, void *element);
	int (*get_n)(union any_queue *q, void *elements, size_t n, size_t *got);
	int (*task_done)(union any_queue *q, size_t n);
	int (*join)(union any_queue *q);
	void (*close)(union any_queue *q);
	void (*destroy)(union any_queue *q);
};
const struct queue_impl *queue_impl_find(const char *name); /* or null */

/*
 * put calls the queue's put if n is 1, otherwise put_n; get likewise, for at
 * most n.
 */
int queue_put(const struct queue_impl *impl, union any_queue *q,
    const void *elements, size_t n);
int queue_get(const struct queue_impl *impl, union any_queue *q,
    void *elements, size_t n, size_t *got);
/* Create the queue that was asked for, or exit with an error. */
void queue_make(
    const struct options *o, union any_queue *q, size_t capacity);

/* Text */

struct line {
	const char *start;
	size_t length; /* the newline included */
};

struct text {
	char **files; /* their contents */
	size_t n_files;
	struct line *lines;
	size_t n_lines, room;
};
void text_load(struct text *t, char *const *names, size_t n);
void text_free(struct text *t);

struct word {
	const char *text;
	size_t length;
	uint64_t count;
	struct word *next;
};

/* The words of some lines, and how often each; all-zero is empty. */
struct tally {
	void *tree; /* of tsearch; its keys are the words in the list */
	struct word *list, *spare;
	uint64_t lines, words, bytes, distinct;
};
void tally_line(struct tally *t, const char *line, size_t length);
void tally_merge(struct tally *into, const struct tally *from);
/* Whether they are equal; if not, a reason of at most size bytes. */
bool tally_equal(const struct tally *a, const struct tally *b, char *reason,
    size_t size);
/* The n most frequent (or all, if fewer); the caller frees the array. */
struct word *tally_top(const struct tally *t, size_t *n);
void tally_free(struct tally *t);

/* Runs */

/* An item that a consumer took, in the order it took them. */
struct take {
	size_t id;             /* of all items, see item_id */
	uint64_t began, ended; /* stamps around the get; 0: no stamps */
};

/* Stamps around the put and the get of an item, see prodcons_priority.c. */
struct life {
	uint64_t put_began, put_ended;
	uint64_t get_began, get_ended;
	uint32_t rank; /* of its key among the possible keys */
};

/* A cache line or two, so that no two threads write to the same one. */
#define APART 128

struct producer {
	_Alignas(APART) struct sync_thread thread;
	struct run *run;
	unsigned index;
	unsigned char *batch; /* room for the elements of one put */
	unsigned char *held;  /* what a fault keeps back */
	uint64_t stamp;       /* since the last put */
};

struct consumer {
	_Alignas(APART) struct sync_thread thread;
	struct run *run;
	unsigned index;
	unsigned char *batch;
	struct take *takes;
	size_t n, room;
	atomic_size_t done; /* n, for the progress line */
	size_t damaged;     /* elements that were no items */
	size_t sentinels;
	sync_time finished;
	struct tally tally;
};

struct run {
	/* Set before the threads start. */
	const struct options *o;
	const struct text *text; /* null: no input files */
	struct producer *producers;
	struct consumer *consumers;
	struct life *lives; /* null unless stamps are taken */
	size_t faulty;      /* the first items of producer 0 that go wrong */
	bool accounted;     /* consumers call task_done */

	/* What the threads share. */
	_Alignas(APART) union any_queue queue;
	_Alignas(APART) atomic_uint_fast64_t clock; /* the next stamp, not 0 */
	_Alignas(APART) struct sync_latch ready;
	struct sync_event go;
	struct sync_thread closer;

	/* The results. */
	double seconds, cpu_seconds;
	char reason[160]; /* empty: exact */
};

/* The progress line of all runs, and how many came before this one. */
struct progress {
	struct bench_progress *line;
	unsigned before, all;
};

void run_init(struct run *r, const struct options *o, const struct text *text);
/* Run and prove; if something was wrong, r->reason says what. */
void run_once(struct run *r, const struct progress *progress);
void run_free(struct run *r);

/* For the threads of a run.  They wait for each other before they start. */
void run_ready(struct run *r);
void *produce(void *producer);
void *consume(void *consumer);
/* Put n sentinels; element is room for one. */
void put_sentinels(struct run *r, unsigned char *element, size_t n);
/* n objects, zeroed, on cache lines of their own; free frees them. */
void *run_alloc(size_t n, size_t size);

/* A call that must not fail returned this. */
static inline void
run_check(int err, const char *what)
{
	if (err != 0)
		bench_die("%s: %s", what, strerror(err));
}

static inline void
run_put(struct run *r, const void *elements, size_t n)
{
	run_check(queue_put(r->o->impl, &r->queue, elements, n), "put");
}

/* With acquire and release: memory is ordered as the stamps are. */
static inline uint64_t
run_stamp(struct run *r)
{
	return r->lives == NULL ? 0
				: atomic_fetch_add_explicit(
				    &r->clock, 1, memory_order_acq_rel);
}

/* Proofs; on failure, the reason is in r->reason or the buffer. */
void prove(struct run *r);
void prove_priority(struct run *r);
bool prove_strict(const struct options *o, char *reason, size_t size);

#endif /* BENCH_PRODCONS_H */
