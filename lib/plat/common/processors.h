/* SPDX-License-Identifier: MIT */
#ifndef PLAT_PROCESSORS_H
#define PLAT_PROCESSORS_H

/*
 * The processors that the quota of this process's control groups is worth, a
 * part of one counted as one; UINT_MAX: no quota.  root stands before every
 * path: "", or a folder with files to test it by.
 */
unsigned processors_quota(const char *root);

#endif /* PLAT_PROCESSORS_H */
