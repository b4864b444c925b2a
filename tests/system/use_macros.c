/* SPDX-License-Identifier: MIT */
/*
 * Every macro and inline function of the headers, as users write them, in C and
 * in C++: compiled with every warning that users may enable, and run.
 */
#include <libsync.h>
#include <libsync/explore.h>

struct account {
	struct sync_mutex lock;
	long balance;
};

static struct sync_mutex m = SYNC_MUTEX_INIT, n = SYNC_MUTEX_INIT;
static struct sync_mutex several[2] = { SYNC_MUTEX_INIT, SYNC_MUTEX_INIT };
static struct sync_rmutex r = SYNC_RMUTEX_INIT;
static struct sync_kmutex k;
static struct sync_cond c = SYNC_COND_INIT;
static struct sync_sem s = SYNC_SEM_INIT(1, 2);
static struct sync_event e = SYNC_EVENT_INIT;
static struct sync_latch l = SYNC_LATCH_INIT(0);
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static struct account account = { SYNC_MUTEX_INIT, 0 };
static long guarded SYNC_GUARDED_BY(m);
static long wide;
static int shared, runs;
static unsigned counter;

static void account_add(struct account *to, long sum)
    SYNC_REQUIRES(to->lock);
static void
account_add(struct account *to, long sum)
{
	to->balance += sum;
}

/* Functions whose last statement is the block. */
static int
returns(void)
{
	SYNC_WITH(&m) {
		return 1;
	}
}
static int
returns_from_both(void)
{
	int err;

	SYNC_WITH(&r, err) {
		return 1;
	} else {
		return -err;
	}
}
static int
returns_after_one_that_does_not(int x)
{
	SYNC_WITH(&n)
		x++;
	SYNC_WITH(&m) {
		if (x > 0)
			return x;
		return 1;
	}
}
static long
returns_from_two(void)
{
	SYNC_WITH_RDLOCK(&rw) {
		SYNC_WITH(&account.lock) {
			return account.balance + 1;
		}
	}
}
static int
returns_in_time(void)
{
	SYNC_WITH_UNTIL(&m, SYNC_NEVER) {
		return 1;
	}
}
static int
returns_from_a_scope(void)
{
	SYNC_LOCK_SCOPE(&m);
	return 1;
}

/* Variables that the block sets. */
static int
sets(int x)
{
	int y, z, err;

	SYNC_WITH(&m) {
		guarded++;
		y = x;
	}
	SYNC_WITH(&m, err) {
		z = y;
	} else {
		return err;
	}
	return z;
}

#define BOTH(one, two) SYNC_WITH(one) SYNC_WITH(two)

static int
nested(int x)
{
	BOTH(&m, &n) {
		x++;
	}
	SYNC_WITH(&m)
		SYNC_WITH(&r)
			SYNC_WITH(&r)
				x++;
	if (x > 100) {
		SYNC_WITH(&m)
			x = 0;
	} else {
		x++;
	}
	for (int i = 0; i < 3; i++) {
		SYNC_LOCK_SCOPE(x > i ? &several[0] : &several[1]);
		if (i == 1)
			continue;
		x++;
		if (i == 2)
			break;
	}
	SYNC_WITH(several)
		x++;
	SYNC_WITH(several + 1)
		x++;
	return x;
}

static int
readers_and_writers(void)
{
	int err, x = 0;

	SYNC_WITH_RDLOCK(&rw)
		x++;
	SYNC_WITH_WRLOCK(&rw)
		x++;
	SYNC_WITH_RDLOCK(&rw, err)
		x++;
	else
		return err;
	SYNC_WITH_WRLOCK(&rw, err)
		x++;
	else
		return err;
	SYNC_WITH_RDLOCK_UNTIL(&rw, sync_after_ms(1), err)
		x++;
	else
		return err;
	SYNC_WITH_WRLOCK_UNTIL(&rw, 0, err)
		x++;
	else
		return err;
	SYNC_WITH_RDLOCK_UNTIL(&rw, 0)
		x++;
	SYNC_WITH_WRLOCK_UNTIL(&rw, SYNC_NEVER)
		x++;
	{
		SYNC_RDLOCK_SCOPE(&rw);
		x++;
	}
	{
		SYNC_WRLOCK_SCOPE(&rw);
		x++;
	}
	return x;
}

