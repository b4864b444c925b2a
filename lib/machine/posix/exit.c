/* SPDX-License-Identifier: MIT */
/*
 * The end of a thread before its function returns: pthread_exit, and
 * cancellation, which is deferred to the functions that POSIX names.
 *
 * On the way the cleanup handlers of the program run, as with the C library.
 * In C, the macro pthread_cleanup_push records a place to jump to.  In C++,
 * and in C with exceptions, the handlers are in the frames, which a forced
 * unwinding visits.  The unwinding ends with a jump to the frame of
 * posix_main.
 */
/* Its checked longjmp rejects a jump to a cleanup handler. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <unwind.h>

#include "machine/posix/posix.h"
#include "machine/quiet.h"

#define m sim_machine

/* The frame of posix_main, to which the unwinding of a thread leads. */
struct posix_base {
	jmp_buf at;
	void *volatile value;
	struct _Unwind_Exception exception;
};

void *
posix_main(void *(*fn)(void *), void *arg)
{
	struct posix_base base;

	posix_me()->base = &base;
	if (_setjmp(base.at) == 0)
		base.value = fn(arg);
	posix_me()->base = NULL;
	return base.value;
}

#ifdef __GLIBC__
/* Jump to the handler that was pushed last. */
static void
jump_to_handler(void)
{
	__pthread_unwind_buf_t *last = posix_me()->handler;
	jmp_buf at; /* the saved buffer is its first part, without signals */

	posix_me()->handler = last->__pad[0];
	memset(&at, 0, sizeof(at));
	memcpy(&at, last->__cancel_jmp_buf, sizeof(last->__cancel_jmp_buf));
	_longjmp(at, 1);
}
#else
static void
jump_to_handler(void)
{
}
#endif

/* Called at each frame, the innermost first. */
static _Unwind_Reason_Code
stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
    struct _Unwind_Exception *exception, struct _Unwind_Context *context,
    void *arg)
{
	static __typeof__(_Unwind_GetCFA) *frame_of;
	struct posix_base *base = arg;
	uintptr_t frame;

	(void)version, (void)class, (void)exception;
	if (frame_of == NULL)
		*(void **)(void *)&frame_of =
		    dlsym(RTLD_DEFAULT, "_Unwind_GetCFA");
	frame = frame_of != NULL ? (uintptr_t)frame_of(context) : UINTPTR_MAX;
	if (posix_me()->handler != NULL && frame > (uintptr_t)posix_me()->handler)
		jump_to_handler();
	if ((actions & _UA_END_OF_STACK) || frame > (uintptr_t)base)
		_longjmp(base->at, 1);
	return _URC_NO_REASON;
}

static void
not_rethrown(_Unwind_Reason_Code reason, struct _Unwind_Exception *exception)
{
	(void)reason, (void)exception;
	sim_fail(SIM_CRASH, "the end of a thread is caught as an exception, and"
	    " not thrown again");
}

/* Unwind the running thread to its base; run its cleanup handlers. */
_Noreturn static void
unwind(void)
{
	static __typeof__(_Unwind_ForcedUnwind) *forced;
	struct posix_base *base = posix_me()->base;
	void *library;

	if (forced == NULL) {
		/* Only programs with exceptions have loaded it already. */
		library = dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_GLOBAL);
		if (library != NULL)
			*(void **)(void *)&forced =
			    dlsym(library, "_Unwind_ForcedUnwind");
	}
	base->exception.exception_class = 0;
	base->exception.exception_cleanup = not_rethrown;
	if (forced != NULL)
		(void)forced(&base->exception, stop, base);
	if (posix_me()->handler != NULL)
		jump_to_handler();
	_longjmp(base->at, 1);
}

void
posix_exit(void *value)
{
	struct posix_thread *p = posix_me();

	if (p->base == NULL)
		sim_fail(SIM_OUTSIDE, "a thread that pthread_create has not"
		    " started calls pthread_exit, which is not led there: let"
		    " it return");
	p->base->value = value;
	p->disabled = true;
	p->pending = false;
	if (p->once != NULL) { /* as if its function had not been called */
		*p->once = 0;
		sim_wake(p->once, PLAT_ALL, PLAT_ALL);
		p->once = NULL;
	}
	sim_me()->depth = 0; /* leave the call that has led here */
	while (quiet_depth > 0)
		quiet_end();
	unwind();
}

void
inner_pthread_exit(void *value)
{
	posix_exit(value);
}

bool
posix_is_pending(unsigned thread)
{
	return posix_threads[thread].pending && !posix_threads[thread].disabled;
}

void
posix_test(void)
{
	sim_touch(sim_me(), false);
	if (posix_is_pending(m.current))
		posix_exit(PTHREAD_CANCELED);
}

int
inner_pthread_cancel(pthread_t thread)
{
	uintptr_t handle = (uintptr_t)thread;
	struct posix_thread *p;

	if (handle == 0 || handle > m.nthreads)
		posix_misuse("there is no thread of that number, %llu",
		    (unsigned long long)handle);
	p = &posix_threads[handle - 1];
	p->pending = true;
	sim_touch(&m.threads[handle - 1], true);
	if (p->listens && !p->disabled
	    && m.threads[handle - 1].state == SIM_BLOCKED)
		sim_wake_up((unsigned)handle - 1, ECANCELED);
	return 0;
}

void
inner_pthread_testcancel(void)
{
	posix_test();
}

int
inner_pthread_setcancelstate(int state, int *old)
{
	struct posix_thread *p = posix_me();

	if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
		return EINVAL;
	if (old != NULL)
		*old = p->disabled ? PTHREAD_CANCEL_DISABLE
				   : PTHREAD_CANCEL_ENABLE;
	p->disabled = state == PTHREAD_CANCEL_DISABLE;
	return 0;
}

int
inner_pthread_setcanceltype(int type, int *old)
{
	if (type == PTHREAD_CANCEL_ASYNCHRONOUS)
		sim_fail(SIM_OUTSIDE, "pthread_setcanceltype: asynchronous"
		    " cancellation is not led by the explorer");
	if (type != PTHREAD_CANCEL_DEFERRED)
		return EINVAL;
	if (old != NULL)
		*old = PTHREAD_CANCEL_DEFERRED;
	return 0;
}

#ifdef __GLIBC__
void
inner___pthread_register_cancel(__pthread_unwind_buf_t *buffer)
{
	buffer->__pad[0] = posix_me()->handler;
	posix_me()->handler = buffer;
}

void
inner___pthread_unregister_cancel(__pthread_unwind_buf_t *buffer)
{
	posix_me()->handler = buffer->__pad[0];
}

void
inner___pthread_unwind_next(__pthread_unwind_buf_t *buffer)
{
	(void)buffer; /* already removed */
	while (quiet_depth > 0)
		quiet_end();
	sim_me()->depth = 0;
	unwind();
}
#endif
