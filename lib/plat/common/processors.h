/* SPDX-License-Identifier: MIT */
#ifndef PLAT_PROCESSORS_H
#define PLAT_PROCESSORS_H

/*
 * The quota of this process's control groups in processors, rounded up;
 * UINT_MAX if there is none.  root is put before every path: "", or a folder
 * with files for a test.
 */
unsigned processors_quota(const char *root);

#endif /* PLAT_PROCESSORS_H */
