/* SPDX-License-Identifier: MIT */
/*
 * Litmus tests: small programs of atomic accesses for which C11 says whether an
 * outcome is allowed.  With weak memory, the search of all schedules must show
 * every allowed outcome and no other.  Outcomes that C11 allows and the
 * explorer does not show are listed here, too; the man page promises no more.
 */
#include <libsync.h>
#include <libsync/explore.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define RLX __ATOMIC_RELAXED
#define ACQ __ATOMIC_ACQUIRE
#define REL __ATOMIC_RELEASE
#define AR  __ATOMIC_ACQ_REL
#define SC  __ATOMIC_SEQ_CST

enum { X, Y, Z, VARIABLES };
enum { A, B, C, D, REGISTERS };

enum kind { END, LOAD, STORE, ADD, EXCHANGE, CAS, FENCE };
struct op {
	enum kind kind;
	int variable, value, order;
	int to;       /* a register; of CAS, what it has read if it failed */
	int failure;  /* order of a CAS that expects 99 */
};
#define R(to, variable, order)                                                 \
	{ LOAD, variable, 0, order, to, 0 }
#define W(variable, value, order)                                              \
	{ STORE, variable, value, order, 0, 0 }
#define F(order)                                                               \
	{ FENCE, 0, 0, order, 0, 0 }
#define PLUS(to, variable, value, order)                                       \
	{ ADD, variable, value, order, to, 0 }
#define SWAP(to, variable, value, order)                                       \
	{ EXCHANGE, variable, value, order, to, 0 }
#define FAILS(to, variable, success, failure)                                  \
	{ CAS, variable, 77, success, to, failure }

#define ANY (-1)
#define OPS 4
enum verdict { FORBIDDEN, SEEN, NOT_SHOWN };
struct litmus {
	const char *name;
	enum verdict verdict;
	struct op threads[4][OPS];
	int registers[REGISTERS]; /* the outcome; ANY: does not matter */
	int finally[VARIABLES];
};

