/* SPDX-License-Identifier: MIT */
/*
 * Input files, which are read whole before anything is measured, and the count
 * of their words.  A word is text between white space; each is kept in a search
 * tree.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prodcons.h"

static void *
must(void *p)
{
	if (p == NULL)
		bench_die("out of memory");
	return p;
}

/* Reading */

static char *
read_stream(FILE *f, const char *name, size_t *length)
{
	size_t room = 0, n;
	char *bytes = NULL;
	int err;

	*length = 0;
	do {
		if (*length == room) {
			room = room == 0 ? 65536 : 2 * room;
			bytes = must(realloc(bytes, room));
		}
		n = fread(bytes + *length, 1, room - *length, f);
		*length += n;
	} while (n > 0);
	if (ferror(f)) {
		err = errno;
		free(bytes);
		bench_die("%s: %s", name, strerror(err));
	}
	return bytes;
}

static char *
read_file(const char *name, size_t *length)
{
	FILE *f = fopen(name, "rb");
	char *bytes;

	if (f == NULL)
		bench_die("%s: %s", name, strerror(errno));
	bytes = read_stream(f, name, length);
	(void)fclose(f);
	return bytes;
}

static void
add_line(struct text *t, const char *start, size_t length)
{
	if (t->n_lines == t->room) {
		t->room = t->room == 0 ? 1024 : 2 * t->room;
		t->lines = must(
		    realloc(t->lines, t->room * sizeof(*t->lines)));
	}
	t->lines[t->n_lines++] = (struct line) { start, length };
}

/* A last line without a newline also counts as a line. */
static void
split(struct text *t, const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length, *newline;

	for (; p < end; p = newline + 1) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			newline = end - 1;
		add_line(t, p, (size_t)(newline + 1 - p));
	}
}

void
text_load(struct text *t, char *const *names, size_t n)
{
	size_t length;

	*t = (struct text) { .n_files = n };
	t->files = must(calloc(n, sizeof(*t->files)));
	for (size_t i = 0; i < n; i++) {
		t->files[i] = read_file(names[i], &length);
		split(t, t->files[i], length);
	}
	if (t->n_lines == 0)
		bench_die("%s%s: no lines", names[0],
		    n > 1 ? " and the others" : "");
}

void
text_free(struct text *t)
{
	for (size_t i = 0; i < t->n_files; i++)
		free(t->files[i]);
	free(t->files);
	free(t->lines);
}

/* Counting */

/* Any total order will do: by length, then by bytes. */
static int
compare_words(const void *a, const void *b)
{
	const struct word *v = a, *w = b;

	if (v->length != w->length)
		return v->length < w->length ? -1 : 1;
	return memcmp(v->text, w->text, v->length);
}

/* One node is kept in reserve: tsearch takes it, or finds an equal one. */
static void
tally_word(struct tally *t, const char *text, size_t length, uint64_t count)
{
	struct word *w, **found;

	if (t->spare == NULL)
		t->spare = must(malloc(sizeof(*t->spare)));
	*t->spare = (struct word) { text, length, 0, NULL };
	found = must(tsearch(t->spare, &t->tree, compare_words));
	w = *found;
	if (w == t->spare) {
		t->spare = NULL;
		w->next = t->list;
		t->list = w;
		t->distinct++;
	}
	w->count += count;
	t->words += count;
}

/* As isspace in the C locale, whatever the locale. */
static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void
tally_line(struct tally *t, const char *line, size_t length)
{
	const char *p = line, *end = line + length, *start;

	t->lines++;
	t->bytes += length;
	for (;;) {
		while (p < end && is_blank(*p))
			p++;
		if (p == end)
			return;
		for (start = p; p < end && !is_blank(*p);)
			p++;
		tally_word(t, start, (size_t)(p - start), 1);
	}
}

void
tally_merge(struct tally *into, const struct tally *from)
{
	into->lines += from->lines;
	into->bytes += from->bytes;
	for (const struct word *w = from->list; w != NULL; w = w->next)
		tally_word(into, w->text, w->length, w->count);
}

static uint64_t
count_of(const struct tally *t, const struct word *w)
{
	struct word *const *found = tfind(w, &t->tree, compare_words);

	return found != NULL ? (*found)->count : 0;
}

bool
tally_equal(const struct tally *a, const struct tally *b, char *reason,
    size_t size)
{
	if (a->lines != b->lines || a->words != b->words || a->bytes != b->bytes
	    || a->distinct != b->distinct) {
		(void)snprintf(reason, size,
		    "%" PRIu64 " lines, %" PRIu64 " words (%" PRIu64
		    " distinct), %" PRIu64 " bytes counted, not %" PRIu64
		    ", %" PRIu64 " (%" PRIu64 "), %" PRIu64,
		    a->lines, a->words, a->distinct, a->bytes, b->lines,
		    b->words, b->distinct, b->bytes);
		return false;
	}
	for (const struct word *w = a->list; w != NULL; w = w->next) {
		uint64_t count = count_of(b, w);

		if (w->count == count)
			continue;
		(void)snprintf(reason, size,
		    "'%.*s' counted %" PRIu64 " times, not %" PRIu64,
		    (int)(w->length < 40 ? w->length : 40), w->text, w->count,
		    count);
		return false;
	}
	return true;
}

/* By falling frequency; words of equal frequency in dictionary order. */
static int
compare_counts(const void *a, const void *b)
{
	const struct word *v = a, *w = b;
	size_t shorter = v->length < w->length ? v->length : w->length;
	int order;

	if (v->count != w->count)
		return v->count > w->count ? -1 : 1;
	order = memcmp(v->text, w->text, shorter);
	if (order != 0)
		return order;
	return (v->length > w->length) - (v->length < w->length);
}

struct word *
tally_top(const struct tally *t, size_t *n)
{
	struct word *all = must(malloc((t->distinct + 1) * sizeof(*all)));
	size_t i = 0;

	for (const struct word *w = t->list; w != NULL; w = w->next)
		all[i++] = *w;
	qsort(all, i, sizeof(*all), compare_counts);
	if (*n > i)
		*n = i;
	return all;
}

void
tally_free(struct tally *t)
{
	struct word *w;

	while ((w = t->list) != NULL) {
		t->list = w->next;
		(void)tdelete(w, &t->tree, compare_words);
		free(w);
	}
	free(t->spare);
	*t = (struct tally) { 0 };
}
