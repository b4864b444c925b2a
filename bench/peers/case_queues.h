/* SPDX-License-Identifier: MIT */
/*
 * Queues; included by cases.h.  Workers with numbers below r->producers put
 * until they are stopped, the others get.  The producer that ends last puts a
 * zero for each consumer, which ends it; a priority queue hands the zeros out
 * last.  In a LIFO queue they come first, and the elements left are taken out
 * at the end.
 *
 * Each element is counted where it goes in and where it comes out, by its sum
 * and the sum of its squares, so that a lost or doubled element is noticed.
 */
#define QUEUE_BATCH 32

/* Producers that have not ended; atomic. */
static unsigned queue_producing;

static inline void
queue_count(struct bench_slot *s, uint64_t value)
{
	s->sum += value;
	s->mix += value * value;
}

static inline void
queue_setup_shape(struct bench_run *r)
{
	r->workers = r->producers + r->consumers;
	queue_producing = r->producers;
}

/* Whether the calling producer is the last one. */
static inline bool
queue_last_producer(void)
{
	return __atomic_sub_fetch(&queue_producing, 1, __ATOMIC_ACQ_REL) == 0;
}

/* The first element of a producer; each next is one more. */
static inline uint64_t
queue_first(unsigned worker)
{
	return ((uint64_t)worker + 1) << 40;
}

/* How many were put and not got; their sums go into *left. */
static inline uint64_t
queue_compare(const struct bench_run *r, struct bench_slot *left)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		const struct bench_slot *s = &r->slots[i];

		if (i < r->producers) {
			left->sum += s->sum;
			left->mix += s->mix;
			n += s->puts;
		} else {
			left->sum -= s->sum;
			left->mix -= s->mix;
			n -= s->ops;
		}
	}
	return n;
}

#if HAS_FIFO || HAS_LIFO
static inline void
fifo_make(uint64_t *element, uint64_t value)
{
	*element = value;
}

static inline uint64_t
fifo_value(const uint64_t *element)
{
	return *element;
}
#endif

#if HAS_FIFO
#define QUEUE(name)      fifo##name
#define PEER_QUEUE(name) peer_fifo##name
#define MAKE             fifo_make
#define VALUE            fifo_value
#define ELEMENT          uint64_t
#define QUEUE_ONE        1
#include "queue_loops.h"
#endif

#if HAS_LIFO
#define QUEUE(name)      lifo##name
#define PEER_QUEUE(name) peer_lifo##name
#define MAKE             fifo_make
#define VALUE            fifo_value
#define ELEMENT          uint64_t
#define QUEUE_ONE        0
#include "queue_loops.h"
#endif

#if HAS_FIFO64
/* All eight words, so that the whole element must arrive. */
static inline void
fifo64_make(struct bench_wide *element, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		element->word[i] = value + i;
}

static inline uint64_t
fifo64_value(const struct bench_wide *element)
{
	uint64_t wrong = 0;

	for (unsigned i = 1; i < 8; i++)
		wrong |= element->word[i] ^ (element->word[0] + i);
	return element->word[0] + wrong;
}

#define QUEUE(name)      fifo64##name
#define PEER_QUEUE(name) peer_fifo64##name
#define MAKE             fifo64_make
#define VALUE            fifo64_value
#define ELEMENT          struct bench_wide
#define QUEUE_ONE        0
#include "queue_loops.h"
#endif

#if HAS_PRIORITY
static inline void
prio_make(struct bench_keyed *element, uint64_t value)
{
	element->priority
	    = value == 0 ? INT64_MAX : (int64_t)(bench_mix(value) >> 2);
	element->value = value;
}

static inline uint64_t
prio_value(const struct bench_keyed *element)
{
	return element->value;
}

#define QUEUE(name)      prio##name
#define PEER_QUEUE(name) peer_prio##name
#define MAKE             prio_make
#define VALUE            prio_value
#define ELEMENT          struct bench_keyed
#define QUEUE_ONE        1
#include "queue_loops.h"
#endif

#if HAS_BATCH
static void
fifo_put_batches(struct bench_run *r, unsigned worker)
{
	static const uint64_t noughts[QUEUE_BATCH];
	peer_fifo *q = fifo_case;
	struct bench_slot *s = &r->slots[worker];
	uint64_t values[QUEUE_BATCH], next = queue_first(worker);

	for (; !bench_stopped(r); s->puts += QUEUE_BATCH) {
		for (unsigned i = 0; i < QUEUE_BATCH; i++, next++) {
			values[i] = next;
			queue_count(s, next);
		}
		peer_fifo_put_n(q, values, QUEUE_BATCH);
	}
	if (queue_last_producer())
		for (unsigned i = 0; i < r->consumers; i++)
			peer_fifo_put_n(q, noughts, 1);
}

/* Zeros for other consumers, which came in the same batch, go back. */
static void
fifo_get_batches(struct bench_run *r, unsigned worker)
{
	peer_fifo *q = fifo_case;
	struct bench_slot *s = &r->slots[worker];
	uint64_t values[QUEUE_BATCH];
	size_t got, real;

	do {
		got = peer_fifo_get_n(q, values, QUEUE_BATCH);
		for (real = 0; real < got && values[real] != 0; real++)
			queue_count(s, values[real]);
		s->ops += real;
	} while (real == got);
	if (got - real > 1)
		peer_fifo_put_n(q, values + real + 1, got - real - 1);
}

static void
fifo_work_batch(struct bench_run *r, unsigned worker)
{
	if (worker < r->producers)
		fifo_put_batches(r, worker);
	else
		fifo_get_batches(r, worker);
}
#endif /* HAS_BATCH */

#if HAS_FIFO
/* One element each gap; its value is the time at which it was put. */

static void
fifo_setup_latency(struct bench_run *r)
{
	r->producers = r->consumers = 1;
	queue_setup_shape(r);
	r->latencies = (int64_t *)bench_alloc(r->ops * sizeof(int64_t));
	fifo_case = peer_fifo_new(r, r->capacity);
}

static void
fifo_work_latency(struct bench_run *r, unsigned worker)
{
	peer_fifo *q = fifo_case;
	struct bench_slot *s = &r->slots[worker];
	uint64_t value;
	int64_t now;

	for (uint64_t i = 0; i < r->ops; i++) {
		if (worker == 0) {
			bench_sleep_until(bench_now() + (int64_t)r->gap_ns);
			value = (uint64_t)bench_now();
			peer_fifo_put(q, &value);
		} else {
			peer_fifo_get(q, &value);
			now = bench_now();
			r->latencies[i] = now - (int64_t)value;
			if (r->latencies[i] < 0)
				bench_wrong(r);
		}
		queue_count(s, value);
		if (worker == 0)
			s->puts++;
		else
			s->ops++;
	}
}
#endif /* HAS_FIFO */
