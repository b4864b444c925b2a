/* SPDX-License-Identifier: MIT */
/* How deadlines are made, and how every wait of the primitives treats them. */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "primitives.h"
#include "lock_kinds.h"

/*
 * A wait.  block takes away what it waits for, allow provides it, and end
 * destroys everything.  wait takes what it waited for and gives it back.
 * lasting: what allow provides remains for waits that come later.
 */
struct wait_kind {
	const char *name;
	void (*block)(void);
	int (*wait)(sync_time);
	void (*allow)(void);
	void (*end)(void);
	bool lasting;
};

static union any_lock lock;
static struct sync_cond cond;
static struct sync_event event;
static struct sync_latch latch;
static struct sync_barrier barrier;
static struct sync_mutex mutex;
static struct sync_rmutex rmutex;
static struct sync_kmutex kmutex;

#define LOCK(name, KIND)                                                       \
	static void name##_block(void)                                         \
	{                                                                      \
		ok(lock_kinds[KIND].init(&lock));                              \
		ok(lock_kinds[KIND].lock(&lock));                              \
	}                                                                      \
	static int name##_wait(sync_time t)                                    \
	{                                                                      \
		int err = lock_kinds[KIND].lock_until(&lock, t);               \
                                                                               \
		return err == 0 ? lock_kinds[KIND].unlock(&lock) : err;        \
	}                                                                      \
	static void name##_allow(void)                                         \
	{                                                                      \
		ok(lock_kinds[KIND].unlock(&lock));                            \
	}                                                                      \
	static void name##_end(void)                                           \
	{                                                                      \
		ok(lock_kinds[KIND].destroy(&lock));                           \
	}

LOCK(mutex, KIND_MUTEX)
LOCK(rmutex, KIND_RMUTEX)
LOCK(kmutex, KIND_KMUTEX)
LOCK(robust, KIND_ROBUST)
LOCK(inheriting, KIND_INHERITING)
LOCK(both, KIND_ROBUST_INHERITING)
LOCK(writer, KIND_WRITER)
LOCK(sem, KIND_SEM)

static int
reader_wait(sync_time t)
{
	int err = sync_rwlock_rdlock_until(&lock.rwlock, t);

	return err == 0 ? sync_rwlock_unlock(&lock.rwlock) : err;
}

static void
cond_block(void)
{
	ok(sync_cond_init(&cond, 0));
	ok(sync_kmutex_init(
	    &kmutex, kmutex_flags(SYNC_ROBUST | SYNC_PRIO_INHERIT)));
}

static int
cond_wait(sync_time t)
{
	int err;

	ok(sync_mutex_lock(&mutex));
	err = sync_cond_wait_until(&cond, &mutex, t);
	ok(sync_mutex_unlock(&mutex));
	return err;
}

static int
cond_wait_rmutex(sync_time t)
{
	int err;

	ok(sync_rmutex_lock(&rmutex));
	err = sync_cond_wait_rmutex_until(&cond, &rmutex, t);
	ok(sync_rmutex_unlock(&rmutex));
	return err;
}

static int
cond_wait_kmutex(sync_time t)
{
	int err;

	ok(sync_kmutex_lock(&kmutex));
	err = sync_cond_wait_kmutex_until(&cond, &kmutex, t);
	ok(sync_kmutex_unlock(&kmutex));
	return err;
}

static void
cond_allow(void)
{
	ok(sync_cond_signal(&cond));
}

static void
cond_end(void)
{
	ok(sync_cond_destroy(&cond));
	ok(sync_kmutex_destroy(&kmutex));
}

static void
event_block(void)
{
	ok(sync_event_init(&event, 0));
}

static int
event_wait(sync_time t)
{
	return sync_event_wait_until(&event, t);
}

static void
event_allow(void)
{
	ok(sync_event_set(&event));
}

static void
event_end(void)
{
	ok(sync_event_destroy(&event));
}

static void
latch_block(void)
{
	ok(sync_latch_init(&latch, 1, 0));
}

static int
latch_wait(sync_time t)
{
	return sync_latch_wait_until(&latch, t);
}

