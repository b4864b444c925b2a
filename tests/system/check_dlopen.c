/* SPDX-License-Identifier: MIT */
/*
 * The shared library can be loaded, used and closed again and again.  Threads
 * of its own that it leaves behind (a detached one, or one that is just ending)
 * do not run into unmapped code.  The same holds for a plugin that has the
 * library inside.  This program uses only the headers.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "copies_plugin.h"

#define SKIP  77
#define TIMES 50

static int failures;

static void *
find(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (p == NULL) {
		(void)fprintf(stderr, "no %s\n", name);
		failures++;
	}
	return p;
}

/* ISO C has no cast from void * to a function pointer, so copy the bits. */
#define FIND(lib, name)                                                        \
	do {                                                                   \
		void *p_ = find(lib, #name);                                   \
		memcpy(&use.name, &p_, sizeof(p_));                            \
	} while (0)
#define WRONG(call)                                                            \
	((call) != 0                                                           \
	    && (failures++, (void)fprintf(stderr, "failed: %s\n", #call), 1))

static struct {
	__typeof__(&sync_queue_init) sync_queue_init;
	__typeof__(&sync_queue_put) sync_queue_put;
	__typeof__(&sync_queue_get) sync_queue_get;
	__typeof__(&sync_queue_destroy) sync_queue_destroy;
	__typeof__(&sync_timer_thread_init) sync_timer_thread_init;
	__typeof__(&sync_timer_thread_stop) sync_timer_thread_stop;
	__typeof__(&sync_timer_init) sync_timer_init;
	__typeof__(&sync_timer_arm) sync_timer_arm;
} use;

static struct sync_queue q;

static void
puts_one(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int one = 1;

	(void)t, (void)tick, (void)arg;
	(void)use.sync_queue_put(&q, &one);
}

static void
use_once(void)
{
	struct sync_timer_thread tt;
	struct sync_timer t;
	int got = 0;

	if (WRONG(use.sync_queue_init(&q, SYNC_FIFO, sizeof(int), 4))
	    || WRONG(use.sync_timer_thread_init(&tt, NULL))
	    || WRONG(use.sync_timer_init(&t, &tt, puts_one, NULL))
	    || WRONG(use.sync_timer_arm(&t, 0))
	    || WRONG(use.sync_queue_get(&q, &got))
	    || WRONG(use.sync_timer_thread_stop(&tt))
	    || WRONG(use.sync_queue_destroy(&q)) || WRONG(got != 1))
		return;
}

/*
 * A plugin that has the library inside is unloaded while a thread that used it
 * runs; then the thread ends.
 */
struct user {
	const struct copies_plugin *plugin;
	pthread_barrier_t meet; /* when it was used; and unloaded */
};

static void *
uses(void *arg)
{
	static struct sync_rwlock l;
	struct user *u = arg;

	if (WRONG(u->plugin->rwlock_rdlock(&l))
	    || WRONG(u->plugin->rwlock_unlock(&l)))
		failures++;
	(void)pthread_barrier_wait(&u->meet);
	(void)pthread_barrier_wait(&u->meet);
	return NULL;
}

static void
unload_beside_a_thread(void)
{
	void *lib = dlopen("./.libs/plugin_static.so", RTLD_NOW);
	struct user u;
	pthread_t t;

	if (lib == NULL)
		return; /* not built on this platform */
	u.plugin = find(lib, "copies_plugin");
	(void)pthread_barrier_init(&u.meet, NULL, 2);
	if (WRONG(pthread_create(&t, NULL, uses, &u)))
		return;
	(void)pthread_barrier_wait(&u.meet);
	(void)WRONG(dlclose(lib));
	(void)pthread_barrier_wait(&u.meet);
	(void)WRONG(pthread_join(t, NULL));
	(void)pthread_barrier_destroy(&u.meet);
}

int
main(void)
{
	int i;

#ifdef UNLOADED
	(void)printf("skipped: this linker cannot keep a library loaded\n");
	return SKIP;
#endif
	for (i = 0; i < TIMES && failures == 0; i++)
		unload_beside_a_thread();

	for (i = 0; i < TIMES && failures == 0; i++) {
		void *lib = dlopen("./.libs/libsync.so.0", RTLD_NOW);

		if (lib == NULL) {
			(void)fprintf(stderr, "%s\n", dlerror());
			return SKIP;
		}
		FIND(lib, sync_queue_init);
		FIND(lib, sync_queue_put);
		FIND(lib, sync_queue_get);
		FIND(lib, sync_queue_destroy);
		FIND(lib, sync_timer_thread_init);
		FIND(lib, sync_timer_thread_stop);
		FIND(lib, sync_timer_init);
		FIND(lib, sync_timer_arm);
		if (failures == 0)
			use_once();
		if (dlclose(lib) != 0)
			failures++;
	}
	return failures == 0 ? 0 : 1;
}
