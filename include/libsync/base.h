/* SPDX-License-Identifier: MIT */
/*
 * What every libsync header needs: C linkage, the attributes, and the wait
 * queue that several objects embed.  Not for direct inclusion.
 *
 * Clang's -Wthread-safety reads the SYNC_* annotations below; other compilers
 * see nothing.  They may be used in your own code too:
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

/* Private: a cast and a null that each language has no warning for. */
#ifdef __cplusplus
#define SYNC_NULL_          nullptr
#define SYNC_CAST_(type, v) static_cast<type>(v)
#else
#define SYNC_NULL_          NULL
#define SYNC_CAST_(type, v) ((type)(v))
#endif

/*
 * Private.  SYNC_INLINE_ is a function that only the headers have, SYNC_HELPER_
 * one that only their macros call.  SYNC_FAST_ is the fast path of a function
 * of the library: the compiler copies it or calls the library's.  If there is
 * more to do it calls that by another name, declared with SYNC_ALSO_.  What is
 * not static can be used in modules of C++, and in inline functions of C.
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

/* Private: what is accessed at once lies in one cache line everywhere. */
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
/* The locking functions return 0 on success, hence "false". */
#define SYNC_TRY_ACQUIRE(...)                                                  \
	SYNC_ANNOTATE_(try_acquire_capability(0, __VA_ARGS__))
#define SYNC_TRY_ACQUIRE_SHARED(...)                                           \
	SYNC_ANNOTATE_(try_acquire_shared_capability(0, __VA_ARGS__))
#define SYNC_RELEASE(...)           SYNC_ANNOTATE_(release_capability(__VA_ARGS__))
#define SYNC_RELEASE_ANY(...)                                                  \
	SYNC_ANNOTATE_(release_generic_capability(__VA_ARGS__))
#define SYNC_REQUIRES(...)          SYNC_ANNOTATE_(requires_capability(__VA_ARGS__))
/* Private: a guard of C++; that it is held from here on, in C. */
#define SYNC_SCOPED_CAPABILITY_     SYNC_ANNOTATE_(scoped_lockable)
#define SYNC_ASSERT_HELD_(...)      SYNC_ANNOTATE_(assert_capability(__VA_ARGS__))
#define SYNC_ASSERT_SHARED_(...)                                               \
	SYNC_ANNOTATE_(assert_shared_capability(__VA_ARGS__))
#define SYNC_EXCLUDES(...)          SYNC_ANNOTATE_(locks_excluded(__VA_ARGS__))
#define SYNC_NO_ANALYSIS            SYNC_ANNOTATE_(no_thread_safety_analysis)

struct sync_list_node;

/* A lock and a list of sleeping threads; inside other objects only. */
struct sync_waitq {
	uint32_t lock;               /* private */
	uint32_t generation;         /* private */
	struct sync_list_node *tail; /* private */
};

#endif /* LIBSYNC_BASE_H */
