/* Objects of a compiler, loaded and run; what is broken or not allowed in them is refused with its reason. */
#define _GNU_SOURCE
#include "codegen/jit/elf_file.h"
#include "codegen/jit/object.h"
#include "codegen/jit/tools.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- compiling ---- */

/* The object that `cc -c` makes of a text; fails the test when it makes none. Free its data. */
static burin_text compile(const char *text, const char *options)
{
    const char *compiler = getenv("BURIN_CC");
    char        folder[] = "/tmp/object-test-XXXXXX", command[512], path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "%s -O2 -fPIC %s -x c -c - -o %s/o 2>/dev/null", compiler ? compiler : "cc", options, folder);
    FILE *pipe = popen(command, "w");
    assert_non_null(pipe);
    fputs(text, pipe);
    assert_int_equal(pclose(pipe), 0);
    snprintf(path, sizeof path, "%s/o", folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    size_t len = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    unlink(path);
    rmdir(folder);
    return (burin_text){bytes, len};
}

static object *loaded(burin_text bytes)
{
    object *o;
    const char *wrong = object_load(&base_malloc_allocator, bytes, &o);
    assert_string_equal(wrong ? wrong : "", "");
    return o;
}

static const char *refused(burin_text bytes)
{
    object *o;
    const char *wrong = object_load(&base_malloc_allocator, bytes, &o);
    assert_null(o);
    return wrong ? wrong : "loaded";
}

static const char sample[] =
    "#include <string.h>\n"
    "static const char *const names[] = {\"zero\", \"one\", \"two\"};\n"
    "static int twice(int n) { return 2 * n; }\n"
    "int (*const table[])(int) = {twice};\n"
    "const char *name_of(int n) { return names[n]; }\n"
    "int through_table(int n) { return table[0](n); }\n"
    "void copy(char *to, const char *from, unsigned long len) { memcpy(to, from, len); }\n"
    "int chosen(int n) { switch (n) { case 0: return 7; case 1: return 5; case 2: return 90; case 3: return 1; case 4: return -4; } return 3; }\n"
    "__attribute__((section(\".burinstamp\"))) const char stamp[] = \"made for a test\";\n";

/* ---- the tests ---- */

static void functions_run_and_reach_their_data(void **state)
{
    (void)state;
    burin_text bytes = compile(sample, "");
    object    *o     = loaded(bytes);
    char       to[6] = "";
    union {
        void *address;
        const char *(*name_of)(int);
        int (*number)(int);
        void (*copy)(char *, const char *, unsigned long);
    } f;
    f.address = object_function(o, "name_of");
    assert_string_equal(f.name_of(2), "two");
    f.address = object_function(o, "through_table");
    assert_int_equal(f.number(21), 42);
    f.address = object_function(o, "chosen");
    assert_int_equal(f.number(2), 90);
    assert_int_equal(f.number(9), 3);
    f.address = object_function(o, "copy");
    f.copy(to, "hello", 5);
    assert_string_equal(to, "hello");
    assert_null(object_function(o, "twice"));
    assert_null(object_function(o, "none"));
    assert_string_equal(object_section(bytes, ".burinstamp").data, "made for a test");
    assert_null(object_section(bytes, ".none").data);
    object_free(o);
    free((char *)bytes.data);
}

static void count_one(void *user, const char *name, void *address, size_t size)
{
    assert_non_null(name);
    assert_non_null(address);
    assert_true(size > 0);
    ++*(int *)user;
}

static void nothing_is_writable_once_loaded(void **state)
{
    (void)state;
    burin_text bytes = compile(sample, "");
    object    *o     = loaded(bytes);
    int        count = 0, mappings = 0;
    object_each(o, count_one, &count);
    assert_int_equal(count, 4);
    unsigned long code = (unsigned long)(uintptr_t)object_function(o, "chosen");
    FILE         *maps = fopen("/proc/self/maps", "r");
    for (char line[512]; fgets(line, sizeof line, maps);) {
        unsigned long from, to;
        char          rights[8];
        assert_int_equal(sscanf(line, "%lx-%lx %7s", &from, &to, rights), 3);
        if (code >= from && code < to) {
            assert_string_equal(rights, "r-xp");
            mappings++;
        }
    }
    fclose(maps);
    assert_int_equal(mappings, 1);
    object_free(o);
    free((char *)bytes.data);
}

