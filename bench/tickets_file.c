/* SPDX-License-Identifier: MIT */
/*
 * The file that contains the number of tickets left: a JSON object with a
 * "count".  Its other members stay unchanged.  A new count is written to a
 * temporary file in the same directory, which is then renamed to the file.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tickets.h"

struct tickets_file {
	char *path;          /* no symbolic link */
	char *template;      /* for mkstemp, in the same directory */
	struct stat as_found; /* owner and permissions, to be kept */
	bool ours;
};

/* The file to be removed on exit; main thread only. */
static struct tickets_file *to_remove;

static bool fail(struct trouble *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool
fail(struct trouble *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(t->text, sizeof(t->text), format, ap);
	va_end(ap);
	return false;
}

static void
remove_ours(void)
{
	if (to_remove != NULL)
		(void)unlink(to_remove->path);
}

static void
release(struct tickets_file *f)
{
	free(f->path);
	free(f->template);
	free(f);
}

void
tickets_file_close(struct tickets_file *f)
{
	if (f == NULL)
		return;
	if (f->ours) {
		remove_ours();
		to_remove = NULL;
	}
	release(f);
}

/* f->path is set; examine the file, and name its temporary file. */
static bool
examine(struct tickets_file *f, struct trouble *t)
{
	size_t dir = (size_t)(strrchr(f->path, '/') + 1 - f->path);

	if (stat(f->path, &f->as_found) != 0)
		return fail(t, "cannot read %s: %s", f->path, strerror(errno));
	if (!S_ISREG(f->as_found.st_mode))
		return fail(t, "%s is not a regular file", f->path);
	if (access(f->path, W_OK) != 0)
		return fail(t, "cannot write %s: %s", f->path, strerror(errno));
	if (asprintf(&f->template, "%.*s.tickets-XXXXXX", (int)dir, f->path)
	    < 0) {
		f->template = NULL;
		return fail(t, "out of memory");
	}
	return true;
}

struct tickets_file *
tickets_file_open(const char *path, struct trouble *t)
{
	struct tickets_file *f = calloc(1, sizeof(*f));
	json_t *whole;
	int64_t left;

	if (f == NULL) {
		fail(t, "out of memory");
		return NULL;
	}
	f->path = realpath(path, NULL);
	if (f->path == NULL) {
		fail(t, "cannot read %s: %s", path, strerror(errno));
		release(f);
		return NULL;
	}
	if (!examine(f, t) || !tickets_file_read(f, &whole, &left, t)) {
		release(f);
		return NULL;
	}
	json_decref(whole);
	return f;
}

/* A new file in the usual place, or null; its descriptor is closed. */
static char *
new_file(struct trouble *t)
{
	const char *dir = getenv("TMPDIR");
	char *path, *real = NULL;
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	if (asprintf(&path, "%s/tickets-XXXXXX.json", dir) < 0) {
		fail(t, "out of memory");
		return NULL;
	}
	fd = mkstemps(path, (int)strlen(".json"));
	if (fd < 0)
		fail(t, "cannot write in %s: %s", dir, strerror(errno));
	else if (close(fd) != 0 || (real = realpath(path, NULL)) == NULL)
		fail(t, "cannot use %s: %s", path, strerror(errno));
	free(path);
	return real;
}

struct tickets_file *
tickets_file_create(struct trouble *t)
{
	struct tickets_file *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		fail(t, "out of memory");
		return NULL;
	}
	f->path = new_file(t);
	if (f->path == NULL) {
		release(f);
		return NULL;
	}
	f->ours = true;
	to_remove = f;
	(void)atexit(remove_ours);
	if (!examine(f, t)) {
		tickets_file_close(f);
		return NULL;
	}
	return f;
}

const char *
tickets_file_path(const struct tickets_file *f)
{
	return f->path;
}

static bool
check_count(const struct tickets_file *f, json_t *whole, struct trouble *t)
{
	json_t *count = json_object_get(whole, "count");

	if (!json_is_object(whole))
		return fail(t, "%s is not a JSON object", f->path);
	if (count == NULL)
		return fail(t, "%s has no \"count\"", f->path);
	if (!json_is_integer(count))
		return fail(t, "%s: \"count\" is not an integer", f->path);
	if (json_integer_value(count) < 0)
		return fail(t, "%s: \"count\" is negative", f->path);
	return true;
}

bool
tickets_file_read(const struct tickets_file *f, json_t **whole, int64_t *left,
    struct trouble *t)
{
	FILE *from = fopen(f->path, "re");
	json_error_t error;

	*whole = NULL;
	if (from == NULL)
		return fail(t, "cannot read %s: %s", f->path, strerror(errno));
	*whole = json_loadf(from, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &error);
	(void)fclose(from);
	if (*whole == NULL)
		return fail(t, "%s is not JSON: line %d: %s", f->path,
		    error.line, error.text);
	if (!check_count(f, *whole, t)) {
		json_decref(*whole);
		*whole = NULL;
		return false;
	}
	*left = json_integer_value(json_object_get(*whole, "count"));
	return true;
}

/* Fill the new file and close it; permissions as the old one's. */
static bool
fill(const struct tickets_file *f, int fd, const char *text)
{
	const struct stat *s = &f->as_found;
	bool done = dprintf(fd, "%s\n", text) >= 0;

	/* Only root may change a file's owner; other users become the owner. */
	if (done && geteuid() == 0)
		done = fchown(fd, s->st_uid, s->st_gid) == 0;
	if (done)
		done = fchmod(fd, s->st_mode & 07777) == 0;
	return close(fd) == 0 && done;
}

static bool
replace(const struct tickets_file *f, const char *text, struct trouble *t)
{
	char *name = strdup(f->template);
	int fd;

	if (name == NULL)
		return fail(t, "out of memory");
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		fail(t, "cannot write beside %s: %s", f->path, strerror(errno));
		free(name);
		return false;
	}
	if (!fill(f, fd, text) || rename(name, f->path) != 0) {
		fail(t, "cannot write %s: %s", f->path, strerror(errno));
		(void)unlink(name);
		free(name);
		return false;
	}
	free(name);
	return true;
}

bool
tickets_file_write(const struct tickets_file *f, json_t *whole, int64_t left,
    struct trouble *t)
{
	char *text = NULL;
	bool done;

	if (json_integer_set(json_object_get(whole, "count"), left) == 0)
		text = json_dumps(whole, 0);
	json_decref(whole);
	if (text == NULL)
		return fail(t, "out of memory");
	done = replace(f, text, t);
	free(text);
	return done;
}

bool
tickets_file_reset(const struct tickets_file *f, int64_t left,
    struct trouble *t)
{
	json_t *whole = json_pack("{s:I}", "count", (json_int_t)left);

	if (whole == NULL)
		return fail(t, "out of memory");
	return tickets_file_write(f, whole, left, t);
}
