/* SPDX-License-Identifier: MIT */
/*
 * Threads of POSIX and of C11.  A pthread_t is the thread's number in the
 * machine plus one.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "it holds a number");

/* The function and argument of each thread. */
static struct start {
	void *(*fn)(void *);
	thrd_start_t c11; /* if not null, used instead of fn */
	void *arg;
	char name[16];
} starts[SIM_THREADS];

static void *
run_c11(void *arg)
{
	const struct start *s = arg;

	return (void *)(intptr_t)s->c11(s->arg);
}

static void *
run(void *arg)
{
	struct start *s = arg;

	return s->c11 != NULL ? posix_main(run_c11, s)
			      : posix_main(s->fn, s->arg);
}

static int
create(pthread_t *thread, const struct start *start)
{
	struct plat_thread_options o = { "", 0, false };
	unsigned number = m.nthreads; /* probably of the new thread */
	struct start *s = &starts[number < SIM_THREADS ? number : 0];
	uint64_t handle;
	int err = plat_thread_start(&handle, run, s, &o);

	if (err != 0)
		return err;
	/* Not that number if the start was a step and others came before. */
	s = &starts[handle - 1];
	m.threads[handle - 1].arg = s;
	*s = *start;
	posix_threads[handle - 1] = (struct posix_thread) { .disabled = false };
	*thread = (pthread_t)handle;
	return 0;
}

int
inner_pthread_create(pthread_t *restrict thread,
    const pthread_attr_t *restrict attr, void *(*fn)(void *),
    void *restrict arg)
{
	const struct start start = { .fn = fn, .arg = arg };
	int detached = PTHREAD_CREATE_JOINABLE;
	int err = create(thread, &start);

	if (err != 0)
		return err;
	if (attr != NULL)
		(void)pthread_attr_getdetachstate(attr, &detached);
	if (detached == PTHREAD_CREATE_DETACHED)
		return inner_pthread_detach(*thread);
	return 0;
}

static struct sim_thread *
thread_of(pthread_t thread)
{
	uintptr_t handle = (uintptr_t)thread;

	if (handle == 0 || handle > m.nthreads)
		posix_misuse("there is no thread of that number, %llu",
		    (unsigned long long)handle);
	return &m.threads[handle - 1];
}

static struct posix_thread *
posix_of(const struct sim_thread *t)
{
	return &posix_threads[t - m.threads];
}

/* Misuse if the thread was already joined or detached. */
static void
check_asked(const struct sim_thread *t)
{
	if (t->detached)
		posix_misuse("thread %u is joined or detached, and was detached"
		    " before", (unsigned)(t - m.threads));
	if (posix_of(t)->asked)
		posix_misuse("thread %u is joined or detached, and was joined"
		    " before", (unsigned)(t - m.threads));
}

/*
 * Wait for the end of a thread; returns 0, ETIMEDOUT or ECANCELED.  Without a
 * deadline that is a step of its own, so that it may be postponed until the
 * thread has ended: see gates.c.
 */
static int
await_end(struct sim_thread *other, sync_time deadline)
{
	struct sim_thread *t = sim_me();

	t->joins = (unsigned)(other - m.threads);
	t->deadline = deadline;
	if (deadline == SYNC_NEVER) {
		sim_point(SIM_JOIN, NULL, t->op.site);
		posix_test();
	}
	sim_touch(other, false);
	if (other->state == SIM_DONE)
		return 0;
	if (deadline != SYNC_NEVER)
		sim_touch(&m.now, false);
	if (deadline <= m.now)
		return ETIMEDOUT;
	t->word = NULL;
	posix_me()->listens = !posix_me()->disabled;
	sim_block(t);
	posix_me()->listens = false;
	return other->state == SIM_DONE ? 0 : t->result;
}

static int
join(pthread_t thread, void **value, sync_time deadline)
{
	struct sim_thread *other = thread_of(thread);
	int err;

	posix_test();
	if (other == sim_me())
		return EDEADLK;
	check_asked(other);
	err = await_end(other, deadline);
	if (err == ECANCELED)
		posix_test();
	if (err != 0)
		return err;
	check_asked(other); /* another thread may have joined it meanwhile */
	posix_of(other)->asked = true;
	clock_join(&sim_me()->clock, &other->clock);
	announce_acquire(posix_of(other));
	if (value != NULL)
		*value = other->value;
	return 0;
}

int
inner_pthread_join(pthread_t thread, void **value)
{
	return join(thread, value, SYNC_NEVER);
}

int
inner_pthread_tryjoin_np(pthread_t thread, void **value)
{
	sim_touch(thread_of(thread), false);
	if (thread_of(thread)->state != SIM_DONE)
		return EBUSY;
	return join(thread, value, SYNC_NEVER);
}

int
inner_pthread_clockjoin_np(pthread_t thread, void **value, clockid_t clock,
    const struct timespec *deadline)
{
	sync_time until;
	int err = posix_deadline(clock, deadline, &until);

	return err != 0 ? err : join(thread, value, until);
}

int
inner_pthread_timedjoin_np(
    pthread_t thread, void **value, const struct timespec *deadline)
{
	return inner_pthread_clockjoin_np(
	    thread, value, CLOCK_REALTIME, deadline);
}

int
inner_pthread_detach(pthread_t thread)
{
	struct sim_thread *t = thread_of(thread);

	check_asked(t);
	sim_touch(t, true);
	t->detached = true;
	return 0;
}

pthread_t
inner_pthread_self(void)
{
	return (pthread_t)(m.current + 1);
}

int
inner_pthread_setname_np(pthread_t thread, const char *name)
{
	struct sim_thread *t = thread_of(thread);
	char *own = starts[t - m.threads].name;

	if (strlen(name) >= sizeof(starts[0].name))
		return ERANGE;
	(void)memcpy(own, name, strlen(name) + 1);
	t->name = own;
	return 0;
}

int
inner_pthread_getname_np(pthread_t thread, char *name, size_t size)
{
	const char *own = thread_of(thread)->name;

	if (strlen(own) >= size)
		return ERANGE;
	(void)memcpy(name, own, strlen(own) + 1);
	return 0;
}

int
inner_thrd_create(thrd_t *thread, thrd_start_t fn, void *arg)
{
	const struct start start = { .c11 = fn, .arg = arg };
	int err = create(thread, &start);

	return err == 0 ? thrd_success : err == ENOMEM ? thrd_nomem
						       : thrd_error;
}

int
inner_thrd_join(thrd_t thread, int *result)
{
	void *value;

	if (join(thread, &value, SYNC_NEVER) != 0)
		return thrd_error;
	if (result != NULL)
		*result = (int)(intptr_t)value;
	return thrd_success;
}

int
inner_thrd_detach(thrd_t thread)
{
	return inner_pthread_detach(thread) == 0 ? thrd_success : thrd_error;
}

thrd_t
inner_thrd_current(void)
{
	return (thrd_t)(m.current + 1);
}

void
inner_thrd_exit(int result)
{
	posix_exit((void *)(intptr_t)result);
}
