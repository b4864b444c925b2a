/* SPDX-License-Identifier: MIT */
/*
 * A pipe.  write may be called in signal handlers, and not every system has
 * semaphores without a name.  The writing end does not block: if the pipe is
 * full, the helper thread has reason enough to run.
 *
 * Both ends are closed by exec, and are none of the standard streams, which a
 * program may have closed in order to open others in their places.
 *
 * Some programs close every file descriptor that they did not open, and the
 * numbers may then name other files.  So nothing is read or written before the
 * file is compared with the one that was made.  A bell that was lost in this
 * way is replaced by the helper thread, which notices because its read ends
 * when the last writing end is closed.  No ring is lost: a handler that does
 * not find the pipe looks for a newer one.  If there is none, the helper thread
 * has not made it yet.  It wakes all sleepers after that, which is after the
 * change that the handler rings for.
 *
 * Some of the calls here are cancellation points, so cancellation is disabled
 * around them.  No thread cancels the helper thread.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "bell.h"

#define LEAST 3 /* the first that is no standard stream */

struct bell {
	int reads, writes; /* file descriptors */
	dev_t device;      /* of the pipe */
	ino_t inode;
};

/*
 * Handlers read the current bell while the helper makes the next, so there is
 * room for two.  A handler that is interrupted for two replacements compares
 * the pipe with the wrong one, and does not find it.
 */
static struct bell bells[2];
static uint32_t made; /* atomic; bells[made % 2] is current; 0: none is */

/* Whether the file descriptor still names the pipe of this bell. */
static bool
is_ours(const struct bell *b, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)
	    && st.st_dev == b->device && st.st_ino == b->inode;
}

static void
close_ours(const struct bell *b)
{
	if (is_ours(b, b->reads))
		(void)close(b->reads);
	if (is_ours(b, b->writes))
		(void)close(b->writes);
}

static int
new_pipe(int ends[2])
{
#if HAVE_PIPE2
	return pipe2(ends, O_CLOEXEC);
#else
	return pipe(ends);
#endif
}

/*
 * One that is closed by exec and is no standard stream; -1 if that fails, and
 * then fd is closed.
 */
static int
moved_up(int fd)
{
	int up;

	if (fd >= LEAST && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, LEAST);
	(void)close(fd);
	return up;
}

static bool
open_bell(struct bell *b)
{
	struct stat st;
	int ends[2];

	if (new_pipe(ends) != 0)
		return false;
	b->reads = moved_up(ends[0]);
	b->writes = moved_up(ends[1]);
	if (b->reads >= 0 && b->writes >= 0 && fstat(b->reads, &st) == 0
	    && fcntl(b->writes, F_SETFL, O_NONBLOCK) == 0) {
		b->device = st.st_dev;
		b->inode = st.st_ino;
		return true;
	}
	(void)close(b->reads); /* -1 is refused */
	(void)close(b->writes);
	return false;
}

static bool
make(void)
{
	uint32_t n = at_load_relaxed(&made);

	if (n != 0)
		close_ours(&bells[n % 2]);
	if (++n == 0)
		n = 2;
	if (!open_bell(&bells[n % 2]))
		return false;
	/* Publishes the bell; pairs with the loads in ring. */
	at_store_release(&made, n);
	return true;
}

bool
bell_make(void)
{
	bool is_made;
	int state;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	is_made = make();
	(void)pthread_setcancelstate(state, NULL);
	return is_made;
}

static void
ring(void)
{
	uint32_t n = at_load_acquire(&made), before;

	while (n != 0) {
		const struct bell *b = &bells[n % 2];

		/* Full: it has reason enough to run. */
		if (is_ours(b, b->writes)
		    && (write(b->writes, "", 1) == 1 || errno == EAGAIN))
			return;
		before = n;
		n = at_load_acquire(&made);
		if (n == before)
			return;
	}
}

void
bell_ring(void)
{
	int state;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	ring();
	(void)pthread_setcancelstate(state, NULL);
}

bool
bell_await(void)
{
	const struct bell *b = &bells[at_load_relaxed(&made) % 2];
	char rings[64];
	ssize_t n;

	do {
		if (!is_ours(b, b->reads))
			return false;
		n = read(b->reads, rings, sizeof(rings));
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

void
bell_fork_child(void)
{
	uint32_t n = at_load_relaxed(&made);
	int state;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	if (n != 0)
		close_ours(&bells[n % 2]);
	(void)pthread_setcancelstate(state, NULL);
	at_store_relaxed(&made, 0);
}
