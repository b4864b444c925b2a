/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore a queue of pointers: each element points to a part
 * of the payload, which its producer has written.
 */
#ifndef SIM_QUEUE_SUPPORT_H
#define SIM_QUEUE_SUPPORT_H

#include "sim_support.h"

extern struct sync_queue q;
extern int payload[2];
extern int answer; /* written by work, and by close_now for what it drops */

/*
 * How a scenario begins: with a queue of this order and capacity, in which there
 * are held elements, payload[0] first.
 */
struct queue_start {
	enum sync_queue_order order;
	size_t capacity;
	unsigned held;
};

void queue_begin(const void *start);

#define QUEUE(order, capacity, held)                                           \
	.begin = queue_begin,                                                  \
	.arg = &(const struct queue_start) { (order), (capacity), (held) }
#define FIFO(capacity, held) QUEUE(SYNC_FIFO, capacity, held)
#define LIFO(capacity, held) QUEUE(SYNC_LIFO, capacity, held)

/* Write payload[i], and hand it over. */
void put(unsigned i, int value);

/* The element that is got, which came whole: payload[0] is 1, payload[1] is 2. */
int *got(void);

/* Roles. */
sim_role put_first, put_second, put_both; /* put(0, 1), put(1, 2) */
sim_role get_one, get_both;
sim_role get_and_take; /* get_until: the first payload, or nothing */
sim_role work;         /* get one, write the answer, and count it as done */
sim_role close_queue;
sim_role close_now; /* and write the answer for what is dropped */

#endif /* SIM_QUEUE_SUPPORT_H */
