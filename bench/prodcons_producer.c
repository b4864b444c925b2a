/* SPDX-License-Identifier: MIT */
/*
 * A producer: it puts its share of the items, in batches.
 *
 * With a fault, the first items of producer 0 are changed on their way into the
 * queue.  order: the producer holds back one more of them than there are
 * consumers, and then puts them in reverse order.  Some consumer gets two of
 * them, in the wrong order.
 */
#include <config.h>

#include <string.h>

#include "prodcons_items.h"

static void
write_item(const struct producer *p, size_t number, unsigned char *element)
{
	const struct run *r = p->run;
	struct item i = {
		.key = item_key(r, p->index, number),
		.producer = p->index,
		.number = (uint32_t)number,
	};

	if (r->text != NULL) {
		const struct line *l
		    = &r->text->lines[item_id(r, p->index, number)];

		i.text = l->start;
		i.length = l->length;
	}
	element_write(r->o, element, &i);
}

/*
 * Put the items that were held back, the last in the place of the first, and so
 * on.
 */
static void
put_reversed(struct producer *p)
{
	struct run *r = p->run;
	size_t size = r->o->element_size;
	struct item i;

	for (size_t place = 0; place < r->faulty; place++) {
		unsigned char *e = p->held + (r->faulty - 1 - place) * size;

		(void)element_read(r->o, e, &i);
		i.key = item_key(r, p->index, place);
		element_write(r->o, e, &i);
		run_put(r, e, 1);
	}
}

static void
put_faulty(struct producer *p, size_t number)
{
	struct run *r = p->run;
	size_t size = r->o->element_size;

	switch (r->o->fault) {
	case FAULT_NONE:
	case FAULT_LOSE:
		return;
	case FAULT_DOUBLE:
		run_put(r, p->batch, 1);
		run_put(r, p->batch, 1);
		return;
	case FAULT_ORDER:
		memcpy(p->held + number * size, p->batch, size);
		if (number + 1 == r->faulty)
			put_reversed(p);
	}
}

/* Put n items, starting with this number, with stamps before and after. */
static void
put_items(struct producer *p, size_t number, size_t n)
{
	struct run *r = p->run;
	uint64_t before = p->stamp;

	if (p->index == 0 && number < r->faulty)
		put_faulty(p, number);
	else
		run_put(r, p->batch, n);
	p->stamp = run_stamp(r);
	if (r->lives == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		struct life *l = &r->lives[item_id(r, p->index, number + i)];

		l->put_began = before;
		l->put_ended = p->stamp;
	}
}

void *
produce(void *arg)
{
	struct producer *p = arg;
	const struct options *o = p->run->o;
	size_t share = item_share(p->run, p->index), n;

	run_ready(p->run);
	p->stamp = run_stamp(p->run);
	for (size_t number = 0; number < share; number += n) {
		n = share - number < o->batch ? share - number : o->batch;
		if (p->index == 0 && number < p->run->faulty)
			n = 1;
		for (size_t i = 0; i < n; i++)
			write_item(
			    p, number + i, p->batch + i * o->element_size);
		put_items(p, number, n);
	}
	return NULL;
}
