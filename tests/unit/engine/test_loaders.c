/* The loaders of burin/environment.h, through the callbacks they are made of. */
#include "burin/template.h"
#include "runtime/base/text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* A folder of its own for each test: root/ with templates, secret.txt beside it. */
typedef struct folder {
    char path[64];
} folder;

static void write_file(const char *folder_path, const char *name, const char *text)
{
    char  path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    static folder f;
    char          path[128];

    strcpy(f.path, "/tmp/loaders-test-XXXXXX");
    if (!mkdtemp(f.path))
        return -1;
    static const char *const folders[] = {"base", "base/sub", "other"};
    for (size_t n = 0; n < 3; n++) {
        snprintf(path, sizeof path, "%s/%s", f.path, folders[n]);
        if (mkdir(path, 0700))
            return -1;
    }
    write_file(f.path, "base/a.txt", "A");
    write_file(f.path, "base/sub/b.txt", "B");
    write_file(f.path, "other/a.txt", "other A");
    write_file(f.path, "other/c.txt", "C");
    write_file(f.path, "secret.txt", "secret");
    snprintf(path, sizeof path, "%s/base/out", f.path);
    if (symlink("../secret.txt", path))
        return -1;
    snprintf(path, sizeof path, "%s/base/in", f.path);
    if (symlink("a.txt", path))
        return -1;
    *state = &f;
    return 0;
}

static int remove_folder(void **state)
{
    const folder *f = *state;
    char          command[128];

    snprintf(command, sizeof command, "rm -r '%s'", f->path);
    return system(command);
}

/* What `loader` gives for `name` is `want`, or it is not found when `want` is NULL. */
static void expect(const burin_loader *loader, const char *name, const char *want)
{
    char        *text = NULL, *filename = NULL;
    size_t       len     = 0;
    uint64_t     version = 0;
    burin_status status  = loader->load(loader->user, name, &text, &len, &version, &filename);

    if (want) {
        assert_int_equal(status, BURIN_OK);
        assert_true(text_is((burin_text){text, len}, want));
        assert_true(!loader->is_current || loader->is_current(loader->user, name, version));
    } else {
        assert_int_equal(status, BURIN_ERR_NOT_FOUND);
    }
    free(text);
    free(filename);
}

static burin_loader files_loader_of(const folder *f, bool both, bool follow_links)
{
    char         root[128], other[128];
    const char  *roots[2] = {root, other};
    burin_loader loader;

    snprintf(root, sizeof root, "%s/base", f->path);
    snprintf(other, sizeof other, "%s/other/", f->path);
    assert_int_equal(burin_loader_files(&loader, roots, both ? 2 : 1, follow_links), BURIN_OK);
    return loader;
}

static void names_are_cut_as_jinja_cuts_them(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"a.txt", "A"},        {"sub/b.txt", "B"}, {"./a.txt", "A"},      {"sub//b.txt", "B"}, {"/a.txt", "A"}, {"sub/./b.txt", "B"},
        {"in", "A"},           {"../secret.txt", NULL}, {"sub/../a.txt", NULL}, {"..", NULL},  {"", NULL},      {"sub", NULL},
        {"sub/", NULL},        {"a.txt/", "A"},    {"a.txt/x", NULL},     {"nothing", NULL},   {"...", NULL},   {"sub\\b.txt", NULL},
    };
    burin_loader loader = files_loader_of(*state, false, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(&loader, rows[i].name, rows[i].want);
    loader.release(loader.user);
}

static void links_out_of_the_root_are_followed_only_when_asked(void **state)
{
    burin_loader open = files_loader_of(*state, false, true), closed = files_loader_of(*state, false, false);
    expect(&open, "out", "secret");
    expect(&closed, "out", NULL);
    expect(&closed, "in", "A");
    open.release(open.user);
    closed.release(closed.user);
}

static void the_first_root_that_has_it_gives_it(void **state)
{
    burin_loader loader = files_loader_of(*state, true, true);
    expect(&loader, "a.txt", "A");
    expect(&loader, "c.txt", "C");
    loader.release(loader.user);
}

static void a_changed_or_hidden_file_is_no_longer_current(void **state)
{
    const folder *f      = *state;
    burin_loader  loader = files_loader_of(f, true, true);
    char         *text, *filename;
    size_t        len;
    uint64_t      version;

    assert_int_equal(loader.load(loader.user, "c.txt", &text, &len, &version, &filename), BURIN_OK);
    free(text);
    free(filename);
    assert_true(loader.is_current(loader.user, "c.txt", version));
    write_file(f->path, "base/c.txt", "nearer C"); /* in an earlier root */
    assert_false(loader.is_current(loader.user, "c.txt", version));
    assert_int_equal(loader.load(loader.user, "c.txt", &text, &len, &version, &filename), BURIN_OK);
    assert_true(text_is((burin_text){text, len}, "nearer C"));
    free(text);
    free(filename);
    write_file(f->path, "base/c.txt", "longer than before");
    assert_false(loader.is_current(loader.user, "c.txt", version));
    loader.release(loader.user);
}

