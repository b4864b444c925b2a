# SPDX-License-Identifier: MIT
# Each example is one file, NAME.c; NAME.expect is what tests/docs/examples.sh expects
# it to print.
EXAMPLES = \
	%D%/code \
	%D%/config \
	%D%/connect \
	%D%/counter \
	%D%/deadlock \
	%D%/karaoke \
	%D%/orders \
	%D%/race \
	%D%/recursive \
	%D%/sentinels \
	%D%/task_done \
	%D%/tickets \
	%D%/traffic \
	%D%/with \
	# EOL
noinst_PROGRAMS += $(EXAMPLES)

%C%_code_LDADD = libsync.la
%C%_config_LDADD = libsync.la
%C%_connect_LDADD = libsync.la
%C%_counter_LDADD = libsync.la
%C%_deadlock_LDADD = libsync.la
%C%_karaoke_LDADD = libsync.la
%C%_orders_LDADD = libsync.la
%C%_race_LDADD = libsync.la
%C%_recursive_LDADD = libsync.la
%C%_sentinels_LDADD = libsync.la
%C%_task_done_LDADD = libsync.la
%C%_tickets_LDADD = libsync.la
%C%_traffic_LDADD = libsync.la
%C%_with_LDADD = libsync.la

if EXPLORER
noinst_PROGRAMS += %D%/explore
endif
%C%_explore_LDADD = libsync-sim.la

EXTRA_DIST += \
	%D%/README.md \
	%D%/config.expect \
	%D%/connect.expect \
	%D%/counter.expect \
	%D%/deadlock.expect \
	%D%/explore.expect \
	%D%/karaoke.expect \
	%D%/orders.expect \
	%D%/race.expect \
	%D%/recursive.expect \
	%D%/sentinels.expect \
	%D%/task_done.expect \
	%D%/tickets.expect \
	%D%/traffic.expect \
	%D%/with.expect \
	# EOL
