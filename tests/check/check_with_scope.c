/* SPDX-License-Identifier: MIT */
/*
 * SYNC_LOCK_SCOPE: the lock is held to the end of the enclosing block.  And the
 * program aborts if a lock fails where neither a scope nor a block can tell.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "with_locks.h"

START_TEST(scope_holds_the_lock_to_the_end_of_the_enclosing_block)
{
	ok(sync_kmutex_init(&km, 0));
	{
		SYNC_LOCK_SCOPE(&m);
		ck_assert(sync_mutex_held(&m));
		SYNC_LOCK_SCOPE(&rm);
		ck_assert(sync_rmutex_held(&rm));
		SYNC_LOCK_SCOPE(&km);
		ck_assert(sync_kmutex_held(&km));
	}
	ck_assert(all_free());
	{
		SYNC_RDLOCK_SCOPE(&rw);
		ok(sync_rwlock_tryrdlock(&rw));
		ok(sync_rwlock_unlock(&rw));
		fails(sync_rwlock_trywrlock(&rw), EBUSY);
	}
	{
		SYNC_WRLOCK_SCOPE(&rw);
		fails(sync_rwlock_tryrdlock(&rw), EBUSY);
	}
	ck_assert(all_free());
}
END_TEST

/* The first even number of a, or -1. */
static int
first_even(const int *a, int n)
{
	int i, found = -1;

	for (i = 0; i < n; i++) {
		SYNC_LOCK_SCOPE(&m);
		if (a[i] % 2 != 0)
			continue;
		found = a[i];
		break;
	}
	return found;
}

static int
scope_returns(void)
{
	SYNC_LOCK_SCOPE(&m);
	return sync_mutex_held(&m);
}

START_TEST(break_continue_and_return_in_a_scope_mean_the_loop_and_release)
{
	const int a[] = { 1, 2, 3, 4 };

	ck_assert_int_eq(first_even(a, 4), 2);
	ck_assert(all_free());
	ck_assert_int_eq(first_even(a, 1), -1);
	ck_assert(all_free());
	ck_assert_int_eq(scope_returns(), 1);
	ck_assert(all_free());
}
END_TEST

static void
relock(void)
{
	SYNC_WITH(&m)
		SYNC_WITH(&m)
			_exit(0);
}

static void
relock_else_ends(void)
{
	SYNC_WITH(&m) {
		SYNC_WITH(&m)
			_exit(0);
		else
			(void)free_for_writing();
	}
	_exit(0);
}

static void
relock_scope(void)
{
	SYNC_LOCK_SCOPE(&m);
	SYNC_LOCK_SCOPE(&m);
	_exit(0);
}

static void
no_lock(void)
{
	SYNC_WITH_WRLOCK((struct sync_rwlock *)NULL)
		_exit(0);
}

static void
too_late(void)
{
	SYNC_WITH_RDLOCK(&rw) {
		SYNC_WITH_WRLOCK_UNTIL(&rw, 0)
			_exit(0);
	}
}

/* The last thing that a child reports about the function that ends it. */
static const char *
dies(void (*fn)(void))
{
	static char said[512];
	struct rlimit none = { 0, 0 };
	int to[2], status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(to), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)dup2(to[1], STDERR_FILENO);
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)signal(SIGABRT, SIG_DFL);
		fn();
		_exit(0);
	}
	(void)close(to[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	n = read(to[0], said, sizeof(said) - 1);
	(void)close(to[0]);
	said[n > 0 ? n : 0] = '\0';
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : "";
}

static void
says(const char *line, const char *what, const char *why)
{
	ck_assert_msg(strstr(line, "check_with_scope.c:") != NULL
		&& strstr(line, what) != NULL && strstr(line, why) != NULL,
	    "said: '%s', not %s and %s", line, what, why);
}

START_TEST(lock_that_fails_without_else_aborts_and_is_named)
{
	says(dies(relock), ": SYNC_WITH(&m): ", "EDEADLK");
	says(dies(relock_else_ends), ": SYNC_WITH(&m): ", "EDEADLK");
	says(dies(relock_scope), ": SYNC_LOCK_SCOPE(&m): ", "EDEADLK");
	says(dies(no_lock), ": SYNC_WITH_WRLOCK((struct sync_rwlock *)NULL): ",
	    "EINVAL");
	says(dies(too_late), ": SYNC_WITH_WRLOCK_UNTIL(&rw, 0): ", "EDEADLK");
	ck_assert(all_free());
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("with_scope");
	TCase *tc = add_case(s, "scope");

	tcase_add_test(
	    tc, scope_holds_the_lock_to_the_end_of_the_enclosing_block);
	tcase_add_test(tc,
	    break_continue_and_return_in_a_scope_mean_the_loop_and_release);
	tc = add_case(s, "abort");
	tcase_add_test(
	    tc, lock_that_fails_without_else_aborts_and_is_named);
	return run_suite(s);
}
