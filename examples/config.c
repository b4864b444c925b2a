/* SPDX-License-Identifier: MIT */
/*
 * Lesson: a read-write lock protects data that are read often and written
 * seldom.  Readers share the lock.  A writer holds it alone, so no reader sees
 * half a change.
 *
 *	with lock:                      # Python has only the mutex, with
 *	    host, port = config         # which readers wait for each other
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define READERS  3
#define VERSIONS 20
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_rwlock lock = SYNC_RWLOCK_INIT;
static struct {
	char host[32];
	int port;
	int version;
} config SYNC_GUARDED_BY(lock) = { "host0", 8000, 0 };
static struct sync_latch together = SYNC_LATCH_INIT(READERS);

static int
look(void)
{
	char host[32];
	int version;

	check(sync_rwlock_rdlock(&lock) == 0);
	version = config.version;
	(void)snprintf(host, sizeof(host), "host%d", config.port - 8000);
	for (int i = 0; host[i] != '\0'; i++)
		check(host[i] == config.host[i]);
	check(config.port == 8000 + version);
	check(sync_rwlock_unlock(&lock) == 0);
	return version;
}

static void *
reader(void *unused)
{
	int seen = 0, version;

	/* All read at the same time; a mutex would not let them. */
	check(sync_rwlock_rdlock(&lock) == 0);
	sync_latch_count_down(&together);
	sync_latch_wait(&together);
	check(sync_rwlock_unlock(&lock) == 0);
	while (seen < VERSIONS) {
		version = look();
		check(version >= seen);
		seen = version;
		sync_thread_sleep_until(sync_after_ms(1));
	}
	return unused;
}

static void
change(int version)
{
	check(sync_rwlock_wrlock(&lock) == 0);
	config.version = version;
	sync_thread_sleep_until(sync_after_ms(1)); /* half done */
	config.port = 8000 + version;
	(void)snprintf(config.host, sizeof(config.host), "host%d", version);
	check(sync_rwlock_unlock(&lock) == 0);
}

int
main(void)
{
	struct sync_thread t[READERS];

	for (int i = 0; i < READERS; i++)
		check(sync_thread_start(&t[i], reader, NULL, NULL) == 0);
	/* Not before: a reader that comes while a writer waits stands behind
	   it, and the readers inside wait for that reader. */
	sync_latch_wait(&together);
	for (int version = 1; version <= VERSIONS; version++)
		change(version);
	for (int i = 0; i < READERS; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	printf("%d readers saw version %d, none saw half of one\n", READERS,
	    look());
	return sync_rwlock_destroy(&lock) != 0;
}
