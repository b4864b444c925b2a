/* SPDX-License-Identifier: MIT */
#include "wait/record.h"

_Static_assert(sizeof(struct thread_record) <= PLAT_RECORD_SIZE, "no room");

/* Later destructors may ask for the thread, or release its read locks. */
bool
record_in_use(const void *record)
{
	const struct thread_record *r = record;

	return r->thread != NULL || r->reads.n != 0;
}

void
record_fork(uint32_t id)
{
	const struct thread_record *r = record_if_any();

	identity_fork(id, r != NULL ? &r->reads : NULL);
}
