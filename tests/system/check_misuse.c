/* SPDX-License-Identifier: MIT */
/*
 * SYNC_MISUSE=abort: a wrong call names itself and its object, and aborts the
 * program.  A call that merely comes at a bad moment does not.
 *
 * The variable is read when a program starts, so each case runs this program
 * again with the case as its argument.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static struct sync_mutex m = SYNC_MUTEX_INIT;
static struct sync_rmutex rm = SYNC_RMUTEX_INIT;
static struct sync_kmutex km;
static struct sync_cond c = SYNC_COND_INIT;
static struct sync_sem s = SYNC_SEM_INIT(1, 1);
static struct sync_event e = SYNC_EVENT_INIT;
static struct sync_latch l = SYNC_LATCH_INIT(1);
static struct sync_barrier b;
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static struct sync_queue q;
static struct sync_timer_thread tt;
static struct sync_timer t;
static struct sync_thread th;
static int x;
static size_t n;

static void
tick(struct sync_timer *timer, const struct sync_tick *k, void *arg)
{
	(void)timer, (void)k, (void)arg;
}

/* Objects as the cases expect them: usable or, with dead, destroyed. */
static void
make(bool dead)
{
	bool made = sync_kmutex_init(&km, 0) == 0
	    && sync_barrier_init(&b, 2, NULL, NULL, 0) == 0
	    && sync_queue_init(&q, SYNC_FIFO, sizeof(x), 1) == 0
	    && sync_timer_thread_init(&tt, NULL) == 0
	    && sync_timer_init(&t, &tt, tick, NULL) == 0;

	if (!made)
		exit(3);
	if (!dead)
		return;
	made = sync_mutex_destroy(&m) == 0 && sync_rmutex_destroy(&rm) == 0
	    && sync_kmutex_destroy(&km) == 0 && sync_cond_destroy(&c) == 0
	    && sync_sem_destroy(&s) == 0 && sync_event_destroy(&e) == 0
	    && sync_latch_destroy(&l) == 0 && sync_barrier_destroy(&b) == 0
	    && sync_rwlock_destroy(&rw) == 0 && sync_queue_destroy(&q) == 0
	    && sync_timer_destroy(&t) == 0
	    && sync_timer_thread_destroy(&tt) == 0;
	if (!made)
		exit(4);
}

static int
relock(void)
{
	return sync_mutex_lock(&m) == 0 ? sync_mutex_lock(&m) : 0;
}

static int
relock_until(void)
{
	return sync_kmutex_lock(&km) == 0 ? sync_kmutex_lock_until(&km, 0) : 0;
}

static int
relock_kmutex(void)
{
	return sync_kmutex_lock(&km) == 0 ? sync_kmutex_lock(&km) : 0;
}

static int
rewrite(void)
{
	return sync_rwlock_wrlock(&rw) == 0 ? sync_rwlock_wrlock(&rw) : 0;
}

static int
read_and_write(void)
{
	return sync_rwlock_rdlock(&rw) == 0 ? sync_rwlock_wrlock(&rw) : 0;
}

static struct sync_queue_options no_options;

