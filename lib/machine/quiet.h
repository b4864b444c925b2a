/* SPDX-License-Identifier: MIT */
/*
 * ThreadSanitizer, where the program has it, judges the program's accesses, by
 * what the library announces.  What the machine does to its own data, and how it
 * lets threads go on, must be neither judged nor taken for synchronization.
 */
#ifndef SIM_QUIET_H
#define SIM_QUIET_H

#include <stddef.h>

#define SIM_WEAK __attribute__((weak))
void AnnotateIgnoreReadsBegin(const char *file, int line) SIM_WEAK;
void AnnotateIgnoreReadsEnd(const char *file, int line) SIM_WEAK;
void AnnotateIgnoreWritesBegin(const char *file, int line) SIM_WEAK;
void AnnotateIgnoreWritesEnd(const char *file, int line) SIM_WEAK;
void AnnotateIgnoreSyncBegin(const char *file, int line) SIM_WEAK;
void AnnotateIgnoreSyncEnd(const char *file, int line) SIM_WEAK;

extern unsigned quiet_depth; /* of the thread that runs; see carrier.c */

static inline void
quiet_begin(void)
{
	if (AnnotateIgnoreReadsBegin == NULL)
		return;
	quiet_depth++;
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}

static inline void
quiet_end(void)
{
	if (AnnotateIgnoreReadsEnd == NULL)
		return;
	quiet_depth--;
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
}

static inline void
unseen_begin(void)
{
	if (AnnotateIgnoreSyncBegin != NULL)
		AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

static inline void
unseen_end(void)
{
	if (AnnotateIgnoreSyncEnd != NULL)
		AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
}

#endif /* SIM_QUIET_H */
