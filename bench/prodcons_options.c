/* SPDX-License-Identifier: MIT */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "prodcons.h"

#define ITEMS_DEFAULT    200000
#define CAPACITY_DEFAULT 64
#define THREADS_MAX      1024
#define BATCH_MAX        65536
#define ELEMENT_MAX      (1u << 20)
#define ITEMS_MAX        1000000000 /* ids must fit in 32 bits in places */

const char *argp_program_version = "bench_prodcons (libsync) " SYNC_VERSION;

enum key {
	KEY_BATCH = 'b',
	KEY_CONSUMERS = 'c',
	KEY_END = 'e',
	KEY_INPUT = 'i',
	KEY_ITEMS = 'n',
	KEY_ORDER = 'o',
	KEY_PRODUCERS = 'p',
	KEY_CAPACITY = 0x1001,
	KEY_ELEMENT_SIZE,
	KEY_TOP,
	KEY_IMPL,
	KEY_SEED,
	KEY_FAULT,
};

static const struct argp_option argp_options[] = {
	{ NULL, 0, NULL, 0, "The queue:", 1 },
	{ "order", KEY_ORDER, "ORDER", 0, "fifo (default), lifo or priority",
	    0 },
	{ "capacity", KEY_CAPACITY, "N", 0,
	    "Elements that the queue holds, or unbounded (64)", 0 },
	{ "element-size", KEY_ELEMENT_SIZE, "BYTES", 0,
	    "Size of an element (the smallest that the proof needs)", 0 },
	{ "impl", KEY_IMPL, "WHICH", 0,
	    "sync (default), or pthread: a queue made of pthread_mutex_t "
	    "and pthread_cond_t",
	    0 },
	{ NULL, 0, NULL, 0, "The work:", 2 },
	{ "producers", KEY_PRODUCERS, "N", 0, "Threads that put (2)", 0 },
	{ "consumers", KEY_CONSUMERS, "N", 0, "Threads that get (2)", 0 },
	{ "items", KEY_ITEMS, "N", 0, "Items in all (200k)", 0 },
	{ "batch", KEY_BATCH, "N", 0, "Items put or got at once (1)", 0 },
	{ "end", KEY_END, "HOW", 0,
	    "How consumers learn of the end: close (default), sentinels or "
	    "join",
	    0 },
	{ "seed", KEY_SEED, "N", 0, "Seed of the random numbers (1)", 0 },
	{ "input", KEY_INPUT, "FILE", 0,
	    "The items are the lines of this file, and consumers count words; "
	    "may be repeated",
	    0 },
	{ "top", KEY_TOP, "N", 0, "Report the N most frequent words (0)", 0 },
	{ "fault", KEY_FAULT, "WHAT", 0,
	    "Test the proofs: lose or double an item, or change the order; "
	    "the exit status must be 1",
	    0 },
	{ 0 },
};

static const char *const orders[] = {
	[SYNC_FIFO] = "fifo",
	[SYNC_LIFO] = "lifo",
	[SYNC_PRIORITY] = "priority",
	NULL,
};
static const char *const ends[] = {
	[END_CLOSE] = "close",
	[END_SENTINELS] = "sentinels",
	[END_JOIN] = "join",
	NULL,
};
static const char *const faults[] = {
	[FAULT_NONE] = "none",
	[FAULT_LOSE] = "lose",
	[FAULT_DOUBLE] = "double",
	[FAULT_ORDER] = "order",
	NULL,
};

const char *
order_name(enum sync_queue_order order)
{
	return orders[order];
}

const char *
end_name(enum end end)
{
	return ends[end];
}

const char *
fault_name(enum fault fault)
{
	return faults[fault];
}

/*
 * The index of the name that equals the text; one clear error line if none
 * does.
 */