static void
latch_allow(void)
{
	ok(sync_latch_count_down(&latch));
}

static void
latch_end(void)
{
	ok(sync_latch_destroy(&latch));
}

static void
barrier_block(void)
{
	ok(sync_barrier_init(&barrier, 2, NULL, NULL, 0));
}

static int
barrier_wait(sync_time t)
{
	uint32_t index = 77;
	int err = sync_barrier_wait_until(&barrier, &index, t);

	ck_assert_uint_eq(index, err == 0 ? 0 : 77);
	if (err == ETIMEDOUT)
		ok(sync_barrier_reset(&barrier)); /* it broke */
	return err;
}

static void
barrier_allow(void)
{
	ok(sync_barrier_wait(&barrier, NULL));
}

static void
barrier_end(void)
{
	ok(sync_barrier_destroy(&barrier));
}

#define KIND(name, lasting)                                                    \
	{ #name, name##_block, name##_wait, name##_allow, name##_end, lasting }
static const struct wait_kind kinds[] = {
	KIND(mutex, true),
	KIND(rmutex, true),
	KIND(kmutex, true),
	KIND(robust, true),
	KIND(inheriting, true),
	KIND(both, true),
	KIND(writer, true),
	{ "reader", writer_block, reader_wait, writer_allow, writer_end, true },
	KIND(sem, true),
	KIND(event, true),
	KIND(latch, true),
	KIND(barrier, false),
	KIND(cond, false),
	{ "cond, rmutex", cond_block, cond_wait_rmutex, cond_allow, cond_end,
	    false },
	{ "cond, kmutex", cond_block, cond_wait_kmutex, cond_allow, cond_end,
	    false },
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))
static const struct wait_kind *kind;

static void *
tries_once(void *arg)
{
	int i;

	for (i = 0; i < PASTS; i++)
		fails(kind->wait(past_deadline(i)), ETIMEDOUT);
	return arg;
}

START_TEST(deadline_that_has_passed_tries_once)
{
	kind = &kinds[_i];
	kind->block();
	elsewhere(tries_once);
	if (kind->lasting)
		kind->allow();
	kind->end();
}
END_TEST

static void *
has_it_at_once(void *arg)
{
	int i;

	for (i = 0; i < PASTS; i++)
		ok(kind->wait(past_deadline(i)));
	for (i = 0; i < FUTURES; i++)
		ok(kind->wait(future_deadline(i)));
	return arg;
}

START_TEST(what_is_there_beats_a_deadline_that_has_passed)
{
	kind = &kinds[_i];
	kind->block();
	if (kind->lasting) {
		kind->allow();
		elsewhere(has_it_at_once);
	}
	kind->end();
}
END_TEST

static void *
times_out(void *arg)
{
	int i;

	for (i = 0; i < 4; i++) {
		sync_time deadline = sync_after(7000001 * i);

		fails(kind->wait(deadline), ETIMEDOUT);
		ck_assert_int_ge(sync_time_now(), deadline);
	}
	return arg;
}

START_TEST(timeout_never_comes_before_the_deadline)
{
	kind = &kinds[_i];
	kind->block();
	elsewhere(times_out);
	if (kind->lasting)
		kind->allow();
	kind->end();
}
END_TEST

static void *
waits_long(void *arg)
{
	ok(kind->wait(*(sync_time *)arg));
	return arg;
}

START_TEST(far_deadline_waits_as_long_as_it_takes)
{
	sync_time t = future_deadline(_i / KINDS);
	struct spawned *s;

	kind = &kinds[_i % KINDS];
	kind->block();
	s = spawn(waits_long, &t);
	until_asleep(s);
	kind->allow();
	(void)finish(s);
	kind->end();
}
END_TEST

static void
pelt(struct spawned *s, int times)
{
	on_signal(SIGUSR1, count_signal);
	while (times-- > 0) {
		until_asleep(s);
		(void)syscall(SYS_tgkill, getpid(), s->tid, SIGUSR1);
	}
}

