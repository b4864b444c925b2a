/* SPDX-License-Identifier: MIT */
/*
 * The loops of one kind of queue.  case_queues.h includes this file once for
 * each kind, with QUEUE(name) and PEER_QUEUE(name) to form names, ELEMENT, and
 * MAKE and VALUE to fill and read one.  QUEUE_ONE adds the loops for one
 * thread.
 */
static PEER_QUEUE() *QUEUE(_case);

static void
QUEUE(_setup)(struct bench_run *r)
{
	queue_setup_shape(r);
	QUEUE(_case) = PEER_QUEUE(_new)(r, r->capacity);
}

static void
QUEUE(_finish)(struct bench_run *r)
{
	struct bench_slot left = { 0, 0, 0, 0, 0, 0, { 0 } };
	ELEMENT element;

	for (uint64_t n = queue_compare(r, &left); n > 0; n--) {
		uint64_t value;

		PEER_QUEUE(_get)(QUEUE(_case), &element);
		value = VALUE(&element);
		left.sum -= value;
		left.mix -= value * value;
	}
	if (left.sum != 0 || left.mix != 0)
		bench_wrong(r);
	PEER_QUEUE(_delete)(QUEUE(_case));
}

static void
QUEUE(_put_all)(struct bench_run *r, unsigned worker)
{
	PEER_QUEUE() *q = QUEUE(_case);
	struct bench_slot *s = &r->slots[worker];
	uint64_t next = queue_first(worker);
	ELEMENT element;

	for (; !bench_stopped(r); next++) {
		MAKE(&element, next);
		queue_count(s, next);
		PEER_QUEUE(_put)(q, &element);
	}
	s->puts = next - queue_first(worker);
	if (!queue_last_producer())
		return;
	MAKE(&element, 0);
	for (unsigned i = 0; i < r->consumers; i++)
		PEER_QUEUE(_put)(q, &element);
}

static void
QUEUE(_get_all)(struct bench_run *r, unsigned worker)
{
	PEER_QUEUE() *q = QUEUE(_case);
	struct bench_slot *s = &r->slots[worker];
	uint64_t value, got = 0;
	ELEMENT element;

	for (;; got++) {
		PEER_QUEUE(_get)(q, &element);
		value = VALUE(&element);
		if (value == 0)
			break;
		queue_count(s, value);
	}
	s->ops = got;
}

static void
QUEUE(_work)(struct bench_run *r, unsigned worker)
{
	if (worker < r->producers)
		QUEUE(_put_all)(r, worker);
	else
		QUEUE(_get_all)(r, worker);
}

#if QUEUE_ONE
static void
QUEUE(_setup_one)(struct bench_run *r)
{
	r->workers = 1;
	QUEUE(_case) = PEER_QUEUE(_new)(r, r->capacity);
}

/* Put one, get one. */
static void
QUEUE(_work_one)(struct bench_run *r, unsigned worker)
{
	PEER_QUEUE() *q = QUEUE(_case);
	uint64_t n = 0, wrong = 0;
	ELEMENT element;

	while (n % BENCH_BATCH != 0 || !bench_stopped(r)) {
		MAKE(&element, ++n);
		PEER_QUEUE(_put)(q, &element);
		PEER_QUEUE(_get)(q, &element);
		wrong |= n ^ VALUE(&element);
	}
	if (wrong != 0)
		bench_wrong(r);
	r->slots[worker].ops = n;
}

static void
QUEUE(_finish_one)(struct bench_run *r)
{
	(void)r;
	PEER_QUEUE(_delete)(QUEUE(_case));
}
#endif

#undef QUEUE
#undef PEER_QUEUE
#undef MAKE
#undef VALUE
#undef ELEMENT
#undef QUEUE_ONE
