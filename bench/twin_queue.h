/* SPDX-License-Identifier: MIT */
/*
 * struct twin_queue: the bounded queue that one writes with only
 * pthread_mutex_t and pthread_cond_t, for bench_prodcons to compare with.
 *
 * It does what sync_queue does, without deadlines, try functions and checks of
 * misuse: elements by value; first in first out, last in first out, or the
 * smallest int64_t at the start of the element first (equal ones by age); a
 * capacity or SYNC_UNBOUNDED; close; task_done and join.  Return values are the
 * same.
 */
#ifndef BENCH_TWIN_QUEUE_H
#define BENCH_TWIN_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum twin_order { TWIN_FIFO, TWIN_LIFO, TWIN_PRIORITY };

#define TWIN_UNBOUNDED SIZE_MAX

struct twin_queue {
	pthread_mutex_t lock; /* guards all that changes */
	pthread_cond_t not_empty, not_full;
	pthread_cond_t all_done; /* unfinished == 0 */
	enum twin_order order;   /* set at init */
	size_t element_size;     /* set at init */
	size_t stride;           /* set at init; a slot, see twin_queue.c */
	size_t capacity;         /* set at init */
	size_t room;             /* slots there are */
	size_t len;
	size_t head;       /* the oldest, in a ring */
	uint64_t sequence; /* puts so far, in a heap */
	uint64_t unfinished;
	bool closed;
	unsigned char *slots;
};

int twin_queue_init(struct twin_queue *q, enum twin_order order,
    size_t element_size, size_t capacity);
void twin_queue_destroy(struct twin_queue *q);
int twin_queue_put(struct twin_queue *q, const void *element);
int twin_queue_put_n(struct twin_queue *q, const void *elements, size_t n);
int twin_queue_get(struct twin_queue *q, void *element);
int twin_queue_get_n(
    struct twin_queue *q, void *elements, size_t n, size_t *got);
void twin_queue_close(struct twin_queue *q);
int twin_queue_task_done_n(struct twin_queue *q, size_t n);
void twin_queue_join(struct twin_queue *q);

#endif /* BENCH_TWIN_QUEUE_H */
