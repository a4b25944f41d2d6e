/* ELF64 relocatable files for x86-64, read without trusting them.
 *
 * Everything is copied out of the bytes when asked for, as they may lie at any address. An answer of false or NULL: the file
 * is broken there. */
#ifndef BURIN_CODEGEN_ELF_FILE_H
#define BURIN_CODEGEN_ELF_FILE_H

#include "runtime/base/memory.h"

#include <elf.h>

typedef struct elf_file {
    burin_text bytes;
    uint32_t   section_count; /* at least 1: section 0 is none */
    uint64_t   sections_at;
    Elf64_Shdr names;         /* the section that holds the sections' names */
} elf_file;

/* NULL, or what is wrong: a literal. */
const char *elf_open(burin_text bytes, elf_file *out);
/* Section n < section_count; false when its contents lie outside of the file. */
bool        elf_section(const elf_file *e, uint32_t n, Elf64_Shdr *out);
/* The text at `at` in a section of texts, NULL when it is not one that ends inside. */
const char *elf_text(const elf_file *e, const Elf64_Shdr *texts, uint64_t at);
/* Entry n of a section of entries of that size; the caller knows that there are so many. */
void        elf_entry(const elf_file *e, const Elf64_Shdr *section, uint64_t n, void *out, size_t size);
/* How many entries of that size a section has; false when its size is not made of such. */
bool        elf_count(const Elf64_Shdr *section, size_t size, uint64_t *out);

#endif
