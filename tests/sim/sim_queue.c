/* SPDX-License-Identifier: MIT */
/* The queue's puts and gets in the schedule explorer; see sim_script.h. */
#include "sim_script.h"

static const struct sim_scenario scenarios[] = {
	SCRIPT("a put and a get", SYNC_FIFO, 1, NULL, "p", "g"),
	SCRIPT("two puts, room for one", SYNC_FIFO, 1, NULL, "pp", "gg"),
	SPINS("two puts, room for one, spinning", SYNC_FIFO, 1, NULL, "pp",
	    "gg"),
	SPINS("two puts, room for one, spinning, last in first out", SYNC_LIFO,
	    1, NULL, "pp", "gg"),
	SPINS("two getters spin, two puts", SYNC_FIFO, 2, NULL, "pp", "g",
	    "g"),
	SCRIPT("two getters sleep, two puts", SYNC_FIFO, 2, NULL, "pp", "g",
	    "g"),
	HUGE("two putters sleep, two gets", SYNC_FIFO, 1, "p", "gg", "p",
	    "p"),
	HUGE("a chosen getter's time is up", SYNC_FIFO, 2, NULL, "pp", "h",
	    "g"),
	CALLS("a getter's time is up", SYNC_FIFO, 2, NULL, "pp", "h", "g"),
	CALLS("a getter of two's time is up", SYNC_FIFO, 2, NULL, "pp", "H",
	    "h"),
	CALLS("a putter of two's time is up", SYNC_FIFO, 2, "p", "gg", "U",
	    "u"),
	CALLS("a chosen putter's time is up", SYNC_FIFO, 1, "p", "gg", "u",
	    "p"),
	SCRIPT("a getter's time may be up, a trier comes", SYNC_FIFO, 1, NULL,
	    "p", "h", "G"),
	SCRIPT("a putter's time may be up, a trier comes", SYNC_FIFO, 1, "p",
	    "g", "u", "P"),
	SCRIPT("tries", SYNC_FIFO, 1, NULL, "P", "G", "PG"),
	SCRIPT("priorities", SYNC_PRIORITY, 2, "p2", "g", "p1", "p2"),
	SCRIPT("many priorities", SYNC_PRIORITY, 12,
	    "p0p5p1p2p6p5p6p7p3p9p9p9", "g", "k"),
	SCRIPT("the last in is the first out", SYNC_LIFO, 2, "p", "g", "p",
	    "p"),
	SCRIPT("two put at once, two getters sleep", SYNC_FIFO, 2, NULL, "m",
	    "g", "g"),
	SCRIPT("two put at once, room for one", SYNC_FIFO, 1, NULL, "m", "gg"),
	SCRIPT("two got at once, two putters sleep", SYNC_FIFO, 2, "pp", "n",
	    "p", "p"),
	SCRIPT("looking", SYNC_FIFO, 1, "p", "gp", "kl"),
	SCRIPT("looking at what is least", SYNC_PRIORITY, 2, "p2", "p1", "kgl"),
	SCRIPT("a queue that grows", SYNC_FIFO, SYNC_UNBOUNDED,
	    "pgppppppppppppppppgpp", "p", "g", "p"),
	CALLS("three threads, room for one", SYNC_FIFO, 1, NULL, "ppp", "gg",
	    "h"),
	CALLS("four threads, room for two", SYNC_FIFO, 2, NULL, "ppp", "gg",
	    "u", "hk"),
	CALLS("four threads and priorities", SYNC_PRIORITY, 2, NULL, "p2p1p2",
	    "p1gg", "p2g", "ggk"),
	CALLS("four threads and a stack", SYNC_LIFO, 2, NULL, "ppp", "pgg",
	    "pg", "ggk"),
	CALLS("a batch goes around the end", SYNC_FIFO, 3, "ppggm", "n", "k"),
	CALLS("many at once", SYNC_FIFO, 3, NULL, "mp", "ng", "U", "kl"),
};

int
main(void)
{
	return sim_main("queue", scenarios, SIM_COUNT(scenarios));
}
