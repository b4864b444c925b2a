/* SPDX-License-Identifier: MIT */
#include "wait/spin.h"

#define DEAR_NS 100000 /* others ran, and not only until they had to wait */
#define DO_WITHOUT 16  /* times that yield's length without yields */
#define NAP_NS 100000
#define LAST_YIELDS 4 /* of a try function */
#define YIELDS_AFTER_WAKE 20

#define LONG_NS 50000 /* many times as long as spinning */

#define CLOCK_READS 8 /* at most, until the clock has moved */

bool
spin_may_poll(void)
{
	return plat_processors() > 1 && plat_polls();
}

/* The number of pauses in 1024 ns. */
#define PAUSES 32
#define TRIES  3
static uint32_t pause_rate = 1024 / SPIN_PAUSE_NS;

__attribute__((constructor)) static void
calibrate(void)
{
	sync_time took, best = 0, begun;
	int try, i;

	for (try = 0; try < TRIES; try++) {
		begun = plat_now();
		for (i = 0; i < PAUSES; i++)
			plat_pause();
		took = plat_now() - begun;
		if (best == 0 || took < best)
			best = took;
	}
	if (best > 0) /* else the clock is too coarse */
		pause_rate = (uint32_t)(INT64_C(1024) * PAUSES / best);
}

/* Pause, at least once, for about ns nanoseconds. */
static void
pause_for(uint32_t ns)
{
	uint64_t n = ((uint64_t)ns * pause_rate + 512) >> 10; /* rounded */

	do
		plat_pause();
	while (n-- > 1);
}

struct thread_record *
spin_pays(unsigned kind)
{
	struct thread_record *mine = record_mine();

	if (mine == NULL)
		return NULL;
	mine->yields = 0;
	if (mine->renewal-- == 0) {
		mine->renewal = SPIN_RENEWAL;
		plat_processors_renew();
	}
	return spin_may_poll() && mine->long_waits[kind] < SPIN_LONG_WAITS
	    ? mine : NULL;
}

/* After a successful spin: learn whether the first yield brought success. */
static void
learn_yields(struct thread_record *mine)
{
	if (mine->yields != 1)
		mine->shared = 0;
	else if (++mine->shared >= SPIN_SHARED + SPIN_APART)
		mine->shared = SPIN_SHARED - 1;
}

bool
spin_paid(const struct spin *s)
{
	if (s->mine != NULL) {
		s->mine->long_waits[s->kind] = 0;
		learn_yields(s->mine);
	}
	return true;
}

sync_time
spin_sleeps(void)
{
	return spin_may_poll() ? plat_now() : 0;
}

void
spin_slept(unsigned kind, sync_time since)
{
	struct thread_record *mine = record_mine();
	uint8_t *long_waits;

	if (since == 0 || mine == NULL)
		return;
	long_waits = &mine->long_waits[kind];
	if (plat_now() - since < LONG_NS)
		*long_waits = 0;
	else if (*long_waits < SPIN_LONG_WAITS)
		++*long_waits;
}

/* Let other threads run; false, and not done, if that was expensive lately. */
static bool
yield(void)
{
	struct thread_record *mine = record_mine();
	sync_time before = plat_now(), took;

	if (mine == NULL || before < mine->no_yield_until)
		return false;
	if (mine->yields < UINT8_MAX)
		mine->yields++;
	plat_yield();
	took = plat_now() - before;
	if (took > DEAR_NS)
		mine->no_yield_until = before + DO_WITHOUT * took;
	return true;
}

bool
spin_between_sleeps(unsigned *turn, sync_time deadline)
{
	if (*turn >= YIELDS_AFTER_WAKE || !spin_may_poll()
	    || plat_now() >= deadline)
		return false;
	++*turn;
	plat_yield();
	return true;
}

/* Pause or yield; false after the last. */
static bool
next_poll(unsigned *turn)
{
	unsigned pauses = 1;

	if (*turn >= SPIN_LOOKS + SPIN_YIELDS || !spin_may_poll())
		return false;
	if (*turn > SPIN_SHORT)
		pauses <<= *turn - SPIN_SHORT;
	if (pauses > SPIN_LONGEST)
		pauses = SPIN_LONGEST;
	if ((*turn)++ >= SPIN_LOOKS)
		return yield();
	pause_for(pauses * SPIN_PAUSE_NS);
	return true;
}

bool
spin_later(struct spin *s)
{
	if (s->mine == NULL)
		s->mine = spin_pays(s->kind);
	if (s->mine == NULL)
		return false;
	if (s->turn < SPIN_LOOKS && s->mine->shared >= SPIN_SHARED)
		s->turn = SPIN_LOOKS;
	return next_poll(&s->turn);
}

bool
spin_for_lock(unsigned *look)
{
	static const uint16_t ns[] = { 300, 1200, 5000, 10000, 10000 };

	if (*look >= sizeof(ns) / sizeof(ns[0]) || !spin_may_poll())
		return false;
	pause_for(ns[(*look)++]);
	return true;
}