/* Calls on usable objects that use them wrongly. */
#define USABLE(X)                                                              \
	X(sync_mutex_lock, &m, EDEADLK, relock())                              \
	X(sync_mutex_lock, NULL, EINVAL, sync_mutex_lock(NULL))                \
	X(sync_mutex_unlock, &m, EPERM, sync_mutex_unlock(&m))                 \
	X(sync_mutex_init, &m, EINVAL, sync_mutex_init(&m, 0x80))              \
	X(sync_rmutex_unlock, &rm, EPERM, sync_rmutex_unlock(&rm))             \
	X(sync_rmutex_lock, NULL, EINVAL, sync_rmutex_lock(NULL))              \
	X(sync_kmutex_lock, &km, EDEADLK, relock_kmutex())                     \
	X(sync_kmutex_lock_until, &km, EDEADLK, relock_until())                \
	X(sync_kmutex_unlock, &km, EPERM, sync_kmutex_unlock(&km))             \
	X(sync_kmutex_consistent, &km, EPERM, sync_kmutex_consistent(&km))     \
	X(sync_kmutex_init, &km, EINVAL, sync_kmutex_init(&km, 0x80))          \
	X(sync_cond_wait, &c, EPERM, sync_cond_wait(&c, &m))                   \
	X(sync_cond_wait_until, &c, EPERM, sync_cond_wait_until(&c, &m, 0))    \
	X(sync_cond_wait_rmutex, &c, EPERM, sync_cond_wait_rmutex(&c, &rm)) \
	X(sync_cond_wait_kmutex_until, &c, EPERM,                              \
	    sync_cond_wait_kmutex_until(&c, &km, 0)) \
	X(sync_cond_signal, NULL, EINVAL, sync_cond_signal(NULL))              \
	X(sync_sem_post, &s, EOVERFLOW, sync_sem_post(&s))                     \
	X(sync_sem_post_n, &s, EOVERFLOW, sync_sem_post_n(&s, 7))              \
	X(sync_sem_init, &s, EINVAL, sync_sem_init(&s, 2, 1, 0))               \
	X(sync_sem_wait, NULL, EINVAL, sync_sem_wait(NULL))                    \
	X(sync_event_set, NULL, EINVAL, sync_event_set(NULL))                  \
	X(sync_event_wait, NULL, EINVAL, sync_event_wait(NULL))                \
	X(sync_latch_count_down_n, &l, EINVAL, sync_latch_count_down_n(&l, 2)) \
	X(sync_latch_wait, NULL, EINVAL, sync_latch_wait(NULL))                \
	X(sync_barrier_init, &b, EINVAL,                                       \
	    sync_barrier_init(&b, 0, NULL, NULL, 0))                           \
	X(sync_barrier_wait, NULL, EINVAL, sync_barrier_wait(NULL, NULL))      \
	X(sync_rwlock_wrlock, &rw, EDEADLK, rewrite())                         \
	X(sync_rwlock_wrlock, &rw, EDEADLK, read_and_write())                  \
	X(sync_rwlock_unlock, &rw, EPERM, sync_rwlock_unlock(&rw))             \
	X(sync_queue_init, &q, EINVAL, sync_queue_init(&q, SYNC_FIFO, 0, 1))   \
	X(sync_queue_init, &q, EOVERFLOW,                                      \
	    sync_queue_init(&q, SYNC_FIFO, SIZE_MAX / 2, 9))                   \
	X(sync_queue_init_with, &q, EINVAL,                                    \
	    sync_queue_init_with(&q, &no_options))                             \
	X(sync_queue_put, &q, EINVAL, sync_queue_put(&q, NULL))                \
	X(sync_queue_get_n, &q, EINVAL, sync_queue_get_n(&q, &x, 0, &n))       \
	X(sync_queue_task_done, &q, EINVAL, sync_queue_task_done(&q))          \
	X(sync_queue_task_done_n, &q, EINVAL, sync_queue_task_done_n(&q, 2))   \
	X(sync_timer_init, &t, EINVAL, sync_timer_init(&t, &tt, NULL, NULL))   \
	X(sync_timer_arm_every, &t, EINVAL,                                    \
	    sync_timer_arm_every(&t, 0, 0, SYNC_TIMER_SKIP))                   \
	X(sync_timer_thread_init, NULL, EINVAL,                                \
	    sync_timer_thread_init(NULL, NULL))                                \
	X(sync_thread_start, &th, EINVAL,                                      \
	    sync_thread_start(&th, NULL, NULL, NULL))                          \
	X(sync_thread_join, NULL, EINVAL, sync_thread_join(NULL, NULL))

