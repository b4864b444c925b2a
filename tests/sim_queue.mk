# SPDX-License-Identifier: MIT
# Queue and timer in the explorer; include this after sim.mk.

check_LTLIBRARIES += libsync-simscript.la
libsync_simscript_la_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
libsync_simscript_la_CFLAGS = $(SIM_TEST_CFLAGS)
libsync_simscript_la_SOURCES = %D%/sim_script.c %D%/sim_script.h

sim_programs += sim_queue
sim_queue_SOURCES = %D%/sim_queue.c
sim_queue_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_queue_CFLAGS = $(SIM_TEST_CFLAGS)
sim_queue_LDADD = libsync-simscript.la $(SIM_TEST_LIBS)

sim_programs += sim_queue_close
sim_queue_close_SOURCES = %D%/sim_queue_close.c
sim_queue_close_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_queue_close_CFLAGS = $(SIM_TEST_CFLAGS)
sim_queue_close_LDADD = libsync-simscript.la $(SIM_TEST_LIBS)

sim_programs += sim_queue_life
sim_queue_life_SOURCES = %D%/sim_queue_life.c
sim_queue_life_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_queue_life_CFLAGS = $(SIM_TEST_CFLAGS)
sim_queue_life_LDADD = $(SIM_TEST_LIBS)

sim_programs += sim_wakes
sim_wakes_SOURCES = %D%/sim_wakes.c
sim_wakes_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_wakes_CFLAGS = $(SIM_TEST_CFLAGS)
sim_wakes_LDADD = $(SIM_TEST_LIBS)

check_LTLIBRARIES += libsync-simtimer.la
libsync_simtimer_la_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
libsync_simtimer_la_CFLAGS = $(SIM_TEST_CFLAGS)
libsync_simtimer_la_SOURCES = %D%/sim_timer_support.c \
	%D%/sim_timer_support.h

sim_programs += sim_timer
sim_timer_SOURCES = %D%/sim_timer.c
sim_timer_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_timer_CFLAGS = $(SIM_TEST_CFLAGS)
sim_timer_LDADD = libsync-simtimer.la $(SIM_TEST_LIBS)

sim_programs += sim_timer_again
sim_timer_again_SOURCES = %D%/sim_timer_again.c
sim_timer_again_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_timer_again_CFLAGS = $(SIM_TEST_CFLAGS)
sim_timer_again_LDADD = libsync-simtimer.la $(SIM_TEST_LIBS)

sim_programs += sim_timer_ticks
sim_timer_ticks_SOURCES = %D%/sim_timer_ticks.c
sim_timer_ticks_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_timer_ticks_CFLAGS = $(SIM_TEST_CFLAGS)
sim_timer_ticks_LDADD = libsync-simtimer.la $(SIM_TEST_LIBS)

sim_programs += sim_timer_end
sim_timer_end_SOURCES = %D%/sim_timer_end.c
sim_timer_end_CPPFLAGS = $(SIM_TEST_CPPFLAGS)
sim_timer_end_CFLAGS = $(SIM_TEST_CFLAGS)
sim_timer_end_LDADD = libsync-simtimer.la $(SIM_TEST_LIBS)
