/* SPDX-License-Identifier: MIT */
/*
 * Two copies of the library in a process share objects.  One is linked into
 * this program.  The other comes with a plugin that was linked with the shared
 * library or has a copy inside.  The plugin is loaded before or after the
 * process forks.
 *
 * Each test runs in a child, which loads one plugin once.
 */
#include <dlfcn.h>
#include <pthread.h>

#include "fork_support.h"

#include "copies_plugin.h"

static const char *const plugins[] = { "./.libs/plugin_shared.so",
	"./.libs/plugin_static.so" };
#define PLUGINS 2

static const struct copies_plugin *p;
static const char *path;

static void
load(void)
{
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (lib == NULL)
		(void)fprintf(stderr, "%s\n", dlerror());
	need(lib != NULL);
	p = dlsym(lib, "copies_plugin");
	need(p != NULL && p->mutex_lock != sync_mutex_lock);
}

/* Forks twice; the last child makes the call. */
static void (*last)(void);

static void
last_child(void)
{
	in_fork(last);
}

static void
after_forks(void (*fn)(void))
{
	last = fn;
	in_fork(fn);
	in_fork(last_child);
}

/* One copy unlocks what the other locked, and both know the holder. */
static void
agree_on_holders(void)
{
	need(sync_mutex_lock(&mutex) == 0);
	need(p->mutex_held(&mutex));
	need(p->mutex_lock(&mutex) == EDEADLK);
	need(p->mutex_unlock(&mutex) == 0);
	need(p->mutex_lock(&mutex) == 0);
	need(sync_mutex_held(&mutex));
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_rwlock_rdlock(&rwlock) == 0);
	need(p->rwlock_rdlock(&rwlock) == 0);
	need(p->rwlock_unlock(&rwlock) == 0);
	need(p->rwlock_unlock(&rwlock) == 0);
	need(p->rwlock_unlock(&rwlock) == EPERM);
	need(p->rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(p->thread_current() == sync_thread_current());
}

static bool ready;

static void *
waits(void *arg)
{
	agree_on_holders();
	need(sync_mutex_lock(&mutex) == 0);
	while (!ready)
		need(sync_cond_wait(&cond, &mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	return arg;
}

static void
wake_a_waiter(void)
{
	struct spawned *s;
	int one = 1;

	ready = false;
	s = spawn(waits, NULL);
	until_asleep(s);
	need(p->mutex_lock(&mutex) == 0);
	ready = true;
	need(p->cond_signal(&cond) == 0);
	need(p->mutex_unlock(&mutex) == 0);
	(void)finish(s);
	need(sync_queue_init(&queue, SYNC_FIFO, sizeof(int), 4) == 0);
	need(p->queue_put(&queue, &one) == 0);
	need(sync_queue_tryget(&queue, &one) == 0);
	need(sync_queue_destroy(&queue) == 0);
}

static void
work_together(void)
{
	if (p == NULL)
		load();
	agree_on_holders();
	wake_a_waiter();
}

static void
loads_and_forks(void)
{
	load();
	work_together();
	after_forks(work_together);
}

START_TEST(copies_that_were_loaded_before_a_fork_work_together)
{
	fork_begin();
	path = plugins[_i];
	in_fork(loads_and_forks);
}
END_TEST

START_TEST(copy_that_is_loaded_after_a_fork_works_with_others)
{
	fork_begin();
	path = plugins[_i];
	after_forks(work_together);
}
END_TEST

/* Locks that were held at the fork, seen by the other copy. */

static struct sync_mutex lost;
static struct sync_rwlock written;

static void
plugin_sees_what_fork_left(void)
{
	if (p == NULL)
		load();
	need(p->mutex_lock(&lost) == ENOTRECOVERABLE);
	need(p->mutex_unlock(&lost) == EPERM);
	need(p->mutex_trylock(&mutex) == EBUSY);
	need(p->mutex_held(&mutex));
	need(p->mutex_unlock(&mutex) == 0);
	need(p->rwlock_trywrlock(&rwlock) == EBUSY);
	need(p->rwlock_unlock(&rwlock) == 0);
	need(p->rwlock_unlock(&written) == 0);
	need(p->event_destroy(&let_go) == 0);
	need(sync_mutex_trylock(&mutex) == 0);
	need(sync_rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_trywrlock(&written) == 0);
}

static void *
holds(void *arg)
{
	ok(sync_mutex_lock(&lost));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	return arg;
}

/* This thread has not called the plugin, and the plugin does not know it. */
static void
holds_and_forks(bool loads)
{
	struct spawned *s;

	fork_begin();
	if (loads)
		load();
	s = spawn(holds, NULL);
	ok(sync_event_wait(&event));
	until_asleep(s);
	ok(sync_mutex_lock(&mutex));
	ok(sync_rwlock_rdlock(&rwlock));
	ok(sync_rwlock_wrlock(&written));
	in_fork(plugin_sees_what_fork_left);
	last = plugin_sees_what_fork_left;
	in_fork(last_child);
	ok(sync_event_set(&let_go));
	(void)finish(s);
}

START_TEST(copy_that_was_loaded_before_knows_what_fork_left)
{
	path = plugins[_i];
	holds_and_forks(true);
}
END_TEST

START_TEST(copy_that_is_loaded_later_knows_what_fork_left)
{
	path = plugins[_i];
	holds_and_forks(false);
}
END_TEST

int
main(void)
{
	Suite *s;
	TCase *tc;
	int i;

	if (fork_skips() != 0 || !fork_is_safe)
		return SKIP;
	for (i = 0; i < PLUGINS; i++)
		if (access(plugins[i], R_OK) != 0)
			return SKIP; /* no shared objects are built */
	s = suite_create("copies");
	tc = add_case(s, "copies");
	tcase_add_loop_test(tc,
	    copies_that_were_loaded_before_a_fork_work_together, 0, PLUGINS);
	tcase_add_loop_test(tc,
	    copy_that_is_loaded_after_a_fork_works_with_others, 0, PLUGINS);
	tcase_add_loop_test(tc,
	    copy_that_was_loaded_before_knows_what_fork_left, 0, PLUGINS);
	tcase_add_loop_test(
	    tc, copy_that_is_loaded_later_knows_what_fork_left, 0, PLUGINS);
	return run_suite(s);
}
