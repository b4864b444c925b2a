/* SPDX-License-Identifier: MIT */
/*
 * Mutexes, recursive mutexes, semaphores; included by cases.h.
 *
 * All threads run until they are stopped, so that none is ever alone with the
 * lock because the others are done.
 */

#if HAS_MUTEX
static struct {
	peer_mutex *mutex;
	struct bench_guarded *guarded;
} lock_case;

static void
mutex_setup(struct bench_run *r)
{
	r->workers = r->threads;
	lock_case.mutex = peer_mutex_new(r);
	lock_case.guarded
	    = (struct bench_guarded *)bench_alloc(sizeof(*lock_case.guarded));
}

static void
mutex_setup_alone(struct bench_run *r)
{
	r->threads = 1;
	mutex_setup(r);
}

static void
mutex_finish_alone(struct bench_run *r)
{
	(void)r;
	peer_mutex_delete(lock_case.mutex);
	bench_free(lock_case.guarded);
}

/* Each turn of each thread must have been counted. */
static void
mutex_finish(struct bench_run *r)
{
	uint64_t turns = 0;

	for (unsigned i = 0; i < r->workers; i++)
		turns += r->slots[i].ops;
	if (turns != lock_case.guarded->count)
		bench_wrong(r);
	mutex_finish_alone(r);
}

static void
mutex_work(struct bench_run *r, unsigned worker)
{
	peer_mutex *m = lock_case.mutex;
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			peer_mutex_lock(m);
			peer_mutex_unlock(m);
		}
	}
	r->slots[worker].ops = turns;
}

#if HAS_TRYLOCK
static void
trylock_work(struct bench_run *r, unsigned worker)
{
	peer_mutex *m = lock_case.mutex;
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			if (!peer_mutex_trylock(m))
				bench_fail("trylock of a free mutex");
			peer_mutex_unlock(m);
		}
	}
	r->slots[worker].ops = turns;
}
#endif

static void
contended_work(struct bench_run *r, unsigned worker)
{
	peer_mutex *m = lock_case.mutex;
	struct bench_guarded *g = lock_case.guarded;
	const uint64_t inside = r->inside, outside = r->outside;
	uint64_t turns = 0;

	while (!bench_stopped(r)) {
		peer_mutex_lock(m);
		bench_spin(inside);
		g->count++;
		peer_mutex_unlock(m);
		bench_spin(outside);
		turns++;
	}
	r->slots[worker].ops = turns;
}

/* The time from one turn of a thread to its next is more than the wait. */
static void
fairness_work(struct bench_run *r, unsigned worker)
{
	peer_mutex *m = lock_case.mutex;
	struct bench_guarded *g = lock_case.guarded;
	const uint64_t inside = r->inside;
	uint64_t turns = 0, longest = 0;
	int64_t last = r->begun, now;

	while (!bench_stopped(r)) {
		peer_mutex_lock(m);
		bench_spin(inside);
		g->count++;
		peer_mutex_unlock(m);
		turns++;
		now = bench_now();
		if ((uint64_t)(now - last) > longest)
			longest = (uint64_t)(now - last);
		last = now;
	}
	r->slots[worker].ops = turns;
	r->slots[worker].longest = longest;
}

/* Tickets: sell from a number that is larger than can be sold in the time. */

#define TICKETS (UINT64_C(1) << 62)

static void
mutex_setup_tickets(struct bench_run *r)
{
	mutex_setup(r);
	lock_case.guarded->count = TICKETS;
}

static void
tickets_work(struct bench_run *r, unsigned worker)
{
	peer_mutex *m = lock_case.mutex;
	struct bench_guarded *g = lock_case.guarded;
	uint64_t sold = 0;

	while (!bench_stopped(r)) {
		peer_mutex_lock(m);
		if (g->count > 0) {
			g->count--;
			sold++;
		}
		peer_mutex_unlock(m);
	}
	r->slots[worker].ops = sold;
}

static void
tickets_finish(struct bench_run *r)
{
	lock_case.guarded->count = TICKETS - lock_case.guarded->count;
	mutex_finish(r);
}
#endif /* HAS_MUTEX */

