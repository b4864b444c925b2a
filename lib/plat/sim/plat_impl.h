/* SPDX-License-Identifier: MIT */
/* The seam on the simulated machine: a thread's record is its own. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

struct plat_local *plat_local(void);
uint32_t plat_self(void);
uint32_t plat_generation(void);

static inline void
plat_pause(void)
{
}

static inline void
plat_be_punctual(void)
{
}

#endif /* PLAT_IMPL_H */
