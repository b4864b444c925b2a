# SPDX-License-Identifier: MIT
include_HEADERS = %D%/libsync.h
libsyncincludedir = $(includedir)/libsync
libsyncinclude_HEADERS = \
	%D%/libsync/barrier.h \
	%D%/libsync/base.h \
	%D%/libsync/cond.h \
	%D%/libsync/event.h \
	%D%/libsync/explore.h \
	%D%/libsync/kmutex.h \
	%D%/libsync/latch.h \
	%D%/libsync/mutex.h \
	%D%/libsync/queue.h \
	%D%/libsync/rmutex.h \
	%D%/libsync/rwlock.h \
	%D%/libsync/sem.h \
	%D%/libsync/thread.h \
	%D%/libsync/time.h \
	%D%/libsync/timer.h \
	%D%/libsync/with.h \
	# EOL