START_TEST(signals_neither_end_nor_fail_a_wait)
{
	sync_time t = _i < KINDS ? SYNC_NEVER : INT64_MAX - 1;
	struct spawned *s;

	kind = &kinds[_i % KINDS];
	kind->block();
	s = spawn(waits_long, &t);
	pelt(s, 10);
	until_asleep(s);
	kind->allow();
	(void)finish(s);
	ck_assert_uint_ge(signals_counted(), 1);
	kind->end();
}
END_TEST

static unsigned over;

static void *
times_out_once(void *arg)
{
	sync_time deadline = sync_after_ms(20);

	fails(kind->wait(deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	count(&over);
	return arg;
}

START_TEST(signals_neither_shorten_nor_prolong_a_timed_wait)
{
	struct spawned *s;

	kind = &kinds[_i];
	kind->block();
	on_signal(SIGUSR1, count_signal);
	s = spawn(times_out_once, NULL);
	while (counted(&over) == 0) { /* prolonged, it would never end */
		(void)syscall(SYS_tgkill, getpid(),
		    __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE), SIGUSR1);
		sync_thread_sleep_until(sync_after_ms(2));
	}
	(void)finish(s);
	if (kind->lasting)
		kind->allow();
	kind->end();
}
END_TEST

START_TEST(now_never_goes_back)
{
	sync_time t = sync_time_now(), u;
	int i;

	ck_assert_int_gt(t, 0);
	for (i = 0; i < 10000; i++, t = u) {
		u = sync_time_now();
		ck_assert_int_ge(u, t);
	}
}
END_TEST

START_TEST(after_adds_to_the_present_moment)
{
	sync_time t = sync_time_now();

	ck_assert_int_ge(sync_after(0), t);
	ck_assert_int_ge(sync_after(5), t + 5);
	ck_assert_int_ge(sync_after_ms(0), t);
	ck_assert_int_ge(sync_after_ms(5), t + 5000000);
	t = sync_after(-1000);
	ck_assert_int_le(t, sync_time_now() - 1000);
	t = sync_after_ms(-3);
	ck_assert_int_le(t, sync_time_now() - 3000000);
}
END_TEST

START_TEST(after_saturates_at_both_ends)
{
	const int64_t ms_max = INT64_MAX / 1000000;
	sync_time t;

	ck_assert_int_eq(sync_after(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(ms_max + 1), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(ms_max), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MIN), INT64_MIN);
	ck_assert_int_eq(sync_after_ms(INT64_MIN / 1000000 - 1), INT64_MIN);
	t = sync_after(INT64_MIN); /* the present is after 0: it fits */
	ck_assert_int_lt(t, 0);
	ck_assert_int_le(t, sync_time_now() + INT64_MIN);
	t = sync_after_ms(INT64_MIN / 1000000);
	ck_assert_int_lt(t, 0);
	/*
	 * The last deadline that is still in range: near the end, but not yet
	 * SYNC_NEVER.
	 */
	t = sync_after(INT64_MAX - sync_after_ms(1000000));
	ck_assert_int_lt(t, SYNC_NEVER);
	ck_assert_int_gt(t, SYNC_NEVER - INT64_C(1100000000000));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("deadline");
	TCase *tc = add_case(s, "moments");

	tcase_add_test(tc, now_never_goes_back);
	tcase_add_test(tc, after_adds_to_the_present_moment);
	tcase_add_test(tc, after_saturates_at_both_ends);
	tc = add_case(s, "every wait");
	tcase_add_loop_test(tc, deadline_that_has_passed_tries_once, 0, KINDS);
	tcase_add_loop_test(
	    tc, what_is_there_beats_a_deadline_that_has_passed, 0, KINDS);
	tcase_add_loop_test(
	    tc, timeout_never_comes_before_the_deadline, 0, KINDS);
	tcase_add_loop_test(
	    tc, far_deadline_waits_as_long_as_it_takes, 0, KINDS * FUTURES);
	tcase_add_loop_test(
	    tc, signals_neither_end_nor_fail_a_wait, 0, 2 * KINDS);
	tcase_add_loop_test(tc,
	    signals_neither_shorten_nor_prolong_a_timed_wait, 0, KINDS);
	return run_suite(s);
}
