/* SPDX-License-Identifier: MIT */
/*
 * One queue of every kind: each order with storage of its own, with the
 * caller's storage (at an odd address), and unbounded.  A test of the contract
 * runs on all of them, in a loop over their numbers.
 */
#ifndef TESTS_QUEUE_SUPPORT_H
#define TESTS_QUEUE_SUPPORT_H

#include "support.h"

enum { OWN_STORAGE, CALLERS_STORAGE, NO_BOUND };

#define ORDERS        3
#define BOUNDED_KINDS 6 /* these come first */
#define QUEUE_KINDS   9

struct item {
	int64_t priority; /* where sync_queue reads it by default */
	uint32_t who;
	uint32_t number;
};

/* The queue of a test, and its element size, if not that of an item. */
extern struct sync_queue q;
void begin(int kind, size_t capacity);
void begin_with(int kind, size_t capacity, size_t element_size);
void end(void);

enum sync_queue_order order_of(int kind);

/* Put, or get and return, one item without blocking. */
void put_item(int64_t priority, uint32_t number);
struct item get_item(void);

/*
 * Items 0 to n - 1 are put in this order with one priority: which is the i-th.
 */
uint32_t number_at(int kind, uint32_t i, uint32_t n);
/* The queue contains exactly these items; take them out. */
void drain(int kind, uint32_t n);

/* Threads that do one thing with the queue; the result is its error. */
void *gets(void *item);
void *puts_(void *item);
void *joins(void *unused);
#define error_of(s) ((int)(intptr_t)finish(s))

/*
 * Every function that can return an error returns this one for the queue given.
 */
void every_call_returns(struct sync_queue *queue, int err);

#endif /* TESTS_QUEUE_SUPPORT_H */
