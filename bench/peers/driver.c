/* SPDX-License-Identifier: MIT */
/*
 * The main program of each peer; see peer.h.
 *
 * One process measures one system once.  The second thread exists before the
 * clock runs, and stays: C libraries omit atomics and wakes while there is only
 * one thread.  Workers sleep at a gate until all have come; the run lasts from
 * the opening of the gate until the last worker ends.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#endif

#include "peer.h"

#define SECOND_NS INT64_C(1000000000)
#define STACK     ((size_t)256 * 1024)
#define SETTLE_NS (SECOND_NS / 5) /* for threads that go to sleep */
#define WARM_UP   8               /* part of the time that is spent first */
#define LONGER    1024            /* times the time, at most */

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* arrived or open */
	unsigned arrived;
	bool open;
};

struct worker {
	pthread_t thread;
	struct bench_run *run;
	unsigned number;
};

struct usage {
	int64_t cpu;
	long voluntary, involuntary;
};

struct measured {
	int64_t wall;
	struct usage used;
	uint64_t ops;
};

static const struct bench_case *the_case;
static struct gate gate
    = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false };
static bool pinned;
static int64_t time_ns = 100000000;

/* What cases call */

void
bench_fail(const char *what)
{
	(void)fprintf(stderr, "%s: %s failed\n", bench_system, what);
	_Exit(2);
}

void *
bench_alloc(size_t size)
{
	size_t lines = (size + BENCH_LINE - 1) / BENCH_LINE;
	void *memory = aligned_alloc(BENCH_LINE, lines * BENCH_LINE);

	if (memory == NULL)
		bench_fail("memory allocation");
	return memset(memory, 0, lines * BENCH_LINE);
}

void
bench_free(void *memory)
{
	free(memory);
}

void
bench_spin(uint64_t rounds)
{
	/* The empty statement keeps the loop, about one cycle a round. */
	for (; rounds > 0; rounds--)
		__asm__ volatile("" : "+r"(rounds));
}

void
bench_sleep_until(int64_t when)
{
	const struct timespec t
	    = { (time_t)(when / SECOND_NS), (long)(when % SECOND_NS) };
#ifdef PR_SET_TIMERSLACK
	static _Thread_local bool exact;

	if (!exact)
		(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	exact = true;
#endif
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}

/* Threads */

static void
pin(unsigned number)
{
#ifdef __linux__
	cpu_set_t may, one;
	unsigned n;

	if (sched_getaffinity(0, sizeof(may), &may) != 0)
		return;
	n = number % (unsigned)CPU_COUNT(&may);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &may) || n-- != 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		(void)sched_setaffinity(0, sizeof(one), &one);
		return;
	}
#else
	(void)number;
#endif
}

static void
pass_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.arrived++;
	pthread_cond_broadcast(&gate.changed);
	while (!gate.open)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;

	if (pinned)
		pin(w->number);
	pass_gate();
	the_case->work(w->run, w->number);
	w->run->slots[w->number].ended = (uint64_t)bench_now();
	return NULL;
}

static void *
idle_main(void *arg)
{
	(void)arg;
	for (;;)
		(void)pause();
	return NULL;
}

static void
start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;

	if (pthread_attr_init(&attr) != 0
	    || pthread_attr_setstacksize(&attr, STACK) != 0
	    || pthread_create(thread, &attr, fn, arg) != 0)
		bench_fail("thread creation");
	(void)pthread_attr_destroy(&attr);
}

static void
start_workers(struct worker *workers, struct bench_run *r)
{
	gate.arrived = 0;
	gate.open = false;
	for (unsigned i = 0; i < r->workers; i++) {
		workers[i].run = r;
		workers[i].number = i;
		start(&workers[i].thread, worker_main, &workers[i]);
	}
	pthread_mutex_lock(&gate.lock);
	while (gate.arrived < r->workers)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static void
open_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = true;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

/* Measuring */

static int64_t
ns(const struct timeval *t)
{
	return (int64_t)t->tv_sec * SECOND_NS + (int64_t)t->tv_usec * 1000;
}

static struct usage
usage(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (struct usage) { ns(&u.ru_utime) + ns(&u.ru_stime), u.ru_nvcsw,
		u.ru_nivcsw };
}

static void
used_since(struct usage *u, const struct usage *before)
{
	const struct usage now = usage();

	u->cpu = now.cpu - before->cpu;
	u->voluntary = now.voluntary - before->voluntary;
	u->involuntary = now.involuntary - before->involuntary;
}

static void
stop_workers(struct bench_run *r)
{
	__atomic_store_n(&r->stop, 1, __ATOMIC_SEQ_CST);
	if (the_case->release != NULL)
		the_case->release(r);
}

static void
collect(struct bench_run *r, struct measured *m)
{
	uint64_t last = 0, ops = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		if (r->slots[i].ended > last)
			last = r->slots[i].ended;
		ops += r->slots[i].ops;
	}
	m->wall = (int64_t)last - r->begun;
	m->ops = the_case->kind == BENCH_TIMED ? ops : r->ops;
}

