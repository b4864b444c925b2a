/* SPDX-License-Identifier: MIT */
/*
 * Hide the machine from ThreadSanitizer.
 *
 * If the program has ThreadSanitizer, it judges the program's accesses by the
 * library's announcements.  It must ignore the machine's accesses to its own
 * data (between quiet_begin and quiet_end).  It must not take a hand-over
 * between carriers for synchronization (between unseen_begin and unseen_end).
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
