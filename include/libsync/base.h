/* SPDX-License-Identifier: MIT */
/*
 * Common parts of all libsync headers: C linkage, attributes, and the wait
 * queue that several objects embed.  Do not include this header directly.
 *
 * Clang's -Wthread-safety reads the SYNC_* annotations below.  For other
 * compilers they are empty.  You may use them in your own code:
 *
 *	struct account {
 *		struct sync_mutex lock;
 *		long balance;
 *	};
 *	void account_add(struct account *a, long n) SYNC_REQUIRES(a->lock);
 */
#ifndef LIBSYNC_BASE_H
#define LIBSYNC_BASE_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SYNC_BEGIN_DECLS extern "C" {
#define SYNC_END_DECLS   }
#else
#define SYNC_BEGIN_DECLS
#define SYNC_END_DECLS
#endif

/* Private: a cast and a null pointer without a warning in C and in C++. */
#ifdef __cplusplus
#define SYNC_NULL_          nullptr
#define SYNC_CAST_(type, v) static_cast<type>(v)
#else
#define SYNC_NULL_          NULL
#define SYNC_CAST_(type, v) ((type)(v))
#endif

/*
 * Private macros for functions:
 *
 *	SYNC_INLINE_	a function that exists in the headers only
 *	SYNC_HELPER_	a function that only macros of the headers call
 *	SYNC_FAST_	the fast path of a library function: the compiler
 *			inlines it or calls the function of the library
 *	SYNC_ALSO_	a second name for a library function; its fast path
 *			calls the library by this name
 *
 * Functions that are not static can also be called in C++ modules and in inline
 * functions of C.
 */
#ifndef __cplusplus
#define SYNC_INLINE_ static inline __attribute__((__always_inline__))
#define SYNC_HELPER_                                                           \
	extern inline __attribute__((__gnu_inline__, __always_inline__))
#else
#define SYNC_INLINE_ inline __attribute__((__always_inline__))
#define SYNC_HELPER_ SYNC_INLINE_
#if __cplusplus >= 201703L
#define SYNC_CONSTANT_ inline constexpr
#else
#define SYNC_CONSTANT_ static constexpr
#endif
#endif
#define SYNC_FAST_       extern inline __attribute__((__gnu_inline__))
#define SYNC_ALSO_(name) __asm__(SYNC_TEXT_(__USER_LABEL_PREFIX__) #name)
#define SYNC_TEXT_(x)    SYNC_TEXT__(x)
#define SYNC_TEXT__(x)   #x

/* Private: an atomic object of 8 bytes never crosses a cache line. */
#define SYNC_ALIGNED_ __attribute__((__aligned__(8)))

#ifndef SYNC_ANNOTATE_
#ifdef __clang__
#define SYNC_ANNOTATE_(x) __attribute__((x))
#else
#define SYNC_ANNOTATE_(x)
#endif
#endif

#define SYNC_CAPABILITY(name)       SYNC_ANNOTATE_(capability(name))
#define SYNC_GUARDED_BY(lock)       SYNC_ANNOTATE_(guarded_by(lock))
#define SYNC_ACQUIRE(...)           SYNC_ANNOTATE_(acquire_capability(__VA_ARGS__))
#define SYNC_ACQUIRE_SHARED(...)                                               \
	SYNC_ANNOTATE_(acquire_shared_capability(__VA_ARGS__))
/* The locking functions return 0 on success, so the first argument is 0. */
#define SYNC_TRY_ACQUIRE(...)                                                  \
	SYNC_ANNOTATE_(try_acquire_capability(0, __VA_ARGS__))
#define SYNC_TRY_ACQUIRE_SHARED(...)                                           \
	SYNC_ANNOTATE_(try_acquire_shared_capability(0, __VA_ARGS__))
#define SYNC_RELEASE(...)           SYNC_ANNOTATE_(release_capability(__VA_ARGS__))
#define SYNC_RELEASE_ANY(...)                                                  \
	SYNC_ANNOTATE_(release_generic_capability(__VA_ARGS__))
#define SYNC_REQUIRES(...)          SYNC_ANNOTATE_(requires_capability(__VA_ARGS__))
/* Private: for guards in C++; and in C: the lock is held from here on. */
#define SYNC_SCOPED_CAPABILITY_     SYNC_ANNOTATE_(scoped_lockable)
#define SYNC_ASSERT_HELD_(...)      SYNC_ANNOTATE_(assert_capability(__VA_ARGS__))
#define SYNC_ASSERT_SHARED_(...)                                               \
	SYNC_ANNOTATE_(assert_shared_capability(__VA_ARGS__))
#define SYNC_EXCLUDES(...)          SYNC_ANNOTATE_(locks_excluded(__VA_ARGS__))
#define SYNC_NO_ANALYSIS            SYNC_ANNOTATE_(no_thread_safety_analysis)

struct sync_list_node;

/* Private: a lock and a list of waiters, for use inside other objects. */
struct sync_waitq {
	uint32_t lock;               /* private */
	uint32_t generation;         /* private */
	struct sync_list_node *tail; /* private */
};

#endif /* LIBSYNC_BASE_H */
