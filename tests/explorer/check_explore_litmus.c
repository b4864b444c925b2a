/* SPDX-License-Identifier: MIT */
/*
 * With weak memory, the search of all schedules shows every outcome of the litmus
 * tests that C11 allows and no other.
 */
#include "explore_litmus.h"
#include "explore_support.h"

/* The variables, one for each size that exists. */
static union {
	uint8_t of1[VARIABLES];
	uint16_t of2[VARIABLES];
	uint32_t of4[VARIABLES];
	uint64_t of8[VARIABLES];
} shared;
static size_t size;
static const struct litmus *running;
static int registers[REGISTERS];

#define DO_SIZED(type, v)                                                      \
	static int do_##type(const struct op *o)                               \
	{                                                                      \
		type expected = 99;                                            \
                                                                               \
		switch (o->kind) {                                             \
		case LOAD:                                                     \
			return (int)SYNC_ATOMIC_LOAD(                          \
			    &shared.v[o->variable], o->order);                 \
		case STORE:                                                    \
			SYNC_ATOMIC_STORE(&shared.v[o->variable],              \
			    (type)o->value, o->order);                         \
			return 0;                                              \
		case ADD:                                                      \
			return (int)SYNC_ATOMIC_ADD(&shared.v[o->variable],    \
			    (type)o->value, o->order);                         \
		case EXCHANGE:                                                 \
			return (int)SYNC_ATOMIC_EXCHANGE(                      \
			    &shared.v[o->variable], (type)o->value, o->order); \
		case CAS:                                                      \
			SYNC_ASSERT(!SYNC_ATOMIC_CAS_EXPLICIT(                 \
			    &shared.v[o->variable], &expected,                 \
			    (type)o->value, o->order, o->failure));            \
			return (int)expected;                                  \
		default:                                                       \
			SYNC_ATOMIC_THREAD_FENCE(o->order);                    \
			return 0;                                              \
		}                                                              \
	}
DO_SIZED(uint8_t, of1)
DO_SIZED(uint16_t, of2)
DO_SIZED(uint32_t, of4)
DO_SIZED(uint64_t, of8)

static int
perform(const struct op *o)
{
	return size == 1 ? do_uint8_t(o) : size == 2 ? do_uint16_t(o)
	    : size == 4 ? do_uint32_t(o) : do_uint64_t(o);
}

static int
value_of(int variable)
{
	return size == 1 ? shared.of1[variable] : size == 2
	    ? shared.of2[variable] : size == 4
	    ? (int)shared.of4[variable] : (int)shared.of8[variable];
}

static bool
has_result(const struct op *o)
{
	return o->kind != STORE && o->kind != FENCE;
}

static void *
run_thread(void *arg)
{
	const struct op *o = arg;
	int i;

	for (i = 0; i < OPS && o[i].kind != END; i++) {
		int v = perform(&o[i]);

		if (has_result(&o[i]))
			registers[o[i].to] = v;
	}
	return NULL;
}

static bool
is_outcome(void)
{
	bool is = true;
	int i;

	for (i = 0; i < REGISTERS; i++)
		is = is && (running->registers[i] == ANY
		    || running->registers[i] == registers[i]);
	for (i = 0; i < VARIABLES; i++)
		is = is && (running->finally[i] == ANY
		    || running->finally[i] == value_of(i));
	return is;
}

static void
run_litmus(void *arg)
{
	struct sync_thread t[4];
	int i;

	running = arg;
	memset(&shared, 0, sizeof(shared));
	memset(registers, 0, sizeof(registers));
	for (i = 0; i < 4 && running->threads[i][0].kind != END; i++)
		SYNC_OK(sync_thread_start(&t[i], run_thread,
		    (void *)(uintptr_t)running->threads[i], NULL));
	while (i-- > 0)
		SYNC_OK(sync_thread_join(&t[i], NULL));
	SYNC_ASSERT(!is_outcome());
}

static void
check(int i, size_t bytes, unsigned flags)
{
	struct sync_explore_options o = quiet_options(
	    SYNC_EXPLORE_ALL, SYNC_EXPLORE_WEAK | flags);
	struct sync_explore_report r;
	bool seen;

	size = bytes;
	o.stale = 4;
	(void)sync_explore(
	    run_litmus, (void *)(uintptr_t)&litmus[i], &o, &r);
	seen = r.failure == SYNC_EXPLORE_ASSERTION;
	ck_assert_msg(seen || r.failure == SYNC_EXPLORE_NOTHING, "%s: %s",
	    litmus[i].name, r.what);
	ck_assert_msg(seen == (litmus[i].verdict == SEEN),
	    "%s: %s, in %d bytes", litmus[i].name,
	    seen ? "seen" : "not seen", (int)bytes);
	if (!seen)
		ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
}

START_TEST(what_c11_allows_is_seen_and_nothing_else)
{
	check(_i, 4, 0);
}
END_TEST

START_TEST(integers_of_each_size_are_alike)
{
	check(_i, 1, 0);
	check(_i, 2, 0);
	check(_i, 8, 0);
}
END_TEST

static uint16_t halves[2];
static uint8_t bits;

static void *
changes_the_first(void *arg)
{
	(void)SYNC_ATOMIC_ADD(&halves[0], UINT16_MAX, __ATOMIC_RELAXED);
	(void)SYNC_ATOMIC_OR(&bits, 0x0f, __ATOMIC_RELAXED);
	(void)SYNC_ATOMIC_AND(&bits, 0xfe, __ATOMIC_RELAXED);
	return arg;
}

static void
neighbours(void *arg)
{
	struct sync_thread t;

	halves[0] = 3;
	halves[1] = 7;
	bits = 0;
	SYNC_OK(sync_thread_start(&t, changes_the_first, arg, NULL));
	SYNC_ATOMIC_STORE(&halves[1], 8, __ATOMIC_RELAXED);
	SYNC_OK(sync_thread_join(&t, NULL));
	SYNC_ASSERT(halves[0] == 2 && halves[1] == 8);
	SYNC_ASSERT(bits == 0x0e);
}

START_TEST(small_integers_do_not_touch_their_neighbours)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.search = SYNC_EXPLORE_ALL;
	o.flags = _i == 0 ? 0 : SYNC_EXPLORE_WEAK;
	ck_assert_int_eq(sync_explore(neighbours, NULL, &o, NULL), 0);
}
END_TEST

START_TEST(in_the_grain_of_calls_the_library_reads_what_is_fresh)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report strong, weak;

	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &strong), 0);
	o.flags = SYNC_EXPLORE_WEAK;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &weak), 0);
	ck_assert_uint_eq(weak.schedules, strong.schedules);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore litmus");
	TCase *tc = add_case(su, "litmus", 120);

	tcase_add_loop_test(
	    tc, what_c11_allows_is_seen_and_nothing_else, 0, litmuses);
	tcase_add_loop_test(tc, integers_of_each_size_are_alike, 0, litmuses);
	tcase_add_loop_test(
	    tc, small_integers_do_not_touch_their_neighbours, 0, 2);
	tcase_add_test(
	    tc, in_the_grain_of_calls_the_library_reads_what_is_fresh);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