/* From the opening of the gate until the last has ended. */
static void
run_open(struct bench_run *r, struct worker *workers, struct measured *m)
{
	const struct usage before = usage();

	r->begun = bench_now();
	open_gate();
	if (the_case->kind == BENCH_TIMED) {
		bench_sleep_until(r->begun + time_ns);
		stop_workers(r);
	}
	for (unsigned i = 0; i < r->workers; i++)
		pthread_join(workers[i].thread, NULL);
	used_since(&m->used, &before);
	collect(r, m);
}

/* From when they sleep until they are released. */
static void
run_asleep(struct bench_run *r, struct worker *workers, struct measured *m)
{
	struct usage before;

	open_gate();
	bench_sleep_until(bench_now() + SETTLE_NS);
	before = usage();
	r->begun = bench_now();
	bench_sleep_until(r->begun + time_ns);
	used_since(&m->used, &before);
	m->wall = bench_now() - r->begun;
	m->ops = 1;
	stop_workers(r);
	for (unsigned i = 0; i < r->workers; i++)
		pthread_join(workers[i].thread, NULL);
}

/* One run of this many operations; finish frees what setup made. */
static struct measured
run_once(struct bench_run *r, uint64_t ops)
{
	struct worker *workers;
	struct measured m;

	r->ops = ops;
	r->stop = 0;
	free(r->latencies);
	free(r->slots);
	r->latencies = NULL;
	the_case->setup(r);
	r->slots = bench_alloc(r->workers * sizeof(*r->slots));
	workers = bench_alloc(r->workers * sizeof(*workers));
	start_workers(workers, r);
	if (the_case->kind == BENCH_ASLEEP)
		run_asleep(r, workers, &m);
	else
		run_open(r, workers, &m);
	the_case->finish(r);
	free(workers);
	return m;
}

static struct measured
measure(struct bench_run *r)
{
	const int64_t wanted = time_ns;
	uint64_t ops = 0;
	struct measured m;

	if (the_case->kind == BENCH_TIMED) {
		time_ns = wanted / WARM_UP;
		(void)run_once(r, 0);
		time_ns = wanted;
		/*
		 * On a busy machine it may be that no thread had a turn: then
		 * run longer.
		 */
		do {
			m = run_once(r, 0);
			time_ns *= 4;
		} while (m.ops == 0 && time_ns < wanted * LONGER);
		return m;
	}
	if (the_case->kind == BENCH_PACED) {
		ops = (uint64_t)wanted / r->gap_ns;
		ops = ops > 0 ? ops : 1;
	}
	return run_once(r, ops);
}

/* Printing */

static void
print_text(const char *name, const char *value)
{
	(void)printf("\"%s\": \"%s\", ", name, value);
}

static int
print_list(void)
{
	const char *comma = "";

	(void)printf("{");
	print_text("system", bench_system);
	print_text("version", bench_version);
	print_text("traits", bench_traits);
#ifdef BENCH_PLATFORM
	print_text("platform", BENCH_PLATFORM);
#endif
#ifdef __VERSION__
	print_text("compiler",
#ifndef __clang__
	    "gcc "
#endif
	    __VERSION__);
#endif
	(void)printf("\"cases\": [");
	for (const struct bench_case *c = bench_cases; c->name != NULL; c++) {
		(void)printf("%s\"%s\"", comma, c->name);
		comma = ", ";
	}
	(void)printf("]}\n");
	return 0;
}

/*
 * From the slots: the threads with the least and the most, and the longest
 * wait.
 */
static void
print_slots(const struct bench_run *r)
{
	uint64_t least = UINT64_MAX, most = 0, longest = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		const struct bench_slot *s = &r->slots[i];

		least = s->ops < least ? s->ops : least;
		most = s->ops > most ? s->ops : most;
		longest = s->longest > longest ? s->longest : longest;
	}
	(void)printf("\"least\": %" PRIu64 ", \"most\": %" PRIu64
		     ", \"longest\": %" PRIu64 ", ",
	    least, most, longest);
}

static void
print_latencies(const struct bench_run *r)
{
	const char *comma = "";

	(void)printf("\"latencies\": [");
	for (uint64_t i = 0; i < r->ops; i++) {
		(void)printf("%s%" PRId64, comma, r->latencies[i]);
		comma = ",";
	}
	(void)printf("], ");
}

static int
print_result(const struct bench_run *r, const struct measured *m)
{
	const double ops = (double)(m->ops > 0 ? m->ops : 1);
	const bool right = !r->wrong && m->ops > 0;

	(void)printf("{\"ops\": %" PRIu64 ", \"ns\": %.6g, \"cpu\": %.6g, "
		     "\"voluntary\": %ld, \"involuntary\": %ld, ",
	    m->ops, (double)m->wall / ops, (double)m->used.cpu / ops,
	    m->used.voluntary, m->used.involuntary);
	print_slots(r);
	if (r->latencies != NULL)
		print_latencies(r);
	(void)printf("\"right\": %s}\n", right ? "true" : "false");
	return right ? 0 : 1;
}

