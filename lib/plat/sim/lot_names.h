/* SPDX-License-Identifier: MIT */
/*
 * Included first in plat/posix/wait.c and plat/common/circle.c when they are
 * built for the explorer.  It makes them call the POSIX functions of the
 * simulated machine.
 */
#ifndef SIM_LOT_NAMES_H
#define SIM_LOT_NAMES_H

#include "machine/posix/pthreads.h"

#define pthread_mutex_init      inner_pthread_mutex_init
#define pthread_mutex_lock      inner_pthread_mutex_lock
#define pthread_mutex_unlock    inner_pthread_mutex_unlock
#define pthread_cond_init       inner_pthread_cond_init
#define pthread_cond_destroy    inner_pthread_cond_destroy
#define pthread_cond_wait       inner_pthread_cond_wait
#define pthread_cond_timedwait  inner_pthread_cond_timedwait
#define pthread_cond_signal     inner_pthread_cond_signal
#define pthread_detach          inner_pthread_detach

#endif /* SIM_LOT_NAMES_H */
