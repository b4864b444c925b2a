/* SPDX-License-Identifier: MIT */
/*
 * The wrappers of all functions that the program calls: the library's
 * functions, and with --wrap those of POSIX and C11 threads.
 *
 * On a thread of the machine, a wrapper reports the call (sim_call_enter),
 * makes it under the name inner_NAME, and reports its result (sim_call_leave).
 * On other threads it makes the call directly.
 */
#define SYNC_ANNOTATE_(x) /* for clang, the inner functions are annotated */
#define SYNC_NO_FAST_
#include "config.h"

#include <libsync.h>

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "wrappers/calls.h"
#include "machine/posix/pthreads.h"
#include "machine/sim.h"

/* Spin locks are volatile. */
#define OBJECT(object) (const void *)(uintptr_t)(object)

/* A wrapper of a function that returns a value. */
#define DOOR(kind, type, name, parameters, arguments, object, call, alone)     \
	type name parameters                                                   \
	{                                                                      \
		type r;                                                        \
                                                                               \
		if (!sim_on) {                                                 \
			if (SIM_##kind != SIM_CLOCK && SIM_##kind != SIM_LOCAL)\
				sim_outside(#call);                            \
			return alone arguments;                                \
		}                                                              \
		sim_call_enter(CALL_##call, SIM_##kind, OBJECT(object),        \
		    __builtin_return_address(0));                              \
		r = inner_##call arguments;                                    \
		sim_call_leave(CALL_##call, SIM_##kind, OBJECT(object),        \
		    (long long)(intptr_t)r);                               \
		return r;                                                      \
	}

#define CALL(kind, type, name, parameters, arguments, object)                  \
	type inner_##name parameters;                                          \
	DOOR(kind, type, name, parameters, arguments, object, name,            \
	    inner_##name)
#define CALL_VOID(kind, name, parameters, arguments, object)                   \
	void inner_##name parameters;                                          \
	void name parameters                                                   \
	{                                                                      \
		if (!sim_on) {                                                 \
			sim_outside(#name);                                    \
			inner_##name arguments;                                \
			return;                                                \
		}                                                              \
		sim_call_enter(CALL_##name, SIM_##kind, object,                \
		    __builtin_return_address(0));                              \
		inner_##name arguments;                                        \
		sim_call_leave(CALL_##name, SIM_##kind, object, 0);            \
	}
#include "wrappers/calls.gen"
#undef CALL
#undef CALL_VOID

/*
 * Wrappers for programs that are linked with --wrap.  On a thread that the
 * machine does not run, the call goes to the C library.  In a statically
 * linked program that function is __real_NAME, because NAME here is wrapped,
 * too.
 */
#define CALL(kind, type, name, parameters, arguments, object)                  \
	type __wrap_##name parameters;                                         \
	type __real_##name parameters __attribute__((weak));                   \
	DOOR(kind, type, __wrap_##name, parameters, arguments, object, name,   \
	    (__real_##name != NULL ? __real_##name : name))
#define CALL_VOID(kind, name, parameters, arguments, object)                   \
	void __wrap_##name parameters;                                         \
	void __real_##name parameters __attribute__((weak));                   \
	void __wrap_##name parameters                                          \
	{                                                                      \
		if (!sim_on) {                                                 \
			if (SIM_##kind != SIM_LOCAL)                           \
				sim_outside(#name);                            \
			(__real_##name != NULL ? __real_##name : name)         \
			    arguments;                                         \
			return;                                                \
		}                                                              \
		sim_call_enter(CALL_##name, SIM_##kind, object,                \
		    __builtin_return_address(0));                              \
		inner_##name arguments;                                        \
		sim_call_leave(CALL_##name, SIM_##kind, object, 0);            \
	}
#define REFUSED(type, name, parameters, arguments)                             \
	type __wrap_##name parameters;                                         \
	type __real_##name parameters __attribute__((weak));                   \
	type __wrap_##name parameters                                          \
	{                                                                      \
		if (sim_on)                                                    \
			sim_refuse(#name, __builtin_return_address(0));        \
		return (__real_##name != NULL ? __real_##name : name)          \
		    arguments;                                                 \
	}
#include "machine/posix/pthreads.gen"
#undef CALL
#undef CALL_VOID
#undef REFUSED

sem_t *__wrap_sem_open(const char *name, int flags, ...);
sem_t *__real_sem_open(const char *name, int flags, ...)
    __attribute__((weak));

sem_t *
__wrap_sem_open(const char *name, int flags, ...)
{
	unsigned mode, value;
	va_list ap;

	if (sim_on)
		sim_refuse("sem_open", __builtin_return_address(0));
	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, unsigned) : 0;
	value = flags & O_CREAT ? va_arg(ap, unsigned) : 0;
	va_end(ap);
	return (__real_sem_open != NULL ? __real_sem_open : sem_open)(
	    name, flags, mode, value);
}

long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...) __attribute__((weak));

/* A futex call could wait for threads outside the machine: it is refused. */
long
__wrap_syscall(long number, ...)
{
	long argument[6];
	va_list ap;
	int i;

	if (sim_on && number == SYS_futex)
		sim_refuse("syscall(SYS_futex)", __builtin_return_address(0));
	va_start(ap, number);
	for (i = 0; i < 6; i++)
		argument[i] = va_arg(ap, long);
	va_end(ap);
	return (__real_syscall != NULL ? __real_syscall : syscall)(number,
	    argument[0], argument[1], argument[2], argument[3], argument[4],
	    argument[5]);
}

/*
 * Whether the program's calls lead to this library, and not to another libsync
 * that was linked before it.  A function has one address in the whole program,
 * but the hidden alias is always this library's function.
 */
extern __typeof__(sync_mutex_lock) own_mutex_lock
    __attribute__((alias("sync_mutex_lock"), visibility("hidden")));

bool
calls_come_here(void)
{
	int (*volatile called)(struct sync_mutex *) = sync_mutex_lock;
	int (*volatile own)(struct sync_mutex *) = own_mutex_lock;

	return called == own;
}

static const struct {
	const char *name;
	bool error;
} calls[CALLS] = {
	{ "", false },
#define CALL(kind, type, name, parameters, arguments, object)                  \
	{ #name, _Generic((type)0, int: true, default: false) },
#define CALL_VOID(kind, name, parameters, arguments, object) { #name, false },
#define REFUSED(type, name, parameters, arguments)
#include "wrappers/calls.gen"
#include "machine/posix/pthreads.gen"
#undef CALL
#undef CALL_VOID
#undef REFUSED
};

const char *
call_name(unsigned call)
{
	return call < CALLS ? calls[call].name : "?";
}

const char *
call_short_name(unsigned call)
{
	const char *name = call_name(call);

	return strncmp(name, "sync_", 5) == 0 ? name + 5 : name;
}

bool
call_returns_error(unsigned call)
{
	return call < CALLS && calls[call].error;
}
