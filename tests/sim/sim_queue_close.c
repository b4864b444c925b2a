/* SPDX-License-Identifier: MIT */
/*
 * Closing a queue, and counting its tasks, in the schedule explorer; see
 * sim_script.h.
 */
#include "sim_script.h"

static const struct sim_scenario scenarios[] = {
	SCRIPT("close while two getters sleep", SYNC_FIFO, 1, NULL, "c", "g",
	    "g"),
	SCRIPT("close while two putters sleep", SYNC_FIFO, 1, "p", "c", "p",
	    "p"),
	HUGE("close while times are up", SYNC_FIFO, 1, NULL, "c", "h", "h"),
	SCRIPT("close, a putter's time is up", SYNC_FIFO, 1, "p", "c", "u",
	    "g"),
	SCRIPT("what is there is drained", SYNC_FIFO, 2, "p", "pc", "gg", "g"),
	SCRIPT("a put, a get and a close", SYNC_FIFO, 1, NULL, "p", "g", "c"),
	SCRIPT("two put at once, room for one, and a close", SYNC_FIFO, 1, NULL,
	    "m", "g", "c"),
	SCRIPT("two close", SYNC_FIFO, 1, NULL, "c", "c", "g"),
	SCRIPT("tries at a close", SYNC_FIFO, 1, "p", "c", "PG", "ok"),

	SCRIPT("close_now while two getters sleep", SYNC_FIFO, 1, NULL, "x",
	    "g", "g"),
	SCRIPT("close_now while two putters sleep", SYNC_FIFO, 1, "p", "x", "p",
	    "p"),
	SCRIPT("close_now while two joiners sleep", SYNC_FIFO, 1, "p", "x", "j",
	    "j"),
	SCRIPT("close_now, a getter and a joiner", SYNC_FIFO, 1, "p", "x",
	    "gd", "j"),
	SCRIPT("close_now, a putter and a getter", SYNC_FIFO, 1, "p", "x", "p",
	    "h"),
	HUGE("a task comes as others are let go", SYNC_FIFO, 2, "pg", "i",
	    "d", "pi"),
	CALLS("close_now, a putter of two and a joiner", SYNC_FIFO, 1, "p",
	    "x", "m", "i"),
	LARGE("two close_now", SYNC_FIFO, 2, "pp", "x", "x", "J"),
	SCRIPT("close and close_now", SYNC_PRIORITY, 2, "p2p1", "c", "x", "gl"),
	SCRIPT("a stack is closed beside a getter", SYNC_LIFO, 1, NULL, "c",
	    "g"),
	SCRIPT("a stack is closed beside a putter", SYNC_LIFO, 1, "p", "c",
	    "p"),
	LARGE("close_now of a stack", SYNC_LIFO, 2, "pp", "x", "p", "g"),

	SCRIPT("two tasks, two workers, a joiner", SYNC_FIFO, 2, "pp", "j",
	    "gd", "gd"),
	SCRIPT("two joiners", SYNC_FIFO, 1, "pg", "d", "j", "j"),
	LARGE("two tasks are done at once", SYNC_FIFO, 2, "ppgg", "D", "j",
	    "i"),
	SCRIPT("a task comes while others join", SYNC_FIFO, 1, "p", "gd", "pgd",
	    "j"),
	SCRIPT("a joiner's time is up", SYNC_FIFO, 1, "pg", "d", "i", "J"),
	SCRIPT("done once too often", SYNC_FIFO, 1, "pg", "d", "d"),

	CALLS("a joiner's time is up as the task is done", SYNC_FIFO, 1, "pg",
	    "d", "i", "i"),
	CALLS("four threads and a close", SYNC_FIFO, 1, NULL, "pp", "gg", "u",
	    "c"),
	CALLS("four threads and a close_now", SYNC_FIFO, 3, "p", "ppx", "gd",
	    "u", "j"),
	CALLS("a producer, two workers", SYNC_FIFO, 1, "p", "pjc",
	    "gdgd", "gdgd"),
};

int
main(void)
{
	return sim_main("queue_close", scenarios, SIM_COUNT(scenarios));
}
