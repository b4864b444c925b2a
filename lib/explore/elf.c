/* SPDX-License-Identifier: MIT */
/*
 * The name of the variable at an address, from the symbol table of its ELF
 * file.  This finds static variables, too, which dladdr(3) does not know.  A
 * stripped file has no symbol table.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbol.h"

/* The file that was used last, mapped into memory. */
static struct {
	char path[256];
	const char *bytes;
	size_t size;
} file;

static bool
map(const char *path)
{
	struct stat st;
	void *p = MAP_FAILED;
	int fd;

	if (file.bytes != NULL && strcmp(file.path, path) == 0)
		return true;
	if (strlen(path) >= sizeof(file.path))
		return false;
	if (file.bytes != NULL)
		(void)munmap((void *)(uintptr_t)file.bytes, file.size);
	file.bytes = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > (off_t)sizeof(ElfW(Ehdr)))
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
		    0);
	(void)close(fd);
	if (p == MAP_FAILED)
		return false;
	file.bytes = p;
	file.size = (size_t)st.st_size;
	(void)memcpy(file.path, path, strlen(path) + 1);
	return true;
}

/* That part of the file, or null if the file is too short. */
static const void *
at(size_t offset, size_t size)
{
	return offset <= file.size && size <= file.size - offset
	    ? file.bytes + offset : NULL;
}

static const ElfW(Shdr) *
section(const ElfW(Ehdr) *header, size_t i)
{
	return i < header->e_shnum
	    ? at(header->e_shoff + i * header->e_shentsize, sizeof(ElfW(Shdr)))
	    : NULL;
}

static bool
covers(const ElfW(Sym) *symbol, uintptr_t address)
{
	return (symbol->st_info & 0xf) == STT_OBJECT
	    && address >= symbol->st_value
	    && address - symbol->st_value < symbol->st_size;
}

/* Search a symbol table; the names are in another section. */
static bool
find(const ElfW(Ehdr) *header, const ElfW(Shdr) *table, uintptr_t address,
    struct symbol *found)
{
	const ElfW(Shdr) *names = section(header, table->sh_link);
	const ElfW(Sym) *s = at(table->sh_offset, table->sh_size);
	size_t i, n = table->sh_size / sizeof(*s);
	const char *name;

	if (names == NULL || s == NULL)
		return false;
	for (i = 0; i < n; i++) {
		if (!covers(&s[i], address))
			continue;
		name = at(names->sh_offset + s[i].st_name, 1);
		if (name == NULL)
			return false;
		/* The compiler adds ".N" to static variables of functions. */
		(void)snprintf(found->name, sizeof(found->name), "%.*s",
		    (int)strcspn(name, "."), name);
		found->offset = address - s[i].st_value;
		found->size = s[i].st_size;
		return true;
	}
	return false;
}

bool
symbol_of(const void *object, struct symbol *found)
{
	const ElfW(Ehdr) *header;
	const ElfW(Shdr) *s;
	uintptr_t address;
	Dl_info info;
	size_t i;

	if (dladdr((void *)(uintptr_t)object, &info) == 0
	    || info.dli_fname == NULL || !map(info.dli_fname))
		return false;
	header = at(0, sizeof(*header));
	if (header == NULL || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	address = (uintptr_t)object;
	if (header->e_type != ET_EXEC)
		address -= (uintptr_t)info.dli_fbase;
	for (i = 0; (s = section(header, i)) != NULL; i++)
		if ((s->sh_type == SHT_SYMTAB || s->sh_type == SHT_DYNSYM)
		    && find(header, s, address, found))
			return true;
	return false;
}
