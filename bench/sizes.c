/* SPDX-License-Identifier: MIT */
/*
 * How large the objects are, and how much a queue uses for each element beyond
 * the element itself.  Fails if a size exceeds its limit.
 */
#include <stdbool.h>
#include <stdio.h>

#include <libsync.h>

#define NO_LIMIT SIZE_MAX

#define ROW(type, limit) { "struct " #type, sizeof(struct type), limit }
static const struct {
	const char *name;
	size_t size, limit;
} objects[] = {
	ROW(sync_mutex, 16),
	ROW(sync_rmutex, 16),
	ROW(sync_kmutex, NO_LIMIT),
	ROW(sync_cond, 16),
	ROW(sync_sem, 16),
	ROW(sync_event, 16),
	ROW(sync_latch, 16),
	ROW(sync_barrier, NO_LIMIT),
	ROW(sync_rwlock, NO_LIMIT),
	ROW(sync_queue, NO_LIMIT),
	ROW(sync_timer_thread, NO_LIMIT),
	ROW(sync_timer, NO_LIMIT),
	ROW(sync_thread, NO_LIMIT),
};

static const struct {
	const char *name;
	enum sync_queue_order order;
	size_t smallest; /* element: it must have room for a priority */
	size_t limit;
} orders[] = {
	{ "fifo", SYNC_FIFO, 1, 8 },
	{ "lifo", SYNC_LIFO, 1, 8 },
	{ "priority", SYNC_PRIORITY, sizeof(int64_t), 16 },
};

static bool
print_row(const char *name, size_t size, size_t limit)
{
	printf("%-26s %5zu", name, size);
	if (limit != NO_LIMIT)
		printf("  %4zu at most%s", limit,
		    size > limit ? ", TOO LARGE" : "");
	putchar('\n');
	return limit == NO_LIMIT || size <= limit;
}

/*
 * The maximum for any element size up to 256, without the part that all
 * elements share; SIZE_MAX on an error.
 */
static size_t
overhead(enum sync_queue_order order, size_t smallest)
{
	const size_t capacity = 1000;
	size_t most = 0, bytes;

	for (size_t size = smallest; size <= 256; size++) {
		if (sync_queue_storage_size(order, size, capacity, &bytes) != 0
		    || bytes < size * capacity)
			return SIZE_MAX;
		bytes = (bytes - size * capacity) / capacity;
		most = bytes > most ? bytes : most;
	}
	return most;
}

int
main(void)
{
	char name[64];
	bool good = true;

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		good &= print_row(objects[i].name, objects[i].size,
		    objects[i].limit);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s queue, per element",
		    orders[i].name);
		good &= print_row(name,
		    overhead(orders[i].order, orders[i].smallest),
		    orders[i].limit);
	}
	printf("sizes, in bytes: %s\n",
	    good ? "all as small as promised" : "TOO LARGE");
	return good ? 0 : 1;
}