#define FREE { ANY, ANY, ANY }
static const struct litmus litmus[] = {
	/* Store buffering. */
	{ "SB relaxed", SEEN,
	    { { W(X, 1, RLX), R(A, Y, RLX) }, { W(Y, 1, RLX), R(B, X, RLX) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB release and acquire", SEEN,
	    { { W(X, 1, REL), R(A, Y, ACQ) }, { W(Y, 1, REL), R(B, X, ACQ) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB consistent", FORBIDDEN,
	    { { W(X, 1, SC), R(A, Y, SC) }, { W(Y, 1, SC), R(B, X, SC) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB one load relaxed", SEEN,
	    { { W(X, 1, SC), R(A, Y, RLX) }, { W(Y, 1, SC), R(B, X, SC) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB consistent fences", FORBIDDEN,
	    { { W(X, 1, RLX), F(SC), R(A, Y, RLX) },
		{ W(Y, 1, RLX), F(SC), R(B, X, RLX) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB one fence", SEEN,
	    { { W(X, 1, RLX), F(SC), R(A, Y, RLX) },
		{ W(Y, 1, RLX), R(B, X, RLX) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "SB fences that acquire and release", SEEN,
	    { { W(X, 1, RLX), F(AR), R(A, Y, RLX) },
		{ W(Y, 1, RLX), F(AR), R(B, X, RLX) } },
	    { 0, 0, ANY, ANY }, FREE },
	/* Message passing. */
	{ "MP relaxed", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, RLX) }, { R(A, Y, RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP release and acquire", FORBIDDEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { R(A, Y, ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP release and relaxed", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { R(A, Y, RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP relaxed and acquire", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, RLX) }, { R(A, Y, ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP fences", FORBIDDEN,
	    { { W(X, 1, RLX), F(REL), W(Y, 1, RLX) },
		{ R(A, Y, RLX), F(ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP release fence alone", SEEN,
	    { { W(X, 1, RLX), F(REL), W(Y, 1, RLX) },
		{ R(A, Y, RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP acquire fence alone", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, RLX) },
		{ R(A, Y, RLX), F(ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP fences the wrong way round", SEEN,
	    { { W(X, 1, RLX), F(ACQ), W(Y, 1, RLX) },
		{ R(A, Y, RLX), F(REL), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP fence and acquire", FORBIDDEN,
	    { { W(X, 1, RLX), F(REL), W(Y, 1, RLX) },
		{ R(A, Y, ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP relaxed fences", SEEN,
	    { { W(X, 1, RLX), F(RLX), W(Y, 1, RLX) },
		{ R(A, Y, RLX), F(RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP through a read-modify-write", FORBIDDEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { PLUS(A, Y, 1, RLX) },
		{ R(B, Y, ACQ), R(C, X, RLX) } },
	    { 1, 2, 0, ANY }, FREE },
	{ "MP through a store of another", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { R(A, Y, RLX), W(Y, 2, RLX) },
		{ R(B, Y, ACQ), R(C, X, RLX) } },
	    { 1, 2, 0, ANY }, FREE },
	/* Load buffering: the explorer never lets a load read a later store. */
	{ "LB relaxed", NOT_SHOWN,
	    { { R(A, Y, RLX), W(X, 1, RLX) }, { R(B, X, RLX), W(Y, 1, RLX) } },
	    { 1, 1, ANY, ANY }, FREE },
	{ "LB release and acquire", FORBIDDEN,
	    { { R(A, Y, ACQ), W(X, 1, REL) }, { R(B, X, ACQ), W(Y, 1, REL) } },
	    { 1, 1, ANY, ANY }, FREE },
	/* Stores that take effect in another order. */
	{ "2+2W relaxed", SEEN,
	    { { W(X, 1, RLX), W(Y, 2, RLX) }, { W(Y, 1, RLX), W(X, 2, RLX) } },
	    { ANY, ANY, ANY, ANY }, { 1, 1, ANY } },
	{ "2+2W release", SEEN,
	    { { W(X, 1, REL), W(Y, 2, REL) }, { W(Y, 1, REL), W(X, 2, REL) } },
	    { ANY, ANY, ANY, ANY }, { 1, 1, ANY } },
	{ "2+2W consistent", FORBIDDEN,
	    { { W(X, 1, SC), W(Y, 2, SC) }, { W(Y, 1, SC), W(X, 2, SC) } },
	    { ANY, ANY, ANY, ANY }, { 1, 1, ANY } },
	{ "2+2W consistent fences", FORBIDDEN,
	    { { W(X, 1, RLX), F(SC), W(Y, 2, RLX) },
		{ W(Y, 1, RLX), F(SC), W(X, 2, RLX) } },
	    { ANY, ANY, ANY, ANY }, { 1, 1, ANY } },
	{ "2+2W exchanges, which would read stores to come", NOT_SHOWN,
	    { { SWAP(A, X, 1, RLX), W(Y, 2, RLX) },
		{ SWAP(B, Y, 1, RLX), W(X, 2, RLX) } },
	    { ANY, ANY, ANY, ANY }, { 1, 1, ANY } },
	{ "S relaxed", SEEN,
	    { { W(X, 2, RLX), W(Y, 1, RLX) }, { R(A, Y, RLX), W(X, 1, RLX) } },
	    { 1, ANY, ANY, ANY }, { 2, ANY, ANY } },
	{ "S release and relaxed", SEEN,
	    { { W(X, 2, RLX), W(Y, 1, REL) }, { R(A, Y, RLX), W(X, 1, RLX) } },
	    { 1, ANY, ANY, ANY }, { 2, ANY, ANY } },
	{ "S release and acquire", FORBIDDEN,
	    { { W(X, 2, RLX), W(Y, 1, REL) }, { R(A, Y, ACQ), W(X, 1, RLX) } },
	    { 1, ANY, ANY, ANY }, { 2, ANY, ANY } },
	{ "R relaxed", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, RLX) }, { W(Y, 2, RLX), R(A, X, RLX) } },
	    { 0, ANY, ANY, ANY }, { ANY, 2, ANY } },
	{ "R release and acquire", SEEN,
	    { { W(X, 1, REL), W(Y, 1, REL) }, { W(Y, 2, REL), R(A, X, ACQ) } },
	    { 0, ANY, ANY, ANY }, { ANY, 2, ANY } },
	{ "R consistent", FORBIDDEN,
	    { { W(X, 1, SC), W(Y, 1, SC) }, { W(Y, 2, SC), R(A, X, SC) } },
	    { 0, ANY, ANY, ANY }, { ANY, 2, ANY } },
	{ "R consistent fences", FORBIDDEN,
	    { { W(X, 1, RLX), F(SC), W(Y, 1, RLX) },
		{ W(Y, 2, RLX), F(SC), R(A, X, RLX) } },
	    { 0, ANY, ANY, ANY }, { ANY, 2, ANY } },
	/* Coherence of one variable. */
	{ "CoRR", FORBIDDEN,
	    { { W(X, 1, RLX) }, { R(A, X, RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "CoRR of two stores by two that read", FORBIDDEN,
	    { { W(X, 1, RLX) }, { W(X, 2, RLX) },
		{ R(A, X, RLX), R(B, X, RLX) }, { R(C, X, RLX), R(D, X, RLX) } },
	    { 1, 2, 2, 1 }, FREE },
	{ "CoWW", FORBIDDEN,
	    { { W(X, 1, RLX), W(X, 2, RLX) } },
	    { ANY, ANY, ANY, ANY }, { 1, ANY, ANY } },
	{ "CoRW", FORBIDDEN,
	    { { W(X, 1, RLX) }, { R(A, X, RLX), W(X, 2, RLX) } },
	    { 1, ANY, ANY, ANY }, { 1, ANY, ANY } },
	{ "CoRW of what is not read", SEEN,
	    { { W(X, 1, RLX) }, { R(A, X, RLX), W(X, 2, RLX) } },
	    { 0, ANY, ANY, ANY }, { 1, ANY, ANY } },
	{ "CoWR", FORBIDDEN,
	    { { W(X, 1, RLX), R(A, X, RLX) }, { W(X, 2, RLX) } },
	    { 2, ANY, ANY, ANY }, { 1, ANY, ANY } },
	/* More than two threads. */
	{ "IRIW relaxed", SEEN,
	    { { W(X, 1, RLX) }, { W(Y, 1, RLX) },
		{ R(A, X, RLX), R(B, Y, RLX) }, { R(C, Y, RLX), R(D, X, RLX) } },
	    { 1, 0, 1, 0 }, FREE },
	{ "IRIW release and acquire", SEEN,
	    { { W(X, 1, REL) }, { W(Y, 1, REL) },
		{ R(A, X, ACQ), R(B, Y, ACQ) }, { R(C, Y, ACQ), R(D, X, ACQ) } },
	    { 1, 0, 1, 0 }, FREE },
	{ "IRIW consistent", FORBIDDEN,
	    { { W(X, 1, SC) }, { W(Y, 1, SC) },
		{ R(A, X, SC), R(B, Y, SC) }, { R(C, Y, SC), R(D, X, SC) } },
	    { 1, 0, 1, 0 }, FREE },
	{ "IRIW consistent fences", FORBIDDEN,
	    { { W(X, 1, RLX) }, { W(Y, 1, RLX) },
		{ R(A, X, RLX), F(SC), R(B, Y, RLX) },
		{ R(C, Y, RLX), F(SC), R(D, X, RLX) } },
	    { 1, 0, 1, 0 }, FREE },
	{ "WRC relaxed", SEEN,
	    { { W(X, 1, RLX) }, { R(A, X, RLX), W(Y, 1, RLX) },
		{ R(B, Y, RLX), R(C, X, RLX) } },
	    { 1, 1, 0, ANY }, FREE },
	{ "WRC release and acquire", FORBIDDEN,
	    { { W(X, 1, REL) }, { R(A, X, ACQ), W(Y, 1, REL) },
		{ R(B, Y, ACQ), R(C, X, RLX) } },
	    { 1, 1, 0, ANY }, FREE },
	{ "ISA2 release and acquire", FORBIDDEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { R(A, Y, ACQ), W(Z, 1, REL) },
		{ R(B, Z, ACQ), R(C, X, RLX) } },
	    { 1, 1, 0, ANY }, FREE },
	{ "ISA2 relaxed in the middle", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) }, { R(A, Y, RLX), W(Z, 1, REL) },
		{ R(B, Z, ACQ), R(C, X, RLX) } },
	    { 1, 1, 0, ANY }, FREE },
	/* Read-modify-writes. */
	{ "two that add", FORBIDDEN,
	    { { PLUS(A, X, 1, RLX) }, { PLUS(B, X, 1, RLX) } },
	    { 0, 0, ANY, ANY }, FREE },
	{ "a store between what an add reads and writes", FORBIDDEN,
	    { { PLUS(A, X, 1, RLX) }, { W(X, 5, RLX) } },
	    { 0, ANY, ANY, ANY }, { 1, ANY, ANY } },
	{ "a store between two adds", FORBIDDEN,
	    { { PLUS(A, X, 1, RLX), PLUS(B, X, 1, RLX) }, { W(X, 5, RLX) } },
	    { 0, 1, ANY, ANY }, { 2, ANY, ANY } },
	/* A compare-and-swap that fails. */
	{ "MP, a failing one reads what is old", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, RLX) },
		{ R(A, Y, RLX), FAILS(B, X, RLX, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP, a failing one after an acquire", FORBIDDEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) },
		{ R(A, Y, ACQ), FAILS(B, X, RLX, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP, a failing one acquires", FORBIDDEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) },
		{ FAILS(A, Y, RLX, ACQ), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "MP, only one that does not fail would acquire", SEEN,
	    { { W(X, 1, RLX), W(Y, 1, REL) },
		{ FAILS(A, Y, ACQ, RLX), R(B, X, RLX) } },
	    { 1, 0, ANY, ANY }, FREE },
	{ "SB, failing ones are consistent", FORBIDDEN,
	    { { W(X, 1, SC), FAILS(A, Y, SC, SC) },
		{ W(Y, 1, SC), FAILS(B, X, SC, SC) } },
	    { 0, 0, ANY, ANY }, FREE },
};
#define LITMUS ((int)(sizeof(litmus) / sizeof(litmus[0])))

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
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	bool seen;

	size = bytes;
	o.search = SYNC_EXPLORE_ALL;
	o.flags = SYNC_EXPLORE_WEAK | SYNC_EXPLORE_QUIET | flags;
	o.stale = 4;
	o.nanoseconds = 0;
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

static struct sync_mutex m;

static void *
locks(void *arg)
{
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_mutex_unlock(&m));
	return arg;
}

static void
two_lock(void *arg)
{
	struct sync_thread t;

	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	SYNC_OK(sync_thread_start(&t, locks, arg, NULL));
	(void)locks(arg);
	SYNC_OK(sync_thread_join(&t, NULL));
}

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

int
main(void)
{
	Suite *suite = suite_create("explore litmus");
	TCase *tc = tcase_create("litmus");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
	    tc, what_c11_allows_is_seen_and_nothing_else, 0, LITMUS);
	tcase_add_loop_test(tc, integers_of_each_size_are_alike, 0, LITMUS);
	tcase_add_loop_test(
	    tc, small_integers_do_not_touch_their_neighbours, 0, 2);
	tcase_add_test(
	    tc, in_the_grain_of_calls_the_library_reads_what_is_fresh);
	suite_add_tcase(suite, tc);
	sr = srunner_create(suite);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