/* Calls on destroyed objects. */
#define DEAD(X)                                                                \
	X(sync_mutex_lock, &m, EINVAL, sync_mutex_lock(&m))                    \
	X(sync_mutex_trylock, &m, EINVAL, sync_mutex_trylock(&m))              \
	X(sync_mutex_destroy, &m, EINVAL, sync_mutex_destroy(&m))              \
	X(sync_rmutex_lock, &rm, EINVAL, sync_rmutex_lock(&rm))                \
	X(sync_kmutex_lock, &km, EINVAL, sync_kmutex_lock(&km))                \
	X(sync_kmutex_destroy, &km, EINVAL, sync_kmutex_destroy(&km))          \
	X(sync_cond_signal, &c, EINVAL, sync_cond_signal(&c))                  \
	X(sync_cond_destroy, &c, EINVAL, sync_cond_destroy(&c))                \
	X(sync_sem_wait, &s, EINVAL, sync_sem_wait(&s))                        \
	X(sync_sem_post, &s, EINVAL, sync_sem_post(&s))                        \
	X(sync_event_set, &e, EINVAL, sync_event_set(&e))                      \
	X(sync_event_clear, &e, EINVAL, sync_event_clear(&e))                  \
	X(sync_event_trywait, &e, EINVAL, sync_event_trywait(&e))              \
	X(sync_latch_count_down, &l, EINVAL, sync_latch_count_down(&l))        \
	X(sync_latch_wait, &l, EINVAL, sync_latch_wait(&l))                    \
	X(sync_barrier_wait, &b, EINVAL, sync_barrier_wait(&b, NULL))          \
	X(sync_barrier_abort, &b, EINVAL, sync_barrier_abort(&b))              \
	X(sync_rwlock_rdlock, &rw, EINVAL, sync_rwlock_rdlock(&rw))            \
	X(sync_rwlock_trywrlock, &rw, EINVAL, sync_rwlock_trywrlock(&rw))      \
	X(sync_rwlock_unlock, &rw, EINVAL, sync_rwlock_unlock(&rw))            \
	X(sync_queue_put, &q, EINVAL, sync_queue_put(&q, &x))                  \
	X(sync_queue_tryget, &q, EINVAL, sync_queue_tryget(&q, &x))            \
	X(sync_queue_get_until, &q, EINVAL, sync_queue_get_until(&q, &x, 0))   \
	X(sync_queue_put_n, &q, EINVAL, sync_queue_put_n(&q, &x, 1, NULL))     \
	X(sync_queue_get_n, &q, EINVAL, sync_queue_get_n(&q, &x, 1, &n))       \
	X(sync_queue_peek, &q, EINVAL, sync_queue_peek(&q, &x))                \
	X(sync_queue_close, &q, EINVAL, sync_queue_close(&q))                  \
	X(sync_queue_join, &q, EINVAL, sync_queue_join(&q))                    \
	X(sync_queue_destroy, &q, EINVAL, sync_queue_destroy(&q))              \
	X(sync_timer_arm, &t, EINVAL, sync_timer_arm(&t, 0))                   \
	X(sync_timer_cancel, &t, EINVAL, sync_timer_cancel(&t))                \
	X(sync_timer_join, &t, EINVAL, sync_timer_join(&t))                    \
	X(sync_timer_destroy, &t, EINVAL, sync_timer_destroy(&t))              \
	X(sync_timer_thread_stop, &tt, EINVAL, sync_timer_thread_stop(&tt))

/* Not wrong; only at a bad moment. */
static int
bad_moments(void)
{
	(void)sync_mutex_lock(&m);
	if (sync_mutex_trylock(&m) != EBUSY || sync_mutex_destroy(&m) != EBUSY
	    || sync_sem_wait(&s) != 0 || sync_sem_trywait(&s) != EAGAIN
	    || sync_sem_wait_until(&s, 0) != ETIMEDOUT
	    || sync_event_trywait(&e) != EAGAIN
	    || sync_event_wait_until(&e, 0) != ETIMEDOUT
	    || sync_latch_trywait(&l) != EAGAIN
	    || sync_latch_wait_until(&l, sync_after_ms(1)) != ETIMEDOUT)
		return 5;
	if (sync_barrier_trywait(&b, NULL) != EAGAIN
	    || sync_barrier_wait_until(&b, NULL, 0) != ETIMEDOUT
	    || sync_barrier_wait(&b, NULL) != ECANCELED
	    || sync_cond_wait_until(&c, &m, 0) != ETIMEDOUT
	    || sync_rwlock_rdlock(&rw) != 0
	    || sync_rwlock_trywrlock(&rw) != EBUSY
	    || sync_rwlock_destroy(&rw) != EBUSY
	    || sync_kmutex_lock(&km) != 0 || sync_kmutex_trylock(&km) != EBUSY
	    || sync_kmutex_destroy(&km) != EBUSY)
		return 6;
	if (sync_queue_tryget(&q, &x) != EAGAIN
	    || sync_queue_get_until(&q, &x, 0) != ETIMEDOUT
	    || sync_queue_peek(&q, &x) != EAGAIN
	    || sync_queue_put(&q, &x) != 0
	    || sync_queue_tryput(&q, &x) != EAGAIN
	    || sync_queue_put_until(&q, &x, 0) != ETIMEDOUT
	    || sync_queue_tryjoin(&q) != EAGAIN
	    || sync_queue_close(&q) != 0 || sync_queue_put(&q, &x) != EPIPE
	    || sync_queue_get(&q, &x) != 0 || sync_queue_get(&q, &x) != EPIPE)
		return 7;
	if (sync_timer_cancel(&t) != ENOENT
	    || sync_timer_thread_stop(&tt) != 0
	    || sync_timer_arm(&t, 0) != ECANCELED)
		return 8;
	return 0;
}

