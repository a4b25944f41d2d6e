/* Reading ELF files. */
#include "codegen/jit/elf_file.h"

static bool holds(burin_text bytes, uint64_t at, uint64_t size) { return at <= bytes.len && size <= bytes.len - at; }

const char *elf_open(burin_text bytes, elf_file *out)
{
    static const unsigned char ident[] = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
    Elf64_Ehdr head;
    if (bytes.len < sizeof head)
        return "the object is cut off";
    memcpy(&head, bytes.data, sizeof head);
    if (memcmp(head.e_ident, ident, sizeof ident) || head.e_type != ET_REL || head.e_machine != EM_X86_64 || head.e_version != EV_CURRENT)
        return "the file is no relocatable object for x86-64";
    if (head.e_shentsize != sizeof(Elf64_Shdr) || !head.e_shnum || head.e_shnum >= SHN_LORESERVE)
        return "the object has no sections, or too many";
    *out = (elf_file){.bytes = bytes, .section_count = head.e_shnum, .sections_at = head.e_shoff};
    if (!holds(bytes, head.e_shoff, (uint64_t)head.e_shnum * sizeof(Elf64_Shdr)) || head.e_shstrndx >= head.e_shnum ||
        !elf_section(out, head.e_shstrndx, &out->names) || out->names.sh_type != SHT_STRTAB)
        return "the object's table of sections is broken";
    return NULL;
}

bool elf_section(const elf_file *e, uint32_t n, Elf64_Shdr *out)
{
    memcpy(out, e->bytes.data + e->sections_at + (uint64_t)n * sizeof *out, sizeof *out);
    return out->sh_type == SHT_NOBITS || out->sh_type == SHT_NULL || holds(e->bytes, out->sh_offset, out->sh_size);
}

const char *elf_text(const elf_file *e, const Elf64_Shdr *texts, uint64_t at)
{
    if (at >= texts->sh_size)
        return NULL;
    const char *text = e->bytes.data + texts->sh_offset + at;
    return memchr(text, 0, texts->sh_size - at) ? text : NULL;
}

void elf_entry(const elf_file *e, const Elf64_Shdr *section, uint64_t n, void *out, size_t size)
{
    memcpy(out, e->bytes.data + section->sh_offset + n * size, size);
}

bool elf_count(const Elf64_Shdr *section, size_t size, uint64_t *out)
{
    *out = section->sh_size / size;
    return section->sh_entsize == size && section->sh_size % size == 0;
}
