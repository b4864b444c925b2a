/* SPDX-License-Identifier: MIT */
/*
 * The program's calls of the library: each is a step with the grain of calls.
 * A call on an object that was destroyed is a failure.
 *
 * Init and destroy write the object as a whole, and every other call reads it
 * as a whole.  So partial-order reduction keeps their order.
 *
 * A destroyed object is recorded by its address and by the bytes that destroy
 * left there.  If these bytes have changed since, the address holds a new
 * object that was made without init, as mutexes may be.
 */
#include "config.h"

#include <string.h>

#include "machine/machine.h"
#include "machine/quiet.h"

#define m sim_machine

#define GLANCES   100 /* clock readings without progress; more are a loop */
#define DESTROYED 32
#define BYTES     8 /* that are recorded; each object has at least as many */

static struct destroyed {
	const void *object;
	unsigned char bytes[BYTES];
} destroyed[DESTROYED];
static unsigned ndestroyed;

void
calls_begin(void)
{
	ndestroyed = 0;
}

static void
forget(const void *object)
{
	unsigned i;

	for (i = 0; i < ndestroyed; i++)
		if (destroyed[i].object == object)
			destroyed[i--] = destroyed[--ndestroyed];
}

static void
remember(const void *object)
{
	forget(object);
	if (ndestroyed == DESTROYED)
		return; /* no room: a use of this one is not detected */
	destroyed[ndestroyed].object = object;
	memcpy(destroyed[ndestroyed++].bytes, object, BYTES);
}

bool
calls_destroyed(const void *object)
{
	unsigned i;

	for (i = 0; i < ndestroyed; i++)
		if (destroyed[i].object == object)
			return memcmp(destroyed[i].bytes, object, BYTES) == 0;
	return false;
}

/*
 * The address that stands for the object as a whole in a footprint.  It
 * differs from the addresses of all of the object's atomic variables.
 */
static const void *
whole(const void *object)
{
	return (const char *)object + 2;
}

void
sim_call_enter(unsigned call, enum sim_call_kind kind, const void *object,
    const void *site)
{
	struct sim_thread *t = sim_me();
	struct sim_op op = { SIM_CALL, false, (uint16_t)call, object, site };

	quiet_begin();
	if (t->depth < SIM_CALLS)
		t->calls[t->depth] = (struct sim_call) { (uint16_t)call, false,
			object, site };
	t->depth++;
	t->op.call = (uint16_t)call;
	t->wants = NULL;
	if (kind == SIM_CLOCK && ++t->glances > GLANCES)
		sim_yield(site);
	if (kind != SIM_CLOCK && kind != SIM_LOCAL)
		sim_look(site, object);
	if (!m.limits.atomics && kind != SIM_CLOCK && kind != SIM_LOCAL)
		sim_point(SIM_CALL, object, site);
	sim_trace(m.current, &op, 0);
	if (object != NULL) {
		memory_check(object);
		sim_touch(whole(object), kind == SIM_INIT);
	}
	if (ndestroyed > 0 && kind != SIM_INIT && calls_destroyed(object))
		sim_fail(SIM_GONE, "an object is used after it was destroyed");
}

void
sim_call_leave(unsigned call, enum sim_call_kind kind, const void *object,
    long long result)
{
	struct sim_thread *t = sim_me();
	bool slept = false;

	if (--t->depth < SIM_CALLS)
		slept = t->calls[t->depth].slept;
	gates_end(); /* not later: after the call the object may be freed */
	if (kind == SIM_DESTROY)
		sim_touch(whole(object), true);
	if (kind == SIM_INIT && result == 0)
		forget(object);
	if (kind == SIM_DESTROY && result == 0)
		remember(object);
	if (sim_tracer != NULL)
		sim_tracer->returned(
		    sim_tracer, m.current, call, object, result, slept);
	t->wants = NULL;
	if (kind == SIM_QUERY && object == NULL && slept)
		sim_dozed(t->calls[t->depth].site);
	if (kind != SIM_CLOCK && kind != SIM_LOCAL && kind != SIM_QUERY
	    && (kind != SIM_TRY || result == 0))
		sim_progress(sim_waits_of(call)->locks);
	quiet_end();
}