/* Rounds of bench_spin in a millisecond, the best of several tries. */
static int
calibrate(void)
{
	const uint64_t rounds = 4000000;
	int64_t best = INT64_MAX, begun, took;

	for (int i = 0; i < 20; i++) {
		begun = bench_now();
		bench_spin(rounds);
		took = bench_now() - begun;
		best = took < best ? took : best;
	}
	(void)printf("{\"rounds_per_ms\": %.0f}\n",
	    (double)rounds * 1e6 / (double)(best > 0 ? best : 1));
	return 0;
}

/* The main loop of another process, which keeps a processor busy. */
static int
burn(void)
{
	const pid_t parent = getppid();

	while (getppid() == parent)
		bench_spin(10000000);
	return 0;
}

/* Options */

static const char usage_text[]
    = "Usage: %s --list | --calibrate | --burn | CASE [OPTION...]\n"
      "Run by peers.py; it measures one case of one system once.\n"
      "Options, all of which take a number: threads producers consumers\n"
      "waiters capacity live inside outside gap time (ns) pin; and variant,\n"
      "which takes a name.\n";

static const struct option options[] = {
	{ "threads", required_argument, NULL, 't' },
	{ "producers", required_argument, NULL, 'p' },
	{ "consumers", required_argument, NULL, 'c' },
	{ "waiters", required_argument, NULL, 'w' },
	{ "capacity", required_argument, NULL, 'C' },
	{ "live", required_argument, NULL, 'l' },
	{ "inside", required_argument, NULL, 'i' },
	{ "outside", required_argument, NULL, 'o' },
	{ "gap", required_argument, NULL, 'g' },
	{ "time", required_argument, NULL, 'T' },
	{ "pin", required_argument, NULL, 'P' },
	{ "variant", required_argument, NULL, 'v' },
	{ "list", no_argument, NULL, 'L' },
	{ "calibrate", no_argument, NULL, 'K' },
	{ "burn", no_argument, NULL, 'B' },
	{ NULL, 0, NULL, 0 },
};

static void
trouble(const char *program)
{
	(void)fprintf(stderr, usage_text, program);
	exit(2);
}

static uint64_t
number(const char *text, const char *program)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (end == text || *end != '\0')
		trouble(program);
	return n;
}

static bool
set_size(struct bench_run *r, int key, uint64_t n)
{
	switch (key) {
	case 't':
		r->threads = (unsigned)n;
		return true;
	case 'p':
		r->producers = (unsigned)n;
		return true;
	case 'c':
		r->consumers = (unsigned)n;
		return true;
	case 'w':
		r->waiters = (unsigned)n;
		return true;
	case 'C':
		r->capacity = (size_t)n;
		return true;
	case 'l':
		r->live = (size_t)n;
		return true;
	default:
		return false;
	}
}

static bool
set_pace(struct bench_run *r, int key, uint64_t n)
{
	switch (key) {
	case 'i':
		r->inside = n;
		return true;
	case 'o':
		r->outside = n;
		return true;
	case 'g':
		r->gap_ns = n;
		return true;
	case 'T':
		time_ns = (int64_t)n;
		return true;
	case 'P':
		pinned = n != 0;
		return true;
	default:
		return false;
	}
}

/* What runs instead of a case, if the option asks for it. */
static void
do_instead(int key)
{
	switch (key) {
	case 'L':
		exit(print_list());
	case 'K':
		exit(calibrate());
	case 'B':
		exit(burn());
	default:
		break;
	}
}

static bool
set_option(struct bench_run *r, int key, const char *program)
{
	uint64_t n;

	if (key == '?')
		return false;
	if (key == 'v') {
		r->variant = optarg;
		return true;
	}
	n = number(optarg, program);
	return set_size(r, key, n) || set_pace(r, key, n);
}

static void
parse(struct bench_run *r, int argc, char **argv)
{
	int key;

	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		do_instead(key);
		if (!set_option(r, key, argv[0]))
			trouble(argv[0]);
	}
	if (optind + 1 != argc || r->threads == 0 || r->producers == 0
	    || r->consumers == 0 || r->waiters == 0 || r->capacity == 0
	    || r->live == 0 || r->gap_ns == 0)
		trouble(argv[0]);
}

int
main(int argc, char **argv)
{
	struct bench_run r = { .threads = 1,
		.producers = 1,
		.consumers = 1,
		.waiters = 1,
		.capacity = 1024,
		.live = 1000,
		.gap_ns = 200000,
		.variant = "" };
	pthread_t second;
	struct measured m;
	int status;

	parse(&r, argc, argv);
	for (the_case = bench_cases; the_case->name != NULL; the_case++)
		if (strcmp(the_case->name, argv[optind]) == 0)
			break;
	if (the_case->name == NULL) {
		(void)fprintf(stderr, "%s has no case '%s'\n", bench_system,
		    argv[optind]);
		return 2;
	}
	start(&second, idle_main, NULL);
	m = measure(&r);
	status = print_result(&r, &m);
	free(r.latencies);
	free(r.slots);
	return status;
}