#if HAS_RMUTEX
static peer_rmutex *rmutex_case;

static void
rmutex_setup(struct bench_run *r)
{
	r->workers = r->threads = 1;
	rmutex_case = peer_rmutex_new(r);
}

static void
rmutex_finish(struct bench_run *r)
{
	(void)r;
	peer_rmutex_delete(rmutex_case);
}

static void
rmutex_work_1(struct bench_run *r, unsigned worker)
{
	peer_rmutex *m = rmutex_case;
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			peer_rmutex_lock(m);
			peer_rmutex_unlock(m);
		}
	}
	r->slots[worker].ops = turns;
}

/* An operation is three levels in and out again. */
static void
rmutex_work_3(struct bench_run *r, unsigned worker)
{
	peer_rmutex *m = rmutex_case;
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			peer_rmutex_lock(m);
			peer_rmutex_lock(m);
			peer_rmutex_lock(m);
			peer_rmutex_unlock(m);
			peer_rmutex_unlock(m);
			peer_rmutex_unlock(m);
		}
	}
	r->slots[worker].ops = turns;
}
#endif /* HAS_RMUTEX */

#if HAS_SEM
enum { PERMITS = 4 };

static struct {
	peer_sem *sem[2];
	int64_t *inside; /* threads that hold a permit; atomic */
	bool ended;      /* by worker 0, before its last post */
} sem_case;

static void
sem_make(struct bench_run *r, unsigned first, unsigned second)
{
	sem_case.sem[0] = peer_sem_new(r, first);
	sem_case.sem[1] = peer_sem_new(r, second);
}

static void
sem_setup_alone(struct bench_run *r)
{
	r->workers = r->threads = 1;
	sem_make(r, 1, 0);
}

static void
sem_setup_pair(struct bench_run *r)
{
	r->workers = r->threads = 2;
	sem_make(r, 0, 0);
}

static void
sem_setup_permits(struct bench_run *r)
{
	r->workers = r->threads;
	sem_make(r, PERMITS, 0);
	sem_case.inside = (int64_t *)bench_alloc(sizeof(*sem_case.inside));
}

static void
sem_finish(struct bench_run *r)
{
	(void)r;
	peer_sem_delete(sem_case.sem[0]);
	peer_sem_delete(sem_case.sem[1]);
	bench_free(sem_case.inside);
	sem_case.inside = NULL;
}

static void
sem_work(struct bench_run *r, unsigned worker)
{
	peer_sem *s = sem_case.sem[0];
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			peer_sem_wait(s);
			peer_sem_post(s);
		}
	}
	r->slots[worker].ops = turns;
}

/* An operation is one round trip; worker 0 counts. */
static void
pingpong_work(struct bench_run *r, unsigned worker)
{
	peer_sem *mine = sem_case.sem[worker];
	peer_sem *other = sem_case.sem[1 - worker];
	uint64_t turns = 0;

	for (bool last = false; !last; turns++) {
		if (worker == 0) {
			last = sem_case.ended = bench_stopped(r);
			peer_sem_post(other);
			peer_sem_wait(mine);
		} else {
			peer_sem_wait(mine);
			last = sem_case.ended;
			peer_sem_post(other);
		}
	}
	r->slots[worker].ops = worker == 0 ? turns : 0;
}

static void
permits_work(struct bench_run *r, unsigned worker)
{
	peer_sem *s = sem_case.sem[0];
	const uint64_t inside = r->inside, outside = r->outside;
	uint64_t turns = 0;

	while (!bench_stopped(r)) {
		peer_sem_wait(s);
		if (__atomic_add_fetch(sem_case.inside, 1, __ATOMIC_RELAXED)
		    > PERMITS)
			bench_wrong(r);
		bench_spin(inside);
		__atomic_sub_fetch(sem_case.inside, 1, __ATOMIC_RELAXED);
		peer_sem_post(s);
		bench_spin(outside);
		turns++;
	}
	r->slots[worker].ops = turns;
}
#endif /* HAS_SEM */