static void what_code_may_not_have_is_refused(void **state)
{
    (void)state;
    static const struct { const char *text, *options, *want; } rows[] = {
        {"int counter; int next(void) { return ++counter; }", "", "the object has data that can be written to"},
        {"static int n = 3; int next(void) { return n++; }", "", "the object has data that can be written to"},
        {"int system(const char *); int run(void) { return system(\"true\"); }", "", "the object refers to a name that it may not use"},
        {"extern int errno_like; int get(void) { return errno_like; }", "", "the object refers to a name that it may not use"},
        {"static __thread int n; int next(void) { return ++n; }", "", "the object has a section of an unknown kind"},
        {"__attribute__((constructor)) void begin(void) { }", "", "the object has a section of an unknown kind"},
        {"static const int big[] = {1, 2, 3}; const int *at(int n) { return big + n; }", "-fno-pic -mcmodel=small -fno-pie", "the object has a relocation of an unknown kind"},
        {"int common_one[4]; int *get(void) { return common_one; }", "-fcommon", "the object has a symbol of an unknown kind"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_text  bytes = compile(rows[n].text, rows[n].options);
        const char *wrong = refused(bytes);
        if (strcmp(wrong, rows[n].want) != 0)
            fail_msg("%s: %s, not %s", rows[n].text, wrong, rows[n].want);
        free((char *)bytes.data);
    }
}

static void what_is_no_object_is_refused(void **state)
{
    (void)state;
    burin_text bytes = compile(sample, "");
    char      *copy  = malloc(bytes.len);
    assert_string_equal(refused((burin_text){"", 0}), "the object is cut off");
    assert_string_equal(refused((burin_text){bytes.data, 63}), "the object is cut off");
    static const struct { size_t at; uint8_t value; const char *want; } rows[] = {
        {0, 'E', "the file is no relocatable object for x86-64"},
        {4, 1, "the file is no relocatable object for x86-64"},
        {16, 3, "the file is no relocatable object for x86-64"},
        {18, 183, "the file is no relocatable object for x86-64"},
        {47, 0x7f, "the object's table of sections is broken"},
        {58, 1, "the object has no sections, or too many"},
        {62, 200, "the object's table of sections is broken"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        memcpy(copy, bytes.data, bytes.len);
        copy[rows[n].at] = (char)rows[n].value;
        assert_string_equal(refused((burin_text){copy, bytes.len}), rows[n].want);
    }
    free(copy);
    free((char *)bytes.data);
}

/* Whatever is cut off or changed: it is refused or loads, and freeing it leaves nothing. (It is not run.) */
static void every_cut_and_every_changed_byte_is_survived(void **state)
{
    (void)state;
    burin_text bytes = compile(sample, "");
    object    *o;
    for (size_t len = 0; len < bytes.len; len += 7) {
        char *cut = malloc(len + 1); /* of its own, so that a sanitizer sees a byte too many */
        memcpy(cut, bytes.data, len);
        assert_non_null(object_load(&base_malloc_allocator, (burin_text){cut, len}, &o));
        free(cut);
    }
    char *copy = malloc(bytes.len);
    memcpy(copy, bytes.data, bytes.len);
    for (size_t at = 0; at < bytes.len; at++) {
        static const char changes[] = {0x01, 0x40, (char)0x80, (char)0xff};
        for (size_t n = 0; n < sizeof changes; n++) {
            copy[at] = (char)(bytes.data[at] ^ changes[n]);
            if (!object_load(&base_malloc_allocator, (burin_text){copy, bytes.len}, &o))
                object_free(o);
        }
        copy[at] = bytes.data[at];
    }
    free(copy);
    free((char *)bytes.data);
}

/* ---- tools ---- */

static void perf_finds_the_functions(void **state)
{
    (void)state;
    burin_text bytes = compile(sample, "");
    object    *o     = loaded(bytes);
    char       path[64], want[128], text[4096] = "";
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    tools_profiler_add(o);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    unlink(path);
    snprintf(want, sizeof want, "%lx ", (unsigned long)(uintptr_t)object_function(o, "through_table"));
    assert_non_null(strstr(text, want));
    assert_non_null(strstr(text, " through_table\n"));

    char elsewhere[] = "/tmp/object-test-XXXXXX"; /* somebody's link in our way is not followed */
    int  fd          = mkstemp(elsewhere);
    assert_int_equal(symlink(elsewhere, path), 0);
    tools_profiler_add(o);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    close(fd);
    unlink(path);
    unlink(elsewhere);
    object_free(o);
    free((char *)bytes.data);
}

static void a_debugger_is_told_where_sections_lie(void **state)
{
    (void)state;
    burin_text   bytes = compile(sample, "");
    object      *o     = loaded(bytes);
    char        *copy  = object_for_debugger(o, &base_malloc_allocator, bytes);
    elf_file     file;
    uint64_t     code = (uint64_t)(uintptr_t)object_function(o, "chosen");
    bool         seen = false;
    assert_non_null(copy);
    assert_null(elf_open((burin_text){copy, bytes.len}, &file));
    for (uint32_t n = 1; n < file.section_count; n++) {
        Elf64_Shdr s;
        assert_true(elf_section(&file, n, &s));
        seen |= s.sh_flags & SHF_EXECINSTR && code >= s.sh_addr && code < s.sh_addr + s.sh_size;
    }
    assert_true(seen);
    base_free(&base_malloc_allocator, copy, bytes.len);
    tools_entry *first = tools_debugger_add(&base_malloc_allocator, o, bytes), *second = tools_debugger_add(&base_malloc_allocator, o, bytes);
    assert_non_null(first);
    assert_non_null(second);
    tools_debugger_remove(first);
    tools_debugger_remove(second);
    tools_debugger_remove(NULL);
    object_free(o);
    free((char *)bytes.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_run_and_reach_their_data),
        cmocka_unit_test(nothing_is_writable_once_loaded),
        cmocka_unit_test(what_code_may_not_have_is_refused),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
        cmocka_unit_test(perf_finds_the_functions),
        cmocka_unit_test(a_debugger_is_told_where_sections_lie),
    };
#ifndef __x86_64__
    return 0;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
