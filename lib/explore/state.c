/* SPDX-License-Identifier: MIT */
/*
 * The state of the object on which a thread sleeps, for reports.  If the
 * thread should not sleep in that state, a wakeup was lost.
 */
#include <stdio.h>

#include <libsync.h>

#include "wrappers/calls.h"
#include "state.h"

/* The names of all functions of an object type begin with the type. */
static bool
is_of(unsigned call, const char *object)
{
	const char *name = call_short_name(call);

	while (*object != '\0' && *name == *object) {
		name++;
		object++;
	}
	return *object == '\0' && *name == '_';
}

static bool
queue_state(unsigned call, struct sync_queue *q, char *text, size_t size)
{
	/* Another thread may hold the lock that guards a store. */
	bool ring = q->store.bytes == NULL;
	size_t len = ring ? sync_queue_len(q) : (size_t)q->store.len;
	bool closed = sync_queue_is_closed(q);
	size_t unfinished = sync_queue_unfinished(q);
	const char *verb = call_short_name(call) + 6; /* after "queue_" */

	(void)snprintf(text, size, "%zu of %zu elements%s, %zu unfinished",
	    len, q->capacity, closed ? ", closed" : "", unfinished);
	if (verb[0] == 'g')
		return len > 0 || closed;
	if (verb[0] == 'p')
		return len < q->capacity || closed;
	return verb[0] == 'j' && unfinished == 0;
}

bool
state_of(unsigned call, const void *object, char *text, size_t size)
{
	uint32_t n;
	bool set;

	text[0] = '\0';
	if (is_of(call, "sem")) {
		n = sync_sem_value(object);
		(void)snprintf(text, size, "value %u", (unsigned)n);
		return n > 0;
	}
	if (is_of(call, "latch")) {
		n = sync_latch_count(object);
		(void)snprintf(text, size, "count %u", (unsigned)n);
		return n == 0;
	}
	if (is_of(call, "event")) {
		set = sync_event_is_set(object);
		(void)snprintf(text, size, "%s", set ? "set" : "clear");
		return set;
	}
	if (is_of(call, "queue"))
		return queue_state(call, (void *)(uintptr_t)object, text,
		    size);
	return false;
}