#define ROW(name, object, err, call) { #name, #err ":" },
static const struct row {
	const char *call;
	const char *err;
} rows[] = { USABLE(ROW) DEAD(ROW) };
#undef ROW
/* NOLINTNEXTLINE(bugprone-macro-parentheses): rows are added up */
#define ROW(name, object, err, call) +1
enum { USABLE_ROWS = 0 USABLE(ROW), ROWS = USABLE_ROWS DEAD(ROW) };
#undef ROW

static int
run_row(int row)
{
	int i = 0, got = 0, want = 0;
	const void *it = NULL;

	make(row >= USABLE_ROWS);
#define ROW(name, object, err, call)                                           \
	if (i++ == row) {                                                      \
		it = (object);                                                 \
		want = (err);                                                  \
		(void)printf("%p\n", it);                                      \
		(void)fflush(stdout);                                          \
		got = (call);                                                  \
	}
	USABLE(ROW)
	DEAD(ROW)
#undef ROW
	return got == want ? 0 : 9;
}

/* Run this program again: what it printed, and how it ended. */
static int
again(const char *argument, const char *mode, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got;
	int status, p[2];
	pid_t pid;

	ck_assert_int_eq(pipe(p), 0);
	(void)fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		const struct rlimit no_core = { 0, 0 };

		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)dup2(p[1], STDOUT_FILENO);
		(void)dup2(p[1], STDERR_FILENO);
		if (mode != NULL)
			(void)setenv("SYNC_MISUSE", mode, 1);
		else
			(void)unsetenv("SYNC_MISUSE");
		(void)execl("/proc/self/exe", "check_misuse", argument,
		    (char *)NULL);
		_exit(99);
	}
	(void)close(p[1]);
	while ((got = read(p[0], text + used, size - 1 - used)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	(void)close(p[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(misuse_names_the_call_and_the_object_and_aborts)
{
	char argument[16], text[4096], expected[256], object[64];
	int status;

	(void)snprintf(argument, sizeof(argument), "%d", _i);
	status = again(argument, "abort", text, sizeof(text));
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "%s: status %#x\n%s", rows[_i].call, (unsigned)status, text);
	ck_assert_int_eq(sscanf(text, "%63s", object), 1);
	(void)snprintf(expected, sizeof(expected), "%s\nlibsync: %s(%s): %s",
	    object, rows[_i].call, object, rows[_i].err);
	ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0,
	    "expected: %s\ngot: %s", expected, text);
	ck_assert_str_eq(text + strlen(text) - 1, "\n");
}
END_TEST

START_TEST(misuse_is_an_error_number_otherwise)
{
	char argument[16], text[4096];
	const char *mode = _i % 2 == 0 ? NULL : "ABORT";

	(void)snprintf(argument, sizeof(argument), "%d", _i);
	ck_assert_msg(again(argument, mode, text, sizeof(text)) == 0, "%s: %s",
	    rows[_i].call, text);
}
END_TEST

START_TEST(bad_moment_does_not_abort)
{
	char text[4096];
	int status = again("moment", "abort", text, sizeof(text));

	ck_assert_msg(status == 0, "status %#x: %s", (unsigned)status, text);
	ck_assert_str_eq(text, "");
}
END_TEST

int
main(int argc, char *argv[])
{
	Suite *suite;
	TCase *tc;

	if (argc > 1 && strcmp(argv[1], "moment") == 0) {
		make(false);
		return bad_moments();
	}
	if (argc > 1)
		return run_row((int)strtol(argv[1], NULL, 10));
	suite = suite_create("misuse");
	tc = add_case(suite, "abort");
	tcase_add_loop_test(
	    tc, misuse_names_the_call_and_the_object_and_aborts, 0, ROWS);
	tcase_add_loop_test(tc, misuse_is_an_error_number_otherwise, 0, ROWS);
	tcase_add_test(tc, bad_moment_does_not_abort);
	return run_suite(suite);
}
