/* The build id is in a note of the program itself, the first of the objects that the dynamic linker tells of. libgccjit is one of the others. */
#define _GNU_SOURCE
#include "jit/identity.h"

#include <elf.h>
#include <libgccjit.h>
#include <link.h>

static size_t aligned(size_t size) { return (size + 3) & ~(size_t)3; }

static void read_notes(const char *at, size_t size, uint8_t *builder, size_t builder_size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const void *)at;
        size_t            name = sizeof *note, data = name + aligned(note->n_namesz), next = data + aligned(note->n_descsz);
        if (next > size)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(at + name, "GNU", 4) == 0 && note->n_descsz == builder_size)
            memcpy(builder, at + data, builder_size);
        at += next;
        size -= next;
    }
}

static void read_program(const struct dl_phdr_info *info, protocol_ready *ready)
{
    for (int n = 0; n < info->dlpi_phnum; n++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[n];
        if (part->p_type == PT_NOTE)
            read_notes((const char *)(uintptr_t)(info->dlpi_addr + part->p_vaddr), part->p_memsz, ready->builder, sizeof ready->builder);
    }
}

typedef struct looking {
    protocol_ready *ready;
    bool            is_first;
} looking;

static int look_at(struct dl_phdr_info *info, size_t size, void *user)
{
    looking *l = user;
    (void)size;
    if (l->is_first)
        read_program(info, l->ready);
    else if (strstr(info->dlpi_name, "/libgccjit.so"))
        builder_library_note(info->dlpi_name, &l->ready->compiler);
    l->is_first = false;
    return 0;
}

void identify(protocol_ready *ready)
{
    dl_iterate_phdr(look_at, &(looking){ready, true});
    ready->compiler.version[0] = (uint32_t)gcc_jit_version_major();
    ready->compiler.version[1] = (uint32_t)gcc_jit_version_minor();
    ready->compiler.version[2] = (uint32_t)gcc_jit_version_patchlevel();
}
