/* Loading objects: place the sections, copy them, relocate, take the writing away.
 *
 * In memory code comes first, followed by a PLT entry for each import (for those that lie further away than a call reaches), then from
 * a page of its own what is only read. Data that code could write to is refused, but for the one kind that is only
 * written by relocations (.data.rel.ro). */
#include "codegen/jit/object.h"

#include "codegen/jit/elf_file.h"
#include "codegen/kernel/imports.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGN_MAX = 4096, PLT_ENTRY = 16, PLT_JUMP = 6, NOT_PLACED = -1 };

typedef struct exported {
    char    *name;
    void    *address;
    uint64_t size;
} exported;

struct object {
    const burin_allocator *alloc;
    arena                  memory;
    char                  *image;
    size_t                 image_size;
    size_t                 code_size; /* of it, from its start: whole pages */
    int64_t               *placed;    /* of each section: where in the image, or NOT_PLACED */
    uint32_t               section_count;
    exported              *exports;   /* by name */
    size_t                 export_count;
};

#define X(name) #name,
static const char *const import_names[] = {OBJECT_IMPORTS(X)};
#undef X
enum { OWN_COUNT = sizeof import_names / sizeof import_names[0], IMPORT_COUNT = OWN_COUNT + KERNEL_IMPORT_COUNT };

typedef struct loader {
    elf_file file;
    object  *o;
    uint64_t plt; /* where in the image */
} loader;

/* ---- placing ---- */

static bool is_code(const Elf64_Shdr *s) { return s->sh_flags & SHF_EXECINSTR; }

static const char *check_section(const loader *l, const Elf64_Shdr *s)
{
    enum { SHT_UNWIND = 0x70000001 };
    static const char relocated[] = ".data.rel.ro";
    const char *name = elf_text(&l->file, &l->file.names, s->sh_name);
    if (!name)
        return "a section has no name";
    if (s->sh_type != SHT_PROGBITS && s->sh_type != SHT_NOBITS && s->sh_type != SHT_NOTE && s->sh_type != SHT_UNWIND)
        return "the object has a section of an unknown kind";
    if (s->sh_flags & (SHF_TLS | SHF_COMPRESSED) || (is_code(s) && s->sh_flags & SHF_WRITE))
        return "the object has a section of an unknown kind";
    if (s->sh_flags & SHF_WRITE && s->sh_size && strncmp(name, relocated, sizeof relocated - 1))
        return "the object has data that can be written to";
    if (s->sh_addralign & (s->sh_addralign - 1) || s->sh_addralign > ALIGN_MAX)
        return "the object has a section of an unknown alignment";
    return NULL;
}

/* Place the sections that are code, or those that are not, from *end on. */
static const char *place(loader *l, bool code, uint64_t *end)
{
    for (uint32_t n = 1; n < l->file.section_count; n++) {
        Elf64_Shdr s;
        if (!elf_section(&l->file, n, &s))
            return "a section lies outside of the object";
        if (!(s.sh_flags & SHF_ALLOC) || is_code(&s) != code)
            continue;
        const char *wrong = check_section(l, &s);
        if (wrong)
            return wrong;
        uint64_t align = s.sh_addralign ? s.sh_addralign : 1;
        if (s.sh_size > OBJECT_SIZE_MAX || *end > OBJECT_SIZE_MAX)
            return "the object is too large";
        *end            = (*end + align - 1) & ~(align - 1);
        l->o->placed[n] = (int64_t)*end;
        *end += s.sh_size;
    }
    return NULL;
}

static const char *place_all(loader *l)
{
    object  *o    = l->o;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), end = 0;
    o->section_count = l->file.section_count;
    o->placed        = arena_alloc(&o->memory, o->section_count * sizeof *o->placed);
    if (!o->placed)
        return "out of memory";
    for (uint32_t n = 0; n < o->section_count; n++)
        o->placed[n] = NOT_PLACED;
    const char *wrong = place(l, true, &end);
    l->plt            = (end + PLT_ENTRY - 1) & ~(uint64_t)(PLT_ENTRY - 1);
    end               = (l->plt + IMPORT_COUNT * PLT_ENTRY + page - 1) & ~(page - 1);
    o->code_size      = end;
    if (!wrong)
        wrong = place(l, false, &end);
    o->image_size = (end + page - 1) & ~(page - 1);
    return !wrong && end > OBJECT_SIZE_MAX ? "the object is too large" : wrong;
}

