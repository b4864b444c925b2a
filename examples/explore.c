/* SPDX-License-Identifier: MIT */
/*
 * Lesson: the schedule explorer finds bugs in a bounded buffer whose tests pass
 * all year.  Of its three versions, `if' has an if where it needs a while,
 * `signal' has one condition for putters and getters, and `fixed' is correct.
 *
 *	explore		explore all three, and print the result of each
 *	explore NAME	explore that one, and print the schedule if one fails
 *
 * Linked with -lsync-sim in place of -lsync; libsync-explore(7) tells the story.
 */
#include <libsync.h>
#include <libsync/explore.h>

#define ROOM 1

struct buffer {
	const struct version *version;
	struct sync_mutex lock;
	struct sync_cond not_full, not_empty;
	int items[ROOM], n; /* under lock */
};

static struct version {
	const char *name;
	bool looks_again, two_conditions;
} versions[] = {
	{ "if", false, false },
	{ "signal", true, false },
	{ "fixed", true, true },
};
#define VERSIONS (sizeof(versions) / sizeof(versions[0]))

/* Where getters sleep, and putters signal. */
static struct sync_cond *
of_getters(struct buffer *b)
{
	return b->version->two_conditions ? &b->not_empty : &b->not_full;
}

static void sleep_while_full(struct buffer *b) SYNC_REQUIRES(b->lock);
static void sleep_while_empty(struct buffer *b) SYNC_REQUIRES(b->lock);

static void
sleep_while_full(struct buffer *b)
{
	while (b->n == ROOM) {
		SYNC_OK(sync_cond_wait(&b->not_full, &b->lock));
		if (!b->version->looks_again)
			break;
	}
	SYNC_ASSERT(b->n < ROOM);
}

static void
sleep_while_empty(struct buffer *b)
{
	while (b->n == 0) {
		SYNC_OK(sync_cond_wait(of_getters(b), &b->lock));
		if (!b->version->looks_again)
			break;
	}
	SYNC_ASSERT(b->n > 0);
}

static void
buffer_put(struct buffer *b, int item)
{
	SYNC_OK(sync_mutex_lock(&b->lock));
	sleep_while_full(b);
	b->items[b->n++] = item;
	SYNC_OK(sync_cond_signal(of_getters(b)));
	SYNC_OK(sync_mutex_unlock(&b->lock));
}

static int
buffer_get(struct buffer *b)
{
	int item;

	SYNC_OK(sync_mutex_lock(&b->lock));
	sleep_while_empty(b);
	item = b->items[--b->n];
	SYNC_OK(sync_cond_signal(&b->not_full));
	SYNC_OK(sync_mutex_unlock(&b->lock));
	return item;
}

struct getter {
	struct buffer *buffer;
	int got;
};

static void *
get_one(void *arg)
{
	struct getter *g = arg;

	g->got = buffer_get(g->buffer);
	return NULL;
}

/* Run once for each schedule, so it makes anew all that it uses. */
static void
two_put_two_get(void *version)
{
	struct buffer b = { version, SYNC_MUTEX_INIT, SYNC_COND_INIT,
		SYNC_COND_INIT, { 0 }, 0 };
	struct getter g[2] = { { &b, 0 }, { &b, 0 } };
	struct sync_thread t[2];

	sync_explore_name(&b.lock, "lock");
	sync_explore_name(&b.not_full, "not_full");
	sync_explore_name(&b.not_empty, "not_empty"); /* if it is used */
	for (int i = 0; i < 2; i++)
		SYNC_OK(sync_thread_start(&t[i], get_one, &g[i], NULL));
	buffer_put(&b, 1);
	buffer_put(&b, 2);
	for (int i = 0; i < 2; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
	SYNC_ASSERT(g[0].got + g[1].got == 3);
}

/* Whether it came out as it must: all but the last version fail. */
static bool
explore(struct version *v, unsigned flags)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	int err;

	o.name = v->name;
	o.search = SYNC_EXPLORE_BOUNDED; /* to 2 preemptions, however long */
	o.nanoseconds = 0;
	o.flags = flags;
	err = sync_explore(two_put_two_get, v, &o, &r);
	if (err == EPROTO)
		printf("%s: fails: %s\n", v->name, r.what);
	else if (err == 0)
		printf("%s: all schedules with at most %d preemptions pass\n",
		    v->name, (int)r.bound);
	return err == (v->two_conditions ? 0 : EPROTO);
}

int
main(int argc, char **argv)
{
	bool good = true;

	for (size_t i = 0; i < VERSIONS; i++)
		if (argc < 2)
			good &= explore(&versions[i], SYNC_EXPLORE_QUIET);
		else if (strcmp(argv[1], versions[i].name) == 0)
			good &= explore(&versions[i], SYNC_EXPLORE_VERBOSE);
	return good ? 0 : 1;
}