/*
 * The time of a poll that finds the word in the cache: the time to read the
 * clock, or a step of the clock if that is longer.  If the clock does not move,
 * all polls count as cheap.  *now becomes the time after this.
 */
static uint32_t
clock_alone(sync_time *now)
{
	sync_time before = *now;
	unsigned reads;

	for (reads = 1; reads <= CLOCK_READS; reads++) {
		*now = plat_moment();
		if (*now > before)
			break;
	}
	return *now - before < SPIN_STRAY && *now > before
	    ? (uint32_t)(*now - before) : SPIN_STRAY;
}

static uint32_t
rest(uint32_t dear)
{
	uint32_t ns = dear * SPIN_DEAR;

	return ns < SPIN_REST ? ns : SPIN_REST;
}

/* The first pause of a wait, from the cost that earlier waits have found. */
uint32_t
spin_begin(struct spin_look *s, struct thread_record *mine, sync_time now)
{
	uint32_t ns = rest(mine->dear);
	bool patient = mine->patience == 0 || mine->dry >= SPIN_DRY;

	s->first = now;
	s->since = now + ns;
	s->timed = true;
	s->fresh = mine->dear == 0;
	s->patience = patient ? SPIN_NS : mine->patience;
	mine->dear -= (uint16_t)((mine->dear + 7) / 8);
	return ns;
}

/* After a spin that did not end with the lock. */
static uint32_t
spin_over(struct thread_record *mine)
{
	uint32_t patience = mine->patience, half;

	if (patience == 0)
		patience = SPIN_NS;
	half = patience / 2;

	mine->patience = (uint16_t)(half > SPIN_LEAST ? half : SPIN_LEAST);
	mine->dry = mine->dry >= SPIN_DRY ? 0 : mine->dry + 1;
	return SPIN_OVER;
}

uint32_t
spin_judge(struct spin_look *s, struct thread_record *mine, sync_time now)
{
	sync_time took = now - s->looked;
	uint32_t ns;

	if (now - s->since >= s->patience || now - s->first >= SPIN_NS)
		return spin_over(mine);
	if (!s->fresh || took <= s->cheap + s->cheap / 2
	    || took >= SPIN_STRAY) {
		s->fresh = true;
		return 0;
	}
	/* The poll after a rest is expensive anyway, and shows nothing. */
	s->fresh = false;
	mine->dear = (uint16_t)(took - s->cheap);
	ns = rest(mine->dear);
	s->since = now + ns;
	return ns;
}

void
spin_learn(const struct spin_look *s, struct thread_record *mine)
{
	sync_time wanted = s->timed ? s->looked - s->since : 0;

	wanted = SPIN_PATIENCE * wanted + SPIN_LEAST;
	if (wanted > SPIN_NS)
		wanted = SPIN_NS;
	if (mine->patience == 0)
		mine->patience = SPIN_NS;
	if (wanted < mine->patience)
		wanted = mine->patience - (mine->patience - wanted) / 8;
	mine->patience = (uint16_t)wanted;
	mine->dry = 0;
}

bool
spin_got(const struct spin_look *s, struct thread_record *mine)
{
	mine->long_waits[SPIN_LOCK] = 0;
	spin_learn(s, mine);
	return true;
}

bool
spin_look(struct spin_look *s, struct thread_record *mine)
{
	sync_time now;
	uint32_t ns;

	if (!spin_may_poll())
		return false;
	if (!s->begun && mine->dear == 0) {
		s->begun = true;
		plat_pause();
		return true;
	}
	now = plat_moment();
	if (s->timed)
		ns = spin_judge(s, mine, now);
	else {
		s->cheap = clock_alone(&now);
		ns = spin_begin(s, mine, now);
	}
	if (ns == SPIN_OVER)
		return false;
	do {
		plat_pause();
		s->looked = plat_moment();
	} while (s->looked - now < ns);
	return true;
}

/*
 * A yield lets a thread of the same or a higher priority run.  If the thread
 * that we wait for has a lower priority, we must sleep to let it run.
 */
bool
spin_back_off(unsigned *turn, sync_time deadline)
{
	static const uint32_t nobody = 0;
	sync_time now, until;

	if (next_poll(turn))
		return true;
	++*turn;
	if (deadline < 0)
		return *turn <= SPIN_LOOKS + SPIN_YIELDS + LAST_YIELDS
		    && yield();
	if (*turn < 2 * (SPIN_LOOKS + SPIN_YIELDS)) {
		plat_yield();
		return true;
	}
	now = plat_now();
	if (now >= deadline)
		return false;
	until = deadline - now > NAP_NS ? now + NAP_NS : deadline;
	(void)plat_wait(PLAT_PRIVATE, &nobody, 0, PLAT_ALL, until);
	return true;
}
