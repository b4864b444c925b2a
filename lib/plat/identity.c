/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <string.h>

struct identity identity;

void
identity_fork(uint32_t id, const struct identity_reads *reads)
{
	uint32_t next = (identity.bits >> ID_SHIFT) + 1;

	if (id == 0 || id != identity.survivor) /* another survived so far */
		memset(identity.former, 0, sizeof(identity.former));
	identity.former[(id & ID_MASK) >> ID_SHIFT] = id;
	identity.generation++;
	if (next == ID_WRAP)
		next = 0;
	identity.former[next] = 0;
	identity.bits = next << ID_SHIFT;
	identity.survivor = 0;
	if (reads != NULL)
		identity.reads = *reads;
	else
		identity.reads.n = 0;
}

void
identity_survives(uint32_t id)
{
	identity.survivor = id;
}

uint32_t
identity_read_holds(const void *lock)
{
	uint32_t i;

	for (i = 0; i < identity.reads.n; i++)
		if (identity.reads.of[i].lock == lock)
			return identity.reads.of[i].count;
	return 0;
}
