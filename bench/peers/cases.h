/* SPDX-License-Identifier: MIT */
/*
 * The cases.  Each loop is written once, here, and compiled into each peer
 * with the peer's own functions.  So calls are as direct as in a user's
 * program: inline functions are inlined, and functions of a shared library are
 * called there.
 *
 * To add a peer, write peer_NAME.c (or .cc).  Include "peer.h"; define
 * bench_system, bench_version and bench_traits.  For each HAS_ that it defines
 * as 1, define the type and the static inline functions named below.  Include
 * "cases.h" last.  Then make configure.ac find it and bench/peers.mk build it.
 * A peer must block the thread that waits.  Leave out functions that poll or
 * spin forever, or that have no bound although the row has one.
 *
 *	HAS_MUTEX	peer_mutex: new delete lock unlock
 *	HAS_TRYLOCK	peer_mutex_trylock: whether it was taken
 *	HAS_RMUTEX	peer_rmutex: new delete lock unlock
 *	HAS_RCOND	peer_rcond: new delete wait(c, rmutex) signal
 *	HAS_SEM		peer_sem: new(value) delete wait post
 *	HAS_EVENT	peer_event: new delete wait set; set once in its life
 *	HAS_FIFO	peer_fifo of uint64_t: new(capacity) delete put get
 *	HAS_FIFO64	peer_fifo64 of struct bench_wide, the same
 *	HAS_BATCH	peer_fifo_put_n(q, p, n); peer_fifo_get_n, how many
 *	HAS_LIFO	peer_lifo of uint64_t, as peer_fifo
 *	HAS_PRIORITY	peer_prio of struct bench_keyed, as peer_fifo
 *	HAS_TIMERS	peer_timers: new(n, fired), which makes them all, delete
 *			arm(t, i, when) cancel(t, i); when is in ns on
 *			CLOCK_MONOTONIC, fired(i) is for the timers' thread
 *	SINGLE_CONSUMER	only one thread may get from the FIFO queue; then
 *			bench_traits says "single-consumer"
 *
 * new returns a pointer.  Its first argument, r, has the options of the command
 * line that a peer needs, such as the variant.
 *
 * To add a row, write its loop here (or in an included file) if no case has it
 * yet, and add one line to the table in bench/peers_table/rows.py.
 */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include <stdlib.h>

#include "peer.h"

#ifndef HAS_MUTEX
#define HAS_MUTEX 0
#endif
#ifndef HAS_TRYLOCK
#define HAS_TRYLOCK 0
#endif
#ifndef HAS_RMUTEX
#define HAS_RMUTEX 0
#endif
#ifndef HAS_RCOND
#define HAS_RCOND 0
#endif
#ifndef HAS_SEM
#define HAS_SEM 0
#endif
#ifndef HAS_EVENT
#define HAS_EVENT 0
#endif
#ifndef HAS_FIFO
#define HAS_FIFO 0
#endif
#ifndef HAS_FIFO64
#define HAS_FIFO64 0
#endif
#ifndef HAS_BATCH
#define HAS_BATCH 0
#endif
#ifndef HAS_LIFO
#define HAS_LIFO 0
#endif
#ifndef HAS_PRIORITY
#define HAS_PRIORITY 0
#endif
#ifndef HAS_TIMERS
#define HAS_TIMERS 0
#endif
#ifndef SINGLE_CONSUMER
#define SINGLE_CONSUMER 0
#endif

/* The data that a lock guards, on cache lines away from the lock. */
struct bench_guarded {
	uint64_t count;
	unsigned char apart[BENCH_LINE - sizeof(uint64_t)];
};

#include "case_locks.h"
#include "case_events.h"
#include "case_loop.h"
#include "case_queues.h"
#include "case_timers.h"
#include "case_asleep.h"

const struct bench_case bench_cases[] = {
#if HAS_MUTEX
	{ "mutex", BENCH_TIMED, mutex_setup_alone, mutex_work, NULL,
	    mutex_finish_alone },
#if HAS_TRYLOCK
	{ "trylock", BENCH_TIMED, mutex_setup_alone, trylock_work, NULL,
	    mutex_finish_alone },
#endif
	{ "contended", BENCH_TIMED, mutex_setup, contended_work, NULL,
	    mutex_finish },
	{ "fairness", BENCH_TIMED, mutex_setup, fairness_work, NULL,
	    mutex_finish },
	{ "tickets", BENCH_TIMED, mutex_setup_tickets, tickets_work, NULL,
	    tickets_finish },
#endif
#if HAS_RMUTEX
	{ "rmutex1", BENCH_TIMED, rmutex_setup, rmutex_work_1, NULL,
	    rmutex_finish },
	{ "rmutex3", BENCH_TIMED, rmutex_setup, rmutex_work_3, NULL,
	    rmutex_finish },
#endif
#if HAS_RCOND
	{ "loop", BENCH_TIMED, loop_setup, loop_work, NULL, loop_finish },
#endif
#if HAS_SEM
	{ "sem", BENCH_TIMED, sem_setup_alone, sem_work, NULL, sem_finish },
	{ "pingpong", BENCH_TIMED, sem_setup_pair, pingpong_work, NULL,
	    sem_finish },
	{ "permits", BENCH_TIMED, sem_setup_permits, permits_work, NULL,
	    sem_finish },
#endif
#if HAS_EVENT
	{ "event_set", BENCH_TIMED, event_setup_one, event_work, NULL,
	    event_finish },
	{ "event_run", BENCH_PACED, event_setup_rounds, event_run_work, NULL,
	    event_run_finish },
#endif
#if HAS_FIFO
	{ "fifo_one", BENCH_TIMED, fifo_setup_one, fifo_work_one, NULL,
	    fifo_finish_one },
	{ "fifo", BENCH_TIMED, fifo_setup, fifo_work, NULL, fifo_finish },
	{ "fifo_latency", BENCH_PACED, fifo_setup_latency, fifo_work_latency,
	    NULL, fifo_finish },
#endif
#if HAS_BATCH
	{ "fifo_batch", BENCH_TIMED, fifo_setup, fifo_work_batch, NULL,
	    fifo_finish },
#endif
#if HAS_FIFO64
	{ "fifo64", BENCH_TIMED, fifo64_setup, fifo64_work, NULL,
	    fifo64_finish },
#endif
#if HAS_LIFO
	{ "lifo", BENCH_TIMED, lifo_setup, lifo_work, NULL, lifo_finish },
#endif
#if HAS_PRIORITY
	{ "prio_one", BENCH_TIMED, prio_setup_one, prio_work_one, NULL,
	    prio_finish_one },
	{ "prio", BENCH_TIMED, prio_setup, prio_work, NULL, prio_finish },
#endif
#if HAS_TIMERS
	{ "timer_arm", BENCH_TIMED, timers_setup_arm, timers_work_arm, NULL,
	    timers_finish_arm },
	{ "timer_late", BENCH_ONCE, timers_setup_late, timers_work_late, NULL,
	    timers_finish_late },
#endif
#if ASLEEP_KINDS > 0
	{ "asleep", BENCH_ASLEEP, asleep_setup, asleep_work, asleep_release,
	    asleep_finish },
#endif
	{ NULL, BENCH_TIMED, NULL, NULL, NULL, NULL },
};

#endif /* BENCH_CASES_H */