/* ---- copying ---- */

/* jmp *(address that follows) */
static void write_plt_entry(char *at, void (*to)(void))
{
    static const unsigned char jump[PLT_JUMP] = {0xff, 0x25, 0, 0, 0, 0};
    memcpy(at, jump, sizeof jump);
    memcpy(at + sizeof jump, &to, sizeof to);
}

static const char *copy_sections(loader *l)
{
#define X(name) (void (*)(void))name,
    static void (*const targets[])(void) = {OBJECT_IMPORTS(X)};
#undef X
    object *o     = l->o;
    void   *image = mmap(NULL, o->image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image == MAP_FAILED)
        return "out of memory";
    o->image = image;
    for (uint32_t n = 1; n < l->file.section_count; n++) {
        Elf64_Shdr s;
        elf_section(&l->file, n, &s);
        if (o->placed[n] != NOT_PLACED && s.sh_type != SHT_NOBITS && s.sh_size)
            memcpy(o->image + o->placed[n], l->file.bytes.data + s.sh_offset, s.sh_size);
    }
    for (uint32_t n = 0; n < IMPORT_COUNT; n++)
        write_plt_entry(o->image + l->plt + n * PLT_ENTRY, n < OWN_COUNT ? targets[n] : kernel_imports[n - OWN_COUNT]);
    return NULL;
}

/* ---- relocations ---- */

typedef struct table { /* of symbols */
    Elf64_Shdr entries, names;
    uint64_t   count;
} table;

static bool find_table(const loader *l, uint32_t n, table *out)
{
    return n < l->file.section_count && elf_section(&l->file, n, &out->entries) && out->entries.sh_type == SHT_SYMTAB &&
           elf_count(&out->entries, sizeof(Elf64_Sym), &out->count) && out->entries.sh_link < l->file.section_count &&
           elf_section(&l->file, out->entries.sh_link, &out->names) && out->names.sh_type == SHT_STRTAB;
}

/* What an entry of the table jumps to, where a call from anywhere in the image reaches it; else the entry. */
static uint64_t import_place(const loader *l, uint32_t n)
{
    enum { REACH = INT32_MAX - OBJECT_SIZE_MAX };
    char    *entry = l->o->image + l->plt + n * PLT_ENTRY;
    uint64_t to;
    memcpy(&to, entry + PLT_JUMP, sizeof to);
    int64_t far = (int64_t)(to - (uint64_t)(uintptr_t)l->o->image);
    return far > -REACH && far < REACH ? to : (uint64_t)(uintptr_t)entry;
}

static const char *import_address(const loader *l, const char *name, uint64_t *out)
{
    for (uint32_t n = 0; name && n < IMPORT_COUNT; n++)
        if (strcmp(name, n < OWN_COUNT ? import_names[n] : kernel_import_names[n - OWN_COUNT]) == 0) {
            *out = import_place(l, n);
            return NULL;
        }
    return "the object refers to a name that it may not use";
}

static const char *symbol_address(const loader *l, const table *t, const Elf64_Sym *symbol, uint64_t *out)
{
    unsigned   type = ELF64_ST_TYPE(symbol->st_info);
    Elf64_Shdr section;
    if (symbol->st_shndx == SHN_UNDEF)
        return import_address(l, elf_text(&l->file, &t->names, symbol->st_name), out);
    if (type > STT_SECTION || symbol->st_shndx >= l->file.section_count || l->o->placed[symbol->st_shndx] == NOT_PLACED)
        return "the object has a symbol of an unknown kind";
    elf_section(&l->file, symbol->st_shndx, &section);
    if (symbol->st_value > section.sh_size)
        return "a symbol lies outside of its section";
    *out = (uint64_t)(uintptr_t)l->o->image + (uint64_t)l->o->placed[symbol->st_shndx] + symbol->st_value;
    return NULL;
}

