/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait, in turn, in each way that the peer has; included by
 * cases.h.  The main thread holds the mutex, and no thread sets, posts or puts
 * anything until release.
 */
#define ASLEEP_FIFO  (HAS_FIFO && !SINGLE_CONSUMER)
#define ASLEEP_KINDS (HAS_MUTEX + HAS_SEM + HAS_EVENT + ASLEEP_FIFO)

#if ASLEEP_KINDS > 0
static struct {
#if HAS_MUTEX
	peer_mutex *mutex;
#endif
#if HAS_SEM
	peer_sem *sem;
#endif
#if HAS_EVENT
	peer_event *event;
#endif
#if ASLEEP_FIFO
	peer_fifo *fifo;
#endif
} asleep_case;

static void
asleep_setup(struct bench_run *r)
{
	r->workers = r->threads;
#if HAS_MUTEX
	asleep_case.mutex = peer_mutex_new(r);
	peer_mutex_lock(asleep_case.mutex);
#endif
#if HAS_SEM
	asleep_case.sem = peer_sem_new(r, 0);
#endif
#if HAS_EVENT
	asleep_case.event = peer_event_new(r);
#endif
#if ASLEEP_FIFO
	asleep_case.fifo = peer_fifo_new(r, r->workers);
#endif
}

static void
asleep_work(struct bench_run *r, unsigned worker)
{
	unsigned kind = worker % ASLEEP_KINDS;

	(void)r;
	(void)kind;
#if HAS_MUTEX
	if (kind-- == 0) {
		peer_mutex_lock(asleep_case.mutex);
		peer_mutex_unlock(asleep_case.mutex);
		return;
	}
#endif
#if HAS_SEM
	if (kind-- == 0) {
		peer_sem_wait(asleep_case.sem);
		return;
	}
#endif
#if HAS_EVENT
	if (kind-- == 0) {
		peer_event_wait(asleep_case.event);
		return;
	}
#endif
#if ASLEEP_FIFO
	{
		uint64_t element;

		peer_fifo_get(asleep_case.fifo, &element);
	}
#endif
}

static void
asleep_release(struct bench_run *r)
{
	(void)r;
#if HAS_MUTEX
	peer_mutex_unlock(asleep_case.mutex);
#endif
#if HAS_SEM
	for (unsigned i = 0; i < r->workers; i++)
		peer_sem_post(asleep_case.sem);
#endif
#if HAS_EVENT
	peer_event_set(asleep_case.event);
#endif
#if ASLEEP_FIFO
	for (unsigned i = 0; i < r->workers; i++) {
		uint64_t element = i;

		peer_fifo_put(asleep_case.fifo, &element);
	}
#endif
}

static void
asleep_finish(struct bench_run *r)
{
	(void)r;
#if HAS_MUTEX
	peer_mutex_delete(asleep_case.mutex);
#endif
#if HAS_SEM
	peer_sem_delete(asleep_case.sem);
#endif
#if HAS_EVENT
	peer_event_delete(asleep_case.event);
#endif
#if ASLEEP_FIFO
	peer_fifo_delete(asleep_case.fifo);
#endif
}
#endif
