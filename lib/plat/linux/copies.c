/* SPDX-License-Identifier: MIT */
/*
 * Finding other copies of the library: each copy contains an ELF note, and a
 * copy that is loaded reads the notes of all objects of the process.
 *
 *	name	"libsync"
 *	type	NOTE_TYPE
 *	desc	the distance from the desc itself to the copy's struct copy
 *
 * The linker knows a distance within an object, so the note needs no relocation
 * and is in read-only memory.  Copies whose records or identities differ in
 * size ignore each other.
 *
 * A copy is ready once its constructor has run.  Of several copies that are
 * loaded together, the first finds no other that is ready.  So a copy never
 * takes over the identity of a copy that has none yet.
 */
#include "config.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "plat.h"

#include "copies.h"
#include "record.h"

#define NOTE_TYPE 1
#define NOTE_NAME "libsync"

/* The data that a copy shares with the others. */
struct copy {
	uint32_t size;  /* set when it is built: of all shared structs */
	uint32_t ready; /* set after the rest */
	struct identity *identity;
	uint32_t shares_key;
	pthread_key_t key;
};

#define SIZE                                                                   \
	((uint32_t)(sizeof(struct copy) + sizeof(struct identity)              \
	    + sizeof(struct record) * 0x10000u))

struct copy plat_copy_ __attribute__((used, visibility("hidden")));
struct copy plat_copy_ = { .size = SIZE };

__asm__(
    ".pushsection .note.libsync, \"a\", %note\n"
    "	.balign 4\n"
    "	.long 8, 4, 1\n" /* of name and desc, with its zero; NOTE_TYPE */
    "	.asciz \"libsync\"\n"
    "	.long plat_copy_ - .\n"
    ".popsection\n");

struct note {
	ElfW(Nhdr) header;
	char name[sizeof(NOTE_NAME)];
	int32_t distance;
};
_Static_assert(sizeof(struct note) == 24, "as it is written above");

struct search {
	int objects; /* so far; the program itself is the first */
	bool ours;   /* this copy is in the object at hand */
	struct copies found;
};

/* The copy to which the note belongs; null if it is another note. */
static const struct copy *
copy_of(const struct note *n)
{
	const struct copy *c;

	if (n->header.n_namesz != sizeof(n->name)
	    || n->header.n_descsz != sizeof(n->distance)
	    || n->header.n_type != NOTE_TYPE
	    || memcmp(n->name, NOTE_NAME, sizeof(n->name)) != 0)
		return NULL;
	c = (const void *)((const char *)&n->distance + n->distance);
	return c->size == SIZE ? c : NULL;
}

static void
meet(struct search *s, const struct copy *c)
{
	if (c == &plat_copy_)
		s->ours = true;
	else if (c != NULL && c->ready) {
		identity = *c->identity;
		if (c->shares_key) {
			s->found.have_key = true;
			s->found.key = c->key;
		}
	}
}

static void
look_at_notes(struct search *s, const char *p, const char *end)
{
	while ((size_t)(end - p) >= sizeof(struct note)) {
		const struct note *n = (const void *)p;
		size_t name = ((size_t)n->header.n_namesz + 3) & ~(size_t)3;
		size_t desc = ((size_t)n->header.n_descsz + 3) & ~(size_t)3;

		meet(s, copy_of(n));
		if (name + desc > (size_t)(end - p) - sizeof(n->header))
			return;
		p += sizeof(n->header) + name + desc;
	}
}

/* Whether the dynamic section says that the object is never unloaded. */
static bool
is_nodelete(const ElfW(Dyn) *d)
{
	for (; d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_FLAGS_1)
			return (d->d_un.d_val & DF_1_NODELETE) != 0;
	return false;
}

/* The dynamic linker unloads no object meanwhile. */
static int
look_at_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct search *s = arg;
	bool stays = s->objects++ == 0;
	int i;

	(void)size;
	s->ours = false;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		const char *at = (const char *)info->dlpi_addr + h->p_vaddr;

		if (h->p_type == PT_DYNAMIC)
			stays = stays || is_nodelete((const void *)at);
		/* Notes that are aligned to 8 have another layout. */
		if (h->p_type == PT_NOTE && h->p_align <= 4)
			look_at_notes(s, at, at + h->p_memsz);
	}
	if (s->ours)
		s->found.stays = stays;
	return 0;
}

struct copies
copies_meet(void)
{
	struct search s = { .objects = 0 };

	(void)dl_iterate_phdr(look_at_object, &s);
	return s.found;
}

void
copies_join(bool shares_key, pthread_key_t key)
{
	plat_copy_.identity = &identity;
	plat_copy_.shares_key = shares_key;
	plat_copy_.key = key;
	plat_copy_.ready = 1;
}