static int
inline_functions(void)
{
	int (*const wait)(struct sync_event *) = sync_event_wait;
	int (*const cond_wait)(struct sync_cond *, struct sync_mutex *)
	    = &sync_cond_wait;
	int (*const until)(struct sync_cond *, struct sync_mutex *, sync_time)
	    = sync_cond_wait_until;

	return sync_event_set(&e) == 0 && sync_event_wait(&e) == 0
	    && wait(&e) == 0 && cond_wait(&c, &m) == EPERM
	    && until(&c, &m, 0) == EPERM
	    && sync_cond_wait_rmutex(&c, &r) == EPERM;
}

#ifdef __cplusplus
/* There is no loop in SYNC_WITH: the first even number of a. */
static int
first_even(const int *a, int length)
{
	int found = -1, looked = 0, err;

	for (int i = 0; i < length; i++) {
		SYNC_WITH(&m) {
			if (a[i] % 2 != 0)
				continue;
			SYNC_WITH(&n, err) {
				found = a[i];
				break;
			} else {
				break;
			}
		}
		looked += 10;
	}
	return looked + found;
}

static int
throws()
{
	try {
		SYNC_WITH(&m)
			throw 1;
	} catch (int x) {
		return x + sync_mutex_held(&m);
	}
}

static void
only_in_cxx()
{
	const int a[] = { 1, 2, 3, 4 };

	SYNC_ASSERT(first_even(a, 4) == 2 && first_even(a, 1) == -1);
	SYNC_ASSERT(throws() == 1);
	if (shared == 0)
		SYNC_WITH(&m, shared)
			SYNC_ASSERT(sync_mutex_held(&m));
	SYNC_ASSERT(!sync_mutex_held(&m) && !sync_mutex_held(&n));
}
#else
#define only_in_cxx() ((void)0)
#endif

/* The marks, which are steps in the explorer and plain accesses here. */
static void
marks(void *unused)
{
	int old = 1;

	SYNC_ASSERT(unused == &shared);
	SYNC_OK(sync_sem_trywait(&s));
	SYNC_OK(sync_sem_post(&s));
	SYNC_WRITE(shared) = 1;
	SYNC_ASSERT(SYNC_READ(shared) == 1);
	SYNC_ATOMIC_STORE(&shared, 2, __ATOMIC_RELEASE);
	SYNC_ATOMIC_STORE(&wide, 2, __ATOMIC_RELEASE);
	SYNC_ATOMIC_STORE(&counter, 2u, __ATOMIC_RELEASE);
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&shared, __ATOMIC_ACQUIRE) == 2);
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&wide, __ATOMIC_ACQUIRE) == 2);
	SYNC_ATOMIC_ADD(&counter, 1, __ATOMIC_RELAXED);
	SYNC_ASSERT(SYNC_ATOMIC_ADD(&wide, -1, __ATOMIC_SEQ_CST) == 2);
	SYNC_ASSERT(SYNC_ATOMIC_EXCHANGE(&counter, 7, __ATOMIC_ACQ_REL) == 3);
	SYNC_ASSERT(!SYNC_ATOMIC_CAS(&shared, &old, 3, __ATOMIC_SEQ_CST));
	SYNC_ASSERT(old == 2);
	SYNC_ASSERT(SYNC_ATOMIC_CAS(&shared, &old, 3, __ATOMIC_SEQ_CST));
	SYNC_ATOMIC_FENCE();
	sync_explore_yield();
	SYNC_ASSERT(sync_explore_choose(3) < 3);
	sync_explore_name(&wide, "wide");
	sync_explore_freed(&old, sizeof(old));
	runs++;
}

int
main(void)
{
	struct sync_explore_options options = SYNC_EXPLORE_OPTIONS;

	if (sync_kmutex_init(&k, SYNC_ROBUST) != 0) /* not on every system */
		SYNC_OK(sync_kmutex_init(&k, 0));
	SYNC_WITH(&k) {
		SYNC_WITH(&account.lock)
			account_add(&account, 5);
	}
	SYNC_ASSERT(returns() == 1 && returns_from_both() == 1);
	SYNC_ASSERT(returns_after_one_that_does_not(1) == 2);
	SYNC_ASSERT(returns_from_two() == 6 && returns_in_time() == 1);
	SYNC_ASSERT(returns_from_a_scope() == 1 && sets(4) == 4);
	SYNC_ASSERT(nested(0) == 7 && readers_and_writers() == 10);
	SYNC_ASSERT(inline_functions() && sync_latch_wait(&l) == 0);
	only_in_cxx();
	marks(&shared);
	SYNC_ASSERT(options.seed == 1 && SYNC_EXPLORE_UNBOUNDED > 0);
	SYNC_ASSERT(SYNC_VERSION_MAJOR >= 0 && SYNC_VERSION[0] != '\0');
	return runs == 1 ? 0 : 1;
}
