/* SPDX-License-Identifier: MIT */
/*
 * The threads.  Workers sleep at a gate until all have come.
 */
#include <config.h>

#include <pthread.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#endif

#include "driver.h"

#define STACK ((size_t)256 * 1024)

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* arrived or open */
	unsigned arrived;
	bool open;
};

static struct gate gate
    = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false };

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

	if (w->options->pinned)
		pin(w->number);
	pass_gate();
	w->options->it->work(w->run, w->number);
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

void
driver_start_workers(struct worker *workers, const struct driver_options *o,
    struct bench_run *r)
{
	gate.arrived = 0;
	gate.open = false;
	for (unsigned i = 0; i < r->workers; i++) {
		workers[i].options = o;
		workers[i].run = r;
		workers[i].number = i;
		start(&workers[i].thread, worker_main, &workers[i]);
	}
	pthread_mutex_lock(&gate.lock);
	while (gate.arrived < r->workers)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

void
driver_open_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = true;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

void
driver_start_idle(void)
{
	pthread_t second;

	start(&second, idle_main, NULL);
}