static int
choice(struct argp_state *state, const char *option, const char *text,
    const char *const *names)
{
	int i;

	for (i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	argp_error(state, "--%s: '%s' is none of %s, %s, %s%s%s", option, text,
	    names[0], names[1], names[2], names[3] != NULL ? ", " : "",
	    names[3] != NULL ? names[3] : "");
	return 0;
}

static void
add_input(struct options *o, char *name)
{
	char **inputs
	    = realloc(o->inputs, (o->n_inputs + 1) * sizeof(*inputs));

	if (inputs == NULL)
		bench_die("out of memory");
	o->inputs = inputs;
	o->inputs[o->n_inputs++] = name;
}

static error_t
parse_queue(struct options *o, int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case KEY_ORDER:
		o->order = (enum sync_queue_order)choice(
		    state, "order", arg, orders);
		return 0;
	case KEY_CAPACITY:
		o->capacity = strcmp(arg, "unbounded") == 0
		    ? SYNC_UNBOUNDED
		    : (size_t)bench_number(
			state, "capacity", arg, 1, SIZE_MAX - 1);
		return 0;
	case KEY_ELEMENT_SIZE:
		o->element_size = (size_t)bench_number(
		    state, "element-size", arg, 1, ELEMENT_MAX);
		return 0;
	case KEY_IMPL:
		o->impl = queue_impl_find(arg);
		if (o->impl == NULL)
			argp_error(state,
			    "--impl: '%s' is neither sync nor pthread", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t
parse_work(struct options *o, int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case KEY_PRODUCERS:
		o->producers = (unsigned)bench_number(
		    state, "producers", arg, 1, THREADS_MAX);
		return 0;
	case KEY_CONSUMERS:
		o->consumers = (unsigned)bench_number(
		    state, "consumers", arg, 1, THREADS_MAX);
		return 0;
	case KEY_ITEMS:
		o->items = (size_t)bench_number(
		    state, "items", arg, 1, ITEMS_MAX);
		return 0;
	case KEY_BATCH:
		o->batch = (size_t)bench_number(
		    state, "batch", arg, 1, BATCH_MAX);
		return 0;
	case KEY_END:
		o->end = (enum end)choice(state, "end", arg, ends);
		return 0;
	case KEY_SEED:
		o->seed = bench_number(state, "seed", arg, 0, UINT64_MAX);
		return 0;
	case KEY_TOP:
		o->top = (size_t)bench_number(state, "top", arg, 0, 1000);
		return 0;
	case KEY_FAULT:
		o->fault = (enum fault)choice(state, "fault", arg, faults);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Checks that need all options. */
static void
conclude(struct options *o, struct argp_state *state)
{
	bool text = o->n_inputs > 0;

	o->header = text ? sizeof(struct item) : ITEM_BARE;
	if (o->element_size == 0)
		o->element_size = o->header;
	if (o->element_size < o->header)
		argp_error(state,
		    "--element-size: %zu is less than the %zu that the proof "
		    "needs",
		    o->element_size, o->header);
	else if (text && o->items != 0)
		argp_error(state,
		    "--items: with input files the items are their lines");
	else if (!text && o->top > 0)
		argp_error(state, "--top: there are words only with --input");
	else if (o->fault == FAULT_ORDER && o->order == SYNC_LIFO
	    && o->capacity < 2)
		argp_error(state,
		    "--fault order: a capacity of 1 leaves no order to change");
	if (!text && o->items == 0)
		o->items = ITEMS_DEFAULT;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->bench;
		return 0;
	case KEY_INPUT:
	case ARGP_KEY_ARG:
		add_input(o, arg);
		return 0;
	case ARGP_KEY_END:
		conclude(o, state);
		return 0;
	default:
		if (parse_queue(o, key, arg, state) == 0)
			return 0;
		return parse_work(o, key, arg, state);
	}
}

void
options_parse(struct options *o, int argc, char **argv)
{
	static const struct argp_child children[]
	    = { { &bench_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[FILE...]",
		.doc = "Producers put items into one queue and consumers take "
		       "them out.  The program measures the time and proves "
		       "that the queue worked correctly.\v"
		       "Exit status: 0 if all runs were exact, 1 if one was "
		       "not, 2 on an error.",
		.children = children,
	};

	*o = (struct options) {
		.impl = queue_impl_find("sync"),
		.order = SYNC_FIFO,
		.end = END_CLOSE,
		.capacity = CAPACITY_DEFAULT,
		.batch = 1,
		.producers = 2,
		.consumers = 2,
		.seed = 1,
	};
	argp_err_exit_status = BENCH_TROUBLE;
	(void)argp_parse(&argp, argc, argv, 0, NULL, o);
}
