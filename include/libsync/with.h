/* SPDX-License-Identifier: MIT */
/*
 * SYNC_WITH: a block with a lock held, like the with statement of Python.
 * SYNC_LOCK_SCOPE: a lock that is held to the end of the enclosing block.
 *
 *	SYNC_WITH(&m) {
 *		if (count == 0)
 *			return ENOENT;		unlocks
 *		count--;
 *	}
 *
 *	while (more()) {
 *		SYNC_LOCK_SCOPE(&m);
 *		if (done)
 *			break;			unlocks, leaves the while
 *	}
 *
 * The lock is a pointer to a sync_mutex, sync_rmutex or sync_kmutex.  It is
 * evaluated once.  Every way out of the block unlocks: its end, return, goto,
 * and an exception in C++.
 *
 * If locking fails, for example with EDEADLK, the program prints the lock, the
 * error, the file and the line, and aborts.  To handle the error instead, pass
 * the name of an int variable and add an else:
 *
 *	int err;
 *
 *	SYNC_WITH_UNTIL(&m, sync_after_ms(50), err) {
 *		...				err is 0 here
 *	} else {
 *		return err;			ETIMEDOUT, for example
 *	}
 *
 * The error is stored before the block or the else begins.  If the previous
 * holder of a sync_kmutex died, the block runs with the mutex held, and err is
 * EOWNERDEAD in it.
 *
 * All forms:
 *
 *	SYNC_WITH(lock), SYNC_WITH(lock, err)
 *	SYNC_WITH_UNTIL(lock, deadline), SYNC_WITH_UNTIL(lock, deadline, err)
 *	SYNC_LOCK_SCOPE(lock)
 *
 * The same for a sync_rwlock, for reading and for writing:
 *
 *	SYNC_WITH_RDLOCK, SYNC_WITH_WRLOCK
 *	SYNC_WITH_RDLOCK_UNTIL, SYNC_WITH_WRLOCK_UNTIL
 *	SYNC_RDLOCK_SCOPE, SYNC_WRLOCK_SCOPE
 *
 * Loops: In C++ a break or continue in the block of SYNC_WITH applies to the
 * loop around it.  In C the macro contains a loop of its own, so there a break
 * does not compile, and a continue only ends the block.  SYNC_LOCK_SCOPE has no
 * such limit: in both languages a break or continue applies to the loop around
 * it.
 *
 * The macros need the cleanup attribute of GCC and Clang.  Leaving the block by
 * longjmp or pthread_exit does not unlock the lock.
 */
#ifndef LIBSYNC_WITH_H
#define LIBSYNC_WITH_H

#include <libsync/kmutex.h>
#include <libsync/mutex.h>
#include <libsync/rmutex.h>
#include <libsync/rwlock.h>