static void an_unreadable_file_is_an_error_that_names_it(void **state)
{
    const folder *f      = *state;
    burin_loader  loader = files_loader_of(f, false, true);
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_error   err    = BURIN_ERROR_INIT;
    uid_t         user   = geteuid();
    char          path[128], want[256];

    snprintf(path, sizeof path, "%s/base/a.txt", f->path);
    chmod(path, 0);
    if (user == 0) /* nothing is unreadable for root */
        assert_int_equal(chmod(f->path, 0711) | seteuid(65534), 0);
    burin_env_set_loader(env, &loader);
    assert_null(burin_template_get(env, "a.txt", &err));
    assert_int_equal(seteuid(user), 0);
    snprintf(want, sizeof want, "[Errno 13] Permission denied: '%s'", path);
    assert_string_equal(err.message, want);
    burin_error_clear(&err);
    burin_env_unref(env);
}

/* ---- in memory, and combinations ---- */

static burin_loader memory_of(const char *name, const char *text)
{
    burin_loader loader;
    burin_text   source = {text, strlen(text)};

    assert_int_equal(burin_loader_memory(&loader, &name, &source, 1), BURIN_OK);
    return loader;
}

static void memory_keeps_copies(void **state)
{
    char         name[] = "x", text[] = "text";
    burin_loader loader = memory_of(name, text);
    (void)state;
    name[0] = 'y';
    text[0] = 'n';
    expect(&loader, "x", "text");
    expect(&loader, "y", NULL);
    loader.release(loader.user);
}

static void choice_asks_one_after_the_other(void **state)
{
    burin_loader both[] = {memory_of("x", "first"), memory_of("y", "second"), files_loader_of(*state, false, true)}, loader;
    assert_int_equal(burin_loader_choice(&loader, both, 3), BURIN_OK);
    expect(&loader, "x", "first");
    expect(&loader, "y", "second");
    expect(&loader, "a.txt", "A");
    expect(&loader, "z", NULL);
    write_file(((folder *)*state)->path, "base/a.txt", "changed");
    assert_false(loader.is_current(loader.user, "a.txt", 0));
    expect(&loader, "a.txt", "changed");
    loader.release(loader.user);
}

static void prefix_passes_the_rest_on(void **state)
{
    static const char *const prefixes[] = {"mail", "web"};
    burin_loader             both[]     = {memory_of("x", "mail x"), memory_of("a/b", "web b")}, loader;
    (void)state;
    assert_int_equal(burin_loader_prefix(&loader, prefixes, both, 2, '/'), BURIN_OK);
    expect(&loader, "mail/x", "mail x");
    expect(&loader, "web/a/b", "web b");
    expect(&loader, "web/x", NULL);
    expect(&loader, "x", NULL);
    expect(&loader, "ma/x", NULL);
    loader.release(loader.user);
}

typedef struct listed {
    char text[256];
} listed;

static burin_status append_name(void *sink, const char *name)
{
    listed *l = sink;
    strcat(strcat(l->text, name), " ");
    return BURIN_OK;
}

static void lists_are_sorted_and_name_each_once(void **state)
{
    static const char *const prefixes[] = {"m"};
    burin_loader             inner      = memory_of("x", ""), loaders[3], all;
    burin_env               *env        = burin_env_new(NULL, NULL);
    listed                   l          = {""};

    loaders[0] = memory_of("a.txt", "");
    loaders[1] = files_loader_of(*state, true, true);
    burin_loader_prefix(&loaders[2], prefixes, &inner, 1, ':');
    burin_loader_choice(&all, loaders, 3);
    burin_env_set_loader(env, &all);
    assert_int_equal(burin_env_list_templates(env, append_name, &l), BURIN_OK);
    assert_string_equal(l.text, "a.txt c.txt in m:x out sub/b.txt ");
    burin_env_unref(env);
}

static void what_cannot_list_says_so(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    listed     l   = {""};
    (void)state;
    assert_int_equal(burin_env_list_templates(env, append_name, &l), BURIN_ERR_TYPE);
    burin_env_unref(env);
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(names_are_cut_as_jinja_cuts_them),
        WITH_FOLDER(links_out_of_the_root_are_followed_only_when_asked),
        WITH_FOLDER(the_first_root_that_has_it_gives_it),
        WITH_FOLDER(a_changed_or_hidden_file_is_no_longer_current),
        WITH_FOLDER(an_unreadable_file_is_an_error_that_names_it),
        cmocka_unit_test(memory_keeps_copies),
        WITH_FOLDER(choice_asks_one_after_the_other),
        cmocka_unit_test(prefix_passes_the_rest_on),
        WITH_FOLDER(lists_are_sorted_and_name_each_once),
        cmocka_unit_test(what_cannot_list_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
