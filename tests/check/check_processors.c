/* SPDX-License-Identifier: MIT */
/*
 * The processors that the process may use: affinity, and the quotas of control
 * groups.
 */
#include <config.h>

#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "primitives.h"

#include "wait/spin.h"
#include "processors.h"

#define ROOT "/tmp/libsync-groups-XXXXXX"

static char root[] = ROOT;

static void
make_root(void)
{
	memcpy(root, ROOT, sizeof(ROOT));
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_root(void)
{
	ck_assert_int_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* A file under root, and the folders that contain it. */
static void
put_file(const char *name, const char *text)
{
	char path[256], *slash;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s%s", root, name);
	for (slash = path + strlen(root) + 1;
	    (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0700); /* it may exist */
		*slash = '/';
	}
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(without_groups_there_is_no_quota)
{
	ck_assert_uint_eq(processors_quota(root), UINT_MAX);
	put_file("/proc/self/cgroup", "0::/a/b\n");
	ck_assert_uint_eq(processors_quota(root), UINT_MAX);
	put_file("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	ck_assert_uint_eq(processors_quota(root), UINT_MAX);
}
END_TEST

START_TEST(a_quota_of_version_2_counts_in_whole_processors)
{
	static const struct {
		const char *text;
		unsigned worth;
	} quotas[] = { { "50000 100000\n", 1 }, { "100000 100000\n", 1 },
		{ "100001 100000\n", 2 }, { "150000 100000\n", 2 },
		{ "800000 100000\n", 8 }, { "1000\n", UINT_MAX },
		{ "nonsense", UINT_MAX }, { "", UINT_MAX } };

	put_file("/proc/self/cgroup", "0::/\n");
	put_file("/sys/fs/cgroup/cpu.max", quotas[_i].text);
	ck_assert_uint_eq(processors_quota(root), quotas[_i].worth);
}
END_TEST

START_TEST(the_least_quota_of_all_groups_around_counts)
{
	put_file("/proc/self/cgroup", "0::/a/b/c\n");
	put_file("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
	ck_assert_uint_eq(processors_quota(root), 8);
	put_file("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
	ck_assert_uint_eq(processors_quota(root), 3);
	/*
	 * In a container the path may be the host's, while the mount is ours.
	 */
	put_file("/sys/fs/cgroup/cpu.max", "100000 100000\n");
	ck_assert_uint_eq(processors_quota(root), 1);
}
END_TEST

START_TEST(a_quota_of_version_1_is_found_under_either_mount)
{
	put_file("/proc/self/cgroup",
	    "5:cpuset:/x\n4:cpu,cpuacct:/a\n3:cpuacct:/y\n0::/\n");
	put_file("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
	put_file("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
	ck_assert_uint_eq(processors_quota(root), UINT_MAX);
	put_file("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "20000\n");
	put_file("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "10000\n");
	ck_assert_uint_eq(processors_quota(root), 2);
	put_file("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n");
	ck_assert_uint_eq(processors_quota(root), 1);
	/* The path of another controller is ignored. */
	put_file("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n");
	ck_assert_uint_eq(processors_quota(root), 1);
}
END_TEST

#if HAVE_CPU_SETS
static cpu_set_t before;

static void
confine(void)
{
	cpu_set_t one;
	unsigned cpu = 0;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(before), &before), 0);
	while (!CPU_ISSET(cpu, &before))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
}

static void
release(void)
{
	ck_assert_int_eq(sched_setaffinity(0, sizeof(before), &before), 0);
}

START_TEST(one_processor_that_the_process_may_use_is_one)
{
	bool paid;

	plat_processors_renew();
	paid = spin_may_poll();
	confine();
	plat_processors_renew();
	ck_assert(!spin_may_poll());
	release();
	plat_processors_renew();
	ck_assert(spin_may_poll() == paid);
}
END_TEST

static void *
first_wait(void *arg)
{
	(void)arg;
	ck_assert_ptr_null(spin_pays(SPIN_LOCK));
	ck_assert(!spin_may_poll());
	return NULL;
}

/* Affinity is inherited, and is read at a thread's first wait. */
START_TEST(a_thread_of_a_confined_process_does_not_spin)
{
	confine();
	elsewhere(first_wait);
	release();
}
END_TEST

START_TEST(a_thread_finds_out_after_some_waits)
{
	int i;

	confine();
	for (i = 0; i <= SPIN_RENEWAL; i++)
		(void)spin_pays(SPIN_UNIT);
	ck_assert_ptr_null(spin_pays(SPIN_UNIT));
	release();
}
END_TEST

static void *
confined_alone(void *arg)
{
	(void)arg;
	confine();
	plat_processors_renew();
	return NULL;
}

/* Each may have a processor of its own. */
START_TEST(a_thread_that_was_pinned_does_not_make_all_the_others_sleep)
{
	bool paid;

	plat_processors_renew();
	paid = spin_may_poll();
	elsewhere(confined_alone);
	ck_assert(spin_may_poll() == paid);
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("processors");
	TCase *tc = add_case(s, "quota");

	tcase_add_checked_fixture(tc, make_root, remove_root);
	tcase_add_test(tc, without_groups_there_is_no_quota);
	tcase_add_loop_test(
	    tc, a_quota_of_version_2_counts_in_whole_processors, 0, 8);
	tcase_add_test(tc, the_least_quota_of_all_groups_around_counts);
	tcase_add_test(tc, a_quota_of_version_1_is_found_under_either_mount);
#if HAVE_CPU_SETS
	tc = add_case(s, "affinity");
	tcase_add_test(tc, one_processor_that_the_process_may_use_is_one);
	tcase_add_test(tc, a_thread_of_a_confined_process_does_not_spin);
	tcase_add_test(tc, a_thread_finds_out_after_some_waits);
	tcase_add_test(tc,
	    a_thread_that_was_pinned_does_not_make_all_the_others_sleep);
#endif
	return run_suite(s);
}