#define SYNC_WITH(...)                                                         \
	SYNC_WITH_(sync_with_lock_, "SYNC_WITH(" #__VA_ARGS__ ")", __VA_ARGS__)
#define SYNC_WITH_RDLOCK(...)                                                  \
	SYNC_WITH_(sync_with_rdlock_,                                          \
	    "SYNC_WITH_RDLOCK(" #__VA_ARGS__ ")", __VA_ARGS__)
#define SYNC_WITH_WRLOCK(...)                                                  \
	SYNC_WITH_(sync_with_wrlock_,                                          \
	    "SYNC_WITH_WRLOCK(" #__VA_ARGS__ ")", __VA_ARGS__)

#define SYNC_WITH_UNTIL(...)                                                   \
	SYNC_WITH_UNTIL_(sync_with_lock_until_,                                \
	    "SYNC_WITH_UNTIL(" #__VA_ARGS__ ")", __VA_ARGS__)
#define SYNC_WITH_RDLOCK_UNTIL(...)                                            \
	SYNC_WITH_UNTIL_(sync_with_rdlock_until_,                              \
	    "SYNC_WITH_RDLOCK_UNTIL(" #__VA_ARGS__ ")", __VA_ARGS__)
#define SYNC_WITH_WRLOCK_UNTIL(...)                                            \
	SYNC_WITH_UNTIL_(sync_with_wrlock_until_,                              \
	    "SYNC_WITH_WRLOCK_UNTIL(" #__VA_ARGS__ ")", __VA_ARGS__)

#define SYNC_LOCK_SCOPE(lock)                                                  \
	SYNC_SCOPE_(sync_with_lock_, "SYNC_LOCK_SCOPE(" #lock ")", lock,       \
	    SYNC_NAME_(guard, __COUNTER__))
#define SYNC_RDLOCK_SCOPE(lock)                                                \
	SYNC_SCOPE_(sync_with_rdlock_, "SYNC_RDLOCK_SCOPE(" #lock ")", lock,   \
	    SYNC_NAME_(guard, __COUNTER__))
#define SYNC_WRLOCK_SCOPE(lock)                                                \
	SYNC_SCOPE_(sync_with_wrlock_, "SYNC_WRLOCK_SCOPE(" #lock ")", lock,   \
	    SYNC_NAME_(guard, __COUNTER__))

/*
 * The rest is private.  With an additional argument, err, the error goes to a
 * variable.  Each use has its own names, by __COUNTER__, because a macro of the
 * user may put two uses on one line.
 */
#define SYNC_WITH_(take, text, ...)                                            \
	SYNC_WITH_PICK_(__VA_ARGS__, SYNC_WITH_ERR_, SYNC_WITH_DIE_, )         \
	(take, text, __COUNTER__, __VA_ARGS__)
#define SYNC_WITH_PICK_(lock, err, macro, ...) macro
#define SYNC_WITH_DIE_(take, text, n, lock) SYNC_OR_DIE_(take, text, n, (lock))
#define SYNC_WITH_ERR_(take, text, n, lock, err)                               \
	SYNC_OR_ELSE_(take, err, n, (lock))

#define SYNC_WITH_UNTIL_(take, text, ...)                                      \
	SYNC_WITH_UNTIL_PICK_(__VA_ARGS__, SYNC_WITH_UNTIL_ERR_,               \
	    SYNC_WITH_UNTIL_DIE_, )                                            \
	(take, text, __COUNTER__, __VA_ARGS__)
#define SYNC_WITH_UNTIL_PICK_(lock, deadline, err, macro, ...) macro
#define SYNC_WITH_UNTIL_DIE_(take, text, n, lock, deadline)                    \
	SYNC_OR_DIE_(take, text, n, (lock), (deadline))
#define SYNC_WITH_UNTIL_ERR_(take, text, n, lock, deadline, err)               \
	SYNC_OR_ELSE_(take, err, n, (lock), (deadline))

#define SYNC_NAME_(what, n)  SYNC_NAME__(what, n)
#define SYNC_NAME__(what, n) sync_with_##what##n##_

SYNC_BEGIN_DECLS
/* Print the failed lock, the error and the place, and abort. */
void sync_with_failed_(const char *what, int err, const char *source,
    int at_line) __attribute__((__noreturn__, __cold__));
SYNC_END_DECLS

/* A held lock and its kind, which says how to unlock; kind 0: not held. */
struct sync_with_ {
	void *lock_;
	int kind_;
	int err_;
};
#define SYNC_WITH_MUTEX_  1
#define SYNC_WITH_RMUTEX_ 2
#define SYNC_WITH_KMUTEX_ 3
#define SYNC_WITH_RWLOCK_ 4

SYNC_HELPER_ struct sync_with_
sync_with_begun_(void *lock, int kind, int err)
{
	struct sync_with_ w = { lock, kind, err };

	if (err != 0 && err != EOWNERDEAD)
		w.kind_ = 0;
	return w;
}

SYNC_HELPER_ void sync_with_end_(struct sync_with_ *w) SYNC_NO_ANALYSIS;
SYNC_HELPER_ void
sync_with_end_(struct sync_with_ *w)
{
	if (w->kind_ == SYNC_WITH_MUTEX_)
		(void)sync_mutex_unlock(
		    SYNC_CAST_(struct sync_mutex *, w->lock_));
	else if (w->kind_ == SYNC_WITH_RMUTEX_)
		(void)sync_rmutex_unlock(
		    SYNC_CAST_(struct sync_rmutex *, w->lock_));
	else if (w->kind_ == SYNC_WITH_KMUTEX_)
		(void)sync_kmutex_unlock(
		    SYNC_CAST_(struct sync_kmutex *, w->lock_));
	else if (w->kind_ == SYNC_WITH_RWLOCK_)
		(void)sync_rwlock_unlock(
		    SYNC_CAST_(struct sync_rwlock *, w->lock_));
	w->kind_ = 0;
}

#ifdef __cplusplus

/*
 * An if declares the guard, so there is no inner loop that a break or continue
 * could refer to.  As a bool, the guard says whether the branch after the if
 * runs: the abort or, if there is a variable for the error, the block.
 */
#define SYNC_OR_DIE_(take, text, n, ...)                                       \
	if (take SYNC_NAME_(guard, n) { nullptr, __VA_ARGS__ })                \
		SYNC_NAME_(guard, n).fail_(text, __FILE__, __LINE__);          \
	else
#define SYNC_OR_ELSE_(take, err, n, ...)                                       \
	if (take SYNC_NAME_(guard, n) { &(err), __VA_ARGS__ })
#define SYNC_SCOPE_(take, text, lock, guard)                                   \
	take guard { nullptr, (lock) };                                        \
	guard.must_(text, __FILE__, __LINE__)

extern "C++" {
class sync_guard_ {
public:
	explicit SYNC_HELPER_
	operator bool() const
	{
		return first_;
	}
	[[noreturn]] void
	fail_(const char *what, const char *source, int at_line) const
	{
		sync_with_failed_(what, with_.err_, source, at_line);
	}
	SYNC_HELPER_ void
	must_(const char *what, const char *source, int at_line) const
	{
		if (first_)
			fail_(what, source, at_line);
	}
	sync_guard_(const sync_guard_ &) = delete;
	sync_guard_ &operator=(const sync_guard_ &) = delete;

protected:
	SYNC_HELPER_
	sync_guard_(int *to, void *lock, int kind, int err)
	    : with_(sync_with_begun_(lock, kind, err)),
	      first_((with_.kind_ != 0) == (to != nullptr))
	{
		if (to != nullptr)
			*to = err;
	}
	SYNC_HELPER_ ~sync_guard_()
	{
		sync_with_end_(&with_);
	}

private:
	struct sync_with_ with_;
	bool first_;
};

#define SYNC_GUARD_(name, annotate, type, kind, call)                          \
	SYNC_HELPER_                                                           \
	name(int *to, struct type *m) annotate(*m)                             \
	    : sync_guard_(to, m, kind, call(m))                                \
	{                                                                      \
	}                                                                      \
	SYNC_HELPER_                                                           \
	name(int *to, struct type *m, sync_time deadline) annotate(*m)         \
	    : sync_guard_(to, m, kind, call##_until(m, deadline))              \
	{                                                                      \
	}
#define SYNC_GUARD_END_(name)                                                  \
	SYNC_HELPER_ ~name() SYNC_RELEASE()                                    \
	{                                                                      \
	}

class SYNC_SCOPED_CAPABILITY_ sync_with_lock_ : public sync_guard_ {
public:
	SYNC_GUARD_(sync_with_lock_, SYNC_ACQUIRE, sync_mutex,
	    SYNC_WITH_MUTEX_, sync_mutex_lock)
	SYNC_GUARD_(sync_with_lock_, SYNC_ACQUIRE, sync_rmutex,
	    SYNC_WITH_RMUTEX_, sync_rmutex_lock)
	SYNC_GUARD_(sync_with_lock_, SYNC_ACQUIRE, sync_kmutex,
	    SYNC_WITH_KMUTEX_, sync_kmutex_lock)
	SYNC_GUARD_END_(sync_with_lock_)
};
class SYNC_SCOPED_CAPABILITY_ sync_with_rdlock_ : public sync_guard_ {
public:
	SYNC_GUARD_(sync_with_rdlock_, SYNC_ACQUIRE_SHARED, sync_rwlock,
	    SYNC_WITH_RWLOCK_, sync_rwlock_rdlock)
	SYNC_GUARD_END_(sync_with_rdlock_)
};
class SYNC_SCOPED_CAPABILITY_ sync_with_wrlock_ : public sync_guard_ {
public:
	SYNC_GUARD_(sync_with_wrlock_, SYNC_ACQUIRE, sync_rwlock,
	    SYNC_WITH_RWLOCK_, sync_rwlock_wrlock)
	SYNC_GUARD_END_(sync_with_wrlock_)
};
typedef sync_with_lock_ sync_with_lock_until_;
typedef sync_with_rdlock_ sync_with_rdlock_until_;
typedef sync_with_wrlock_ sync_with_wrlock_until_;
}
#undef SYNC_GUARD_
#undef SYNC_GUARD_END_

#else /* C */

/*
 * A for declares the guard.  The code after the block leaves it by a goto, so
 * only a break in the block reaches the step of the surrounding for, which
 * calls a function that does not compile.  In the same way only the end of an
 * else, or a missing else, reaches the step of the outer for: the abort.  So
 * the compiler knows which statements can be reached.
 */
#define SYNC_OR_DIE_(take, text, n, ...)                                       \
	SYNC_FOR_(take(__VA_ARGS__), SYNC_NAME_(guard, n),                     \
	    SYNC_NAME_(begin, n), SYNC_NAME_(end, n),                          \
	    sync_with_failed_(                                                 \
		text, SYNC_NAME_(guard, n).err_, __FILE__, __LINE__),          \
	    SYNC_NAME_(guard, n).kind_ != 0)
#define SYNC_OR_ELSE_(take, err, n, ...)                                       \
	SYNC_FOR_(take(__VA_ARGS__), SYNC_NAME_(guard, n),                     \
	    SYNC_NAME_(begin, n), SYNC_NAME_(end, n),                          \
	    SYNC_LEAVE_(SYNC_NAME_(guard, n), SYNC_NAME_(end, n)),             \
	    ((err) = SYNC_NAME_(guard, n).err_,                                \
		SYNC_NAME_(guard, n).kind_ != 0))
#define SYNC_FOR_(taken, guard, begin, end, failed, held)                      \
	for (__extension__({ goto begin; }); 0;)                               \
	end:	for (; 0; sync_with_break_())                                  \
		begin:	for (struct sync_with_ guard SYNC_CLEANUP_ = taken;;   \
			     failed)                                           \
				if (held)                                      \
					for (;; sync_with_break_())            \
						for (;; SYNC_LEAVE_(guard, end))
#define SYNC_CLEANUP_                                                          \
	__attribute__((__cleanup__(sync_with_end_), __unused__))
#define SYNC_SCOPE_(take, text, lock, guard)                                   \
	struct sync_with_ guard SYNC_CLEANUP_                                  \
	    = sync_with_must_(take(lock), text, __FILE__, __LINE__)

/*
 * Without optimisation GCC joins all ways out of a scope that has a cleanup.
 * It would then warn at the end of a function whose last block returns.  It
 * does not join a jump by an assembly instruction.  Such a jump skips the
 * cleanup, so the code releases the lock before the jump.
 */
#if !defined(SYNC_JUMP_) && defined(__GNUC__) && !defined(__clang__)           \
    && !defined(__OPTIMIZE__)
#if defined(__x86_64__) || defined(__i386__)
#define SYNC_JUMP_ "jmp"
#elif defined(__aarch64__) || defined(__arm__) || defined(__powerpc__)
#define SYNC_JUMP_ "b"
#elif defined(__riscv) || defined(__s390__)
#define SYNC_JUMP_ "j"
#endif
#endif
#ifdef SYNC_JUMP_
#define SYNC_LEAVE_(guard, label)                                              \
	__extension__({                                                        \
		sync_with_end_(&guard);                                        \
		__asm__ goto(SYNC_JUMP_ " %l0" : : : "memory" : label);        \
		__builtin_unreachable();                                       \
	})
#else
#define SYNC_LEAVE_(guard, label) __extension__({ goto label; })
#endif

/* No code calls it. */
void sync_with_break_(void) __attribute__((__noreturn__,
    __error__("break would leave the block of SYNC_WITH and not the loop"
	      " around it: use SYNC_LOCK_SCOPE")));

SYNC_HELPER_ struct sync_with_
sync_with_must_(struct sync_with_ w, const char *what, const char *source,
    int at_line)
{
	if (w.kind_ == 0)
		sync_with_failed_(what, w.err_, source, at_line);
	return w;
}

#define SYNC_BEGIN_(name, annotate, type, kind, call)                          \
	SYNC_HELPER_ struct sync_with_ name(struct type *m)                    \
	    annotate(*m) SYNC_NO_ANALYSIS;                                     \
	SYNC_HELPER_ struct sync_with_ name(struct type *m)                    \
	{                                                                      \
		return sync_with_begun_(m, kind, call(m));                     \
	}                                                                      \
	SYNC_HELPER_ struct sync_with_ name##until_(                           \
	    struct type *m, sync_time deadline) annotate(*m) SYNC_NO_ANALYSIS; \
	SYNC_HELPER_ struct sync_with_ name##until_(                           \
	    struct type *m, sync_time deadline)                                \
	{                                                                      \
		return sync_with_begun_(m, kind, call##_until(m, deadline));   \
	}
SYNC_BEGIN_(sync_with_mutex_, SYNC_ASSERT_HELD_, sync_mutex,
    SYNC_WITH_MUTEX_, sync_mutex_lock)
SYNC_BEGIN_(sync_with_rmutex_, SYNC_ASSERT_HELD_, sync_rmutex,
    SYNC_WITH_RMUTEX_, sync_rmutex_lock)
SYNC_BEGIN_(sync_with_kmutex_, SYNC_ASSERT_HELD_, sync_kmutex,
    SYNC_WITH_KMUTEX_, sync_kmutex_lock)
SYNC_BEGIN_(sync_with_rdlock_, SYNC_ASSERT_SHARED_, sync_rwlock,
    SYNC_WITH_RWLOCK_, sync_rwlock_rdlock)
SYNC_BEGIN_(sync_with_wrlock_, SYNC_ASSERT_HELD_, sync_rwlock,
    SYNC_WITH_RWLOCK_, sync_rwlock_wrlock)
#undef SYNC_BEGIN_

#define sync_with_lock_(lock)                                                  \
	_Generic((lock), struct sync_mutex *: sync_with_mutex_,                \
	    struct sync_rmutex *: sync_with_rmutex_,                           \
	    struct sync_kmutex *: sync_with_kmutex_)(lock)
#define sync_with_lock_until_(lock, deadline)                                  \
	_Generic((lock), struct sync_mutex *: sync_with_mutex_until_,          \
	    struct sync_rmutex *: sync_with_rmutex_until_,                     \
	    struct sync_kmutex *: sync_with_kmutex_until_)(lock, deadline)

#endif

#endif /* LIBSYNC_WITH_H */