/* Write `value` (a distance for the relative kinds) in the kind's width. */
static const char *patch(char *at, uint64_t room, uint32_t kind, uint64_t value)
{
    uint64_t distance = value - (uint64_t)(uintptr_t)at;
    int32_t  narrow   = (int32_t)distance;
    switch (kind) {
    case R_X86_64_64:
        if (room < sizeof value)
            break;
        memcpy(at, &value, sizeof value);
        return NULL;
    case R_X86_64_PC64:
        if (room < sizeof distance)
            break;
        memcpy(at, &distance, sizeof distance);
        return NULL;
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
        if (room < sizeof narrow || narrow != (int64_t)distance)
            break;
        memcpy(at, &narrow, sizeof narrow);
        return NULL;
    default: return "the object has a relocation of an unknown kind";
    }
    return "a relocation is out of range";
}

static const char *relocate_section(const loader *l, const Elf64_Shdr *rows)
{
    Elf64_Shdr target;
    table      symbols;
    uint64_t   count;
    if (!elf_count(rows, sizeof(Elf64_Rela), &count) || !find_table(l, rows->sh_link, &symbols))
        return "a table of relocations is broken";
    elf_section(&l->file, rows->sh_info, &target);
    for (uint64_t n = 0; n < count; n++) {
        Elf64_Rela row;
        Elf64_Sym  symbol;
        uint64_t   address;
        elf_entry(&l->file, rows, n, &row, sizeof row);
        if (target.sh_type == SHT_NOBITS || row.r_offset >= target.sh_size || ELF64_R_SYM(row.r_info) >= symbols.count)
            return "a relocation is out of range";
        elf_entry(&l->file, &symbols.entries, ELF64_R_SYM(row.r_info), &symbol, sizeof symbol);
        const char *wrong = symbol_address(l, &symbols, &symbol, &address);
        if (!wrong)
            wrong = patch(l->o->image + l->o->placed[rows->sh_info] + row.r_offset, target.sh_size - row.r_offset,
                          (uint32_t)ELF64_R_TYPE(row.r_info), address + (uint64_t)row.r_addend);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *relocate(const loader *l)
{
    const char *wrong = NULL;
    for (uint32_t n = 1; !wrong && n < l->file.section_count; n++) {
        Elf64_Shdr s;
        elf_section(&l->file, n, &s);
        if (s.sh_type != SHT_RELA && s.sh_type != SHT_REL)
            continue;
        if (s.sh_info >= l->file.section_count)
            return "a table of relocations is broken";
        if (l->o->placed[s.sh_info] != NOT_PLACED)
            wrong = s.sh_type == SHT_RELA ? relocate_section(l, &s) : "the object has a relocation of an unknown kind";
    }
    return wrong;
}

/* ---- what is exported ---- */

static int by_name(const void *a, const void *b) { return strcmp(((const exported *)a)->name, ((const exported *)b)->name); }

static bool is_exported(const Elf64_Sym *s)
{
    return ELF64_ST_BIND(s->st_info) == STB_GLOBAL && ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_shndx != SHN_UNDEF;
}

static const char *export_from(loader *l, const table *t)
{
    object  *o     = l->o;
    uint64_t count = 0;
    for (uint64_t n = 0; n < t->count; n++) {
        Elf64_Sym symbol;
        elf_entry(&l->file, &t->entries, n, &symbol, sizeof symbol);
        count += is_exported(&symbol);
    }
    o->exports = arena_alloc(&o->memory, (count + 1) * sizeof *o->exports);
    for (uint64_t n = 0; o->exports && n < t->count; n++) {
        Elf64_Sym symbol;
        uint64_t  address;
        elf_entry(&l->file, &t->entries, n, &symbol, sizeof symbol);
        if (!is_exported(&symbol))
            continue;
        const char *name  = elf_text(&l->file, &t->names, symbol.st_name);
        const char *wrong = name ? symbol_address(l, t, &symbol, &address) : "a symbol has no name";
        if (wrong)
            return wrong;
        uint64_t at = address - (uint64_t)(uintptr_t)o->image;
        if (at > l->plt || symbol.st_size > l->plt - at)
            return "a function lies outside of the code";
        char *copy = arena_copy(&o->memory, (burin_text){name, strlen(name)});
        if (!copy)
            return "out of memory";
        o->exports[o->export_count++] = (exported){copy, o->image + at, symbol.st_size};
    }
    if (!o->exports)
        return "out of memory";
    qsort(o->exports, o->export_count, sizeof *o->exports, by_name);
    return NULL;
}

static const char *export_functions(loader *l)
{
    for (uint32_t n = 1; n < l->file.section_count; n++) {
        Elf64_Shdr s;
        table      t;
        elf_section(&l->file, n, &s);
        if (s.sh_type == SHT_SYMTAB) /* there is one at most */
            return find_table(l, n, &t) ? export_from(l, &t) : "the table of symbols is broken";
    }
    return "the object has no symbols";
}

/* ---- the whole ---- */

static const char *load(loader *l)
{
    object     *o     = l->o;
    const char *wrong = place_all(l);
    if (!wrong)
        wrong = copy_sections(l);
    if (!wrong)
        wrong = relocate(l);
    if (!wrong)
        wrong = export_functions(l);
    if (!wrong && (mprotect(o->image, o->code_size, PROT_READ | PROT_EXEC) ||
                   (o->image_size > o->code_size && mprotect(o->image + o->code_size, o->image_size - o->code_size, PROT_READ))))
        wrong = "the system does not let memory be made executable";
    return wrong;
}

const char *object_load(const burin_allocator *alloc, burin_text bytes, object **out)
{
    loader l = {0};
    *out     = NULL;
#ifndef __x86_64__
    return "native code is not supported on this machine";
#endif
    if (bytes.len > OBJECT_SIZE_MAX)
        return "the object is too large";
    const char *wrong = elf_open(bytes, &l.file);
    if (wrong)
        return wrong;
    l.o = base_alloc(alloc, sizeof *l.o);
    if (!l.o)
        return "out of memory";
    *l.o  = (object){.alloc = alloc, .memory = arena_make(alloc)};
    wrong = load(&l);
    if (wrong)
        object_free(l.o);
    else
        *out = l.o;
    return wrong;
}

void object_free(object *o)
{
    if (!o)
        return;
    if (o->image)
        munmap(o->image, o->image_size);
    arena_deinit(&o->memory);
    base_free(o->alloc, o, sizeof *o);
}

void *object_function(const object *o, const char *name)
{
    size_t low = 0, high = o->export_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int    order  = strcmp(name, o->exports[middle].name);
        if (order == 0)
            return o->exports[middle].address;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void object_each(const object *o, void (*call)(void *user, const char *name, void *address, size_t size), void *user)
{
    for (size_t n = 0; n < o->export_count; n++)
        call(user, o->exports[n].name, o->exports[n].address, o->exports[n].size);
}

burin_text object_section(burin_text bytes, const char *name)
{
    elf_file file;
    if (elf_open(bytes, &file))
        return (burin_text){NULL, 0};
    for (uint32_t n = 1; n < file.section_count; n++) {
        Elf64_Shdr  s;
        const char *found = elf_section(&file, n, &s) ? elf_text(&file, &file.names, s.sh_name) : NULL;
        if (found && s.sh_type == SHT_PROGBITS && strcmp(found, name) == 0)
            return (burin_text){bytes.data + s.sh_offset, s.sh_size};
    }
    return (burin_text){NULL, 0};
}

char *object_for_debugger(const object *o, const burin_allocator *alloc, burin_text bytes)
{
    elf_file file;
    char    *copy = elf_open(bytes, &file) || file.section_count != o->section_count ? NULL : base_alloc(alloc, bytes.len);
    if (!copy)
        return NULL;
    memcpy(copy, bytes.data, bytes.len);
    for (uint32_t n = 1; n < file.section_count; n++) {
        uint64_t address = (uint64_t)(uintptr_t)o->image + (uint64_t)o->placed[n];
        if (o->placed[n] != NOT_PLACED)
            memcpy(copy + file.sections_at + n * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_addr), &address, sizeof address);
    }
    return copy;
}
