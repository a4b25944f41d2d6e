/* Making sets of compiled templates: each template's program as an image, its native code from burin-jit, and a table of all of them as
 * assembler text. Everything is named by the place of the template in the sorted list, so the same input gives the same bytes. */
#include "engine/compiled.h"

#include "codegen/image/image.h"
#include "codegen/image/link.h"
#include "codegen/jit/callees.h"
#include "codegen/jit/client.h"
#include "codegen/jit/members.h"
#include "codegen/jit/native.h"
#include "engine/listing.h"
#include "runtime/base/diag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const span nowhere = {0, 0};

enum { SYMBOL_MAX = 40, LEVEL = 2 };

typedef struct maker {
    burin_env             *env;
    burin_compile_options  options;
    wire_output            output;
    client                *client;   /* NULL: no native code */
    buf                    table;    /* assembler text */
    buf                   *objects;  /* what burin-jit gave, one a template */
    size_t                 object_count;
    burin_error           *err;
} maker;

burin_compile_options burin_compile_options_default(void)
{
    return (burin_compile_options){.struct_size = sizeof(burin_compile_options), .symbol = "burin_compiled", .cpu = WIRE_CPU_BASE};
}

static burin_status fail(maker *m, const char *what, const char *why)
{
    return diag_fail(m->err, BURIN_ERR_RUNTIME, NULL, 0, nowhere, "%s%s%s", what, why ? ": " : "", why ? why : "");
}
static burin_status fail_memory(maker *m) { return diag_fail(m->err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

/* ---- the table ---- */

static void put_bytes(maker *m, const char *label, size_t number, burin_text bytes)
{
    enum { A_LINE = 32 };
    buf_printf(&m->table, ".L%s%zu:\n", label, number);
    for (size_t n = 0; n < bytes.len; n++)
        buf_printf(&m->table, n % A_LINE ? ",%u" : "\n\t.byte %u", (uint8_t)bytes.data[n]);
    buf_append_z(&m->table, "\n\t.byte 0\n\t.balign 8\n");
}

static void put_natives(maker *m, size_t number, uint32_t count)
{
    buf_printf(&m->table, "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n.Lnatives%zu:\n", number);
    for (uint32_t n = 0; n < count; n++)
        buf_printf(&m->table, "\t.hidden %s_%zu_u%u\n\t.quad %s_%zu_u%u\n", m->options.symbol, number, n, m->options.symbol, number, n);
}

/* Source and image of one template. */
static burin_status put_template(maker *m, const burin_template *tpl, size_t number)
{
    buf         image = buf_make(m->env->alloc);
    const char *wrong = image_write(tpl->program, &image);
    burin_text  name  = template_name_text(tpl);
    if (wrong) {
        buf_deinit(&image);
        return wrong == image_no_memory ? fail_memory(m) : fail(m, tpl->src.name, wrong);
    }
    buf_append_z(&m->table, "\t.section .rodata\n");
    put_bytes(m, "name", number, name);
    put_bytes(m, "source", number, tpl->src.text);
    put_bytes(m, "image", number, buf_text(&image));
    buf_printf(&m->table, ".set .Limagelen%zu, %zu\n.set .Lsourcelen%zu, %zu\n.set .Lunits%zu, %u\n", number, image.len, number, tpl->src.text.len, number,
               m->client ? tpl->program->unit_count : 0);
    if (m->client)
        put_natives(m, number, tpl->program->unit_count);
    buf_deinit(&image);
    return m->table.failed ? fail_memory(m) : BURIN_OK;
}

/* The struct burin_compiled, after all templates. */
static void put_set(maker *m, size_t count)
{
    const uint8_t *magic  = (const uint8_t *)COMPILED_MAGIC;
    const char    *symbol = m->options.symbol;
    _Static_assert(sizeof COMPILED_MAGIC == sizeof((burin_compiled){0}.magic), "with its NUL");
    _Static_assert(sizeof(compiled_entry) == 56 && sizeof(burin_compiled) == 56, "as it is written here");
    buf_append_z(&m->table, "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n.Lentries:\n");
    for (size_t n = 0; n < count; n++) {
        buf_printf(&m->table, "\t.quad .Lname%zu, .Lsource%zu, .Lsourcelen%zu, .Limage%zu, .Limagelen%zu\n", n, n, n, n, n);
        buf_printf(&m->table, m->client ? "\t.quad .Lnatives%zu, .Lunits%zu\n" : "\t.quad 0, 0\n", n, n);
    }
    buf_printf(&m->table, "\t.globl %s\n\t.type %s, @object\n\t.size %s, %zu\n%s:\n", symbol, symbol, symbol, sizeof(burin_compiled), symbol);
    for (size_t n = 0; n < sizeof COMPILED_MAGIC; n++)
        buf_printf(&m->table, "\t.byte %u\n", magic[n]);
    buf_printf(&m->table, "\t.quad %llu, %llu, %llu\n\t.long %u, %zu\n\t.quad .Lentries\n", (unsigned long long)image_abi(),
               m->client ? (unsigned long long)native_abi() : 0ULL, (unsigned long long)compiled_options(m->env), m->options.cpu, count);
    buf_append_z(&m->table, "\t.section .note.GNU-stack,\"\",@progbits\n");
}

/* ---- native code ---- */

static burin_text name_of(const source *src) { return (burin_text){src->name, src->name ? strlen(src->name) : 0}; }

static burin_status compile_units(maker *m, const ir_program *program, const source *src, size_t number)
{
    char          prefix[WIRE_PREFIX_MAX];
    buf           bytes   = buf_make(m->env->alloc);
    client_answer answer;
    wire_request  request = {.abi = native_abi(), .output = m->output, .level = LEVEL, .cpu = m->options.cpu, .program = program,
                             .units = program->units, .unit_count = program->unit_count,
                             .debug = m->output != WIRE_OBJECT, .name = name_of(src)};
    snprintf(prefix, sizeof prefix, "%s_%zu_u", m->options.symbol, number);
    request.prefix      = (burin_text){prefix, strlen(prefix)};
    arena        found = arena_make(m->env->alloc);
    if (program->is_script)
        callees_find(&request, &found);
    else
        members_find(&request, m->env->rt.struct_types, &found);
    burin_status status = wire_write(&request, &bytes) ? BURIN_OK : fail_memory(m);
    if (!status && client_compile(m->client, buf_text(&bytes), &answer) != CLIENT_DONE)
        status = fail(m, "burin-jit", answer.why);
    if (!status) {
        buf *object = &m->objects[m->object_count++];
        *object     = buf_make(m->env->alloc);
        if (m->output == WIRE_OBJECT)
            buf_append(object, answer.output.data, answer.output.len);
        else
            listing_write(m->output, answer.output, program, src, m->options.symbol, object);
        if (object->failed)
            status = fail_memory(m);
    }
    arena_deinit(&found);
    buf_deinit(&bytes);
    return status;
}

burin_status compile_listing(burin_env *env, const ir_program *program, const source *src, wire_output output, buf *out, burin_error *err)
{
    buf            object;
    client_options helper = client_options_default(native_abi());
    maker          m      = {.env = env, .options = burin_compile_options_default(), .output = output, .objects = &object, .err = err};
    m.options.symbol      = "unit";
    m.client              = client_new(env->alloc, &helper);
    burin_status status   = m.client ? compile_units(&m, program, src, 0) : fail_memory(&m);
    client_free(m.client);
    if (m.object_count) {
        buf_append(out, object.data, object.len);
        buf_deinit(&object);
    }
    return status;
}

static burin_status ask_for_script(maker *m, const ir_program *program, buf *object, saved_native *out)
{
    buf           bytes   = buf_make(m->env->alloc);
    arena         memory  = arena_make(m->env->alloc);
    client_answer answer;
    wire_request  request = {.abi = native_abi(), .level = LEVEL, .cpu = m->options.cpu, .program = program, .prefix = BURIN_TEXT(NATIVE_PREFIX),
                             .units = program->units, .unit_count = program->unit_count};
    callees_find(&request, &memory);
    burin_status status = wire_write(&request, &bytes) ? BURIN_OK : fail_memory(m);
    if (!status && client_compile(m->client, buf_text(&bytes), &answer) != CLIENT_DONE)
        status = fail(m, "burin-jit", answer.why);
    if (!status) {
        buf_append(object, answer.output.data, answer.output.len);
        *out = (saved_native){request.abi, wire_hash(buf_text(&bytes)), request.cpu, request.level, buf_text(object)};
        if (object->failed)
            status = fail_memory(m);
    }
    arena_deinit(&memory);
    buf_deinit(&bytes);
    return status;
}

static burin_status compile_template(maker *m, const char *name, size_t number)
{
    burin_template *tpl    = NULL;
    burin_status    status = template_load(m->env, name, &tpl, m->err);
    if (status == BURIN_ERR_NOT_FOUND)
        diag_fail(m->err, status, NULL, 0, nowhere, "%s", name);
    if (status)
        return status;
    status = put_template(m, tpl, number);
    if (!status && m->client)
        status = compile_units(m, tpl->program, &tpl->src, number);
    template_release(tpl);
    return status;
}

/* ---- all of it ---- */

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Sorted, each once; freed by the caller. NULL: out of memory. */
static const char **sorted_names(const char *const *names, size_t *count)
{
    const char **sorted = malloc((*count + 1) * sizeof *sorted);
    size_t       kept   = 0;
    if (!sorted)
        return NULL;
    if (*count)
        memcpy(sorted, names, *count * sizeof *sorted);
    qsort(sorted, *count, sizeof *sorted, by_name);
    for (size_t n = 0; n < *count; n++)
        if (!kept || strcmp(sorted[kept - 1], sorted[n]) != 0)
            sorted[kept++] = sorted[n];
    *count = kept;
    return sorted;
}

static burin_status write_text(maker *m, const char *path)
{
    FILE *file = fopen(path, "we");
    bool  good = file != NULL;
    for (size_t n = 0; good && n < m->object_count; n++)
        good = fwrite(m->objects[n].data, 1, m->objects[n].len, file) == m->objects[n].len;
    if (file && fclose(file))
        good = false;
    return good ? BURIN_OK : diag_fail(m->err, BURIN_ERR_OS, NULL, 0, nowhere, "%s: %s", path, strerror(errno));
}

static burin_status write_set(maker *m, burin_compile_form form, const char *path)
{
    char        room[300];
    burin_text *objects = malloc((m->object_count + 1) * sizeof *objects);
    if (!objects || m->table.failed) {
        free(objects);
        return fail_memory(m);
    }
    for (size_t n = 0; n < m->object_count; n++)
        objects[n] = buf_text(&m->objects[n]);
    const char *wrong = link_file(path, form == BURIN_COMPILE_SHARED, buf_text(&m->table), objects, m->object_count, room, sizeof room);
    free(objects);
    return wrong ? diag_fail(m->err, BURIN_ERR_OS, NULL, 0, nowhere, "%s: %s", path, wrong) : BURIN_OK;
}

static burin_status make(maker *m, const char **names, size_t count, burin_compile_form form, const char *path)
{
    burin_status status = BURIN_OK;
    for (size_t n = 0; n < count && !status; n++)
        status = compile_template(m, names[n], n);
    if (status)
        return status;
    if (form >= BURIN_COMPILE_ASSEMBLER)
        return write_text(m, path);
    put_set(m, count);
    return write_set(m, form, path);
}

static bool is_symbol(const char *text)
{
    size_t len = strlen(text);
    return len && len <= SYMBOL_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len && !(text[0] >= '0' && text[0] <= '9');
}

static burin_status check_options(maker *m, burin_compile_form form, const burin_compile_options *options)
{
    m->options = burin_compile_options_default();
    if (options)
        memcpy(&m->options, options, options->struct_size < sizeof m->options ? options->struct_size : sizeof m->options);
    if (!m->options.symbol)
        m->options.symbol = "burin_compiled";
    if (!is_symbol(m->options.symbol))
        return diag_fail(m->err, BURIN_ERR_USAGE, NULL, 0, nowhere, "'%s' is no C identifier of at most %d characters", m->options.symbol, SYMBOL_MAX);
    if (m->options.cpu < WIRE_CPU_BASE || m->options.cpu > WIRE_CPU_MAX)
        return diag_fail(m->err, BURIN_ERR_USAGE, NULL, 0, nowhere, "the processor level is none of %d to %d", WIRE_CPU_BASE, WIRE_CPU_MAX);
    if (m->options.interpreted && form >= BURIN_COMPILE_ASSEMBLER)
        return diag_fail(m->err, BURIN_ERR_USAGE, NULL, 0, nowhere, "without native code there is none to show");
    m->output = form == BURIN_COMPILE_ASSEMBLER ? WIRE_ASSEMBLER : form == BURIN_COMPILE_C ? WIRE_C : WIRE_OBJECT;
    return BURIN_OK;
}

burin_status compile_script_natively(burin_env *env, const ir_program *program, const burin_compile_options *options, buf *object, saved_native *out,
                                     burin_error *err)
{
    maker          m      = {.env = env, .err = err};
    client_options helper = client_options_default(native_abi());
    burin_status   status = check_options(&m, BURIN_COMPILE_OBJECT, options);
    *out                  = (saved_native){0};
    if (status || m.options.interpreted)
        return status;
    helper.helper = m.options.helper;
    m.client      = client_new(env->alloc, &helper);
    status        = m.client ? ask_for_script(&m, program, object, out) : fail_memory(&m);
    client_free(m.client);
    return status;
}

burin_status burin_compile(burin_env *env, const char *const *names, size_t count, burin_compile_form form, const char *path,
                           const burin_compile_options *options, burin_error *err)
{
    maker        m = {.env = env, .table = buf_make(env->alloc), .err = err};
    env_freeze(env);
    diag_begin(err);
    burin_status status = check_options(&m, form, options);
    if (status)
        return status;
    const char    **sorted = sorted_names(names, &count);
    client_options  helper = client_options_default(native_abi());
    helper.helper          = m.options.helper;
    m.objects              = calloc(count + 1, sizeof *m.objects);
    m.client               = m.options.interpreted ? NULL : client_new(env->alloc, &helper);
    if (!sorted || !m.objects || (!m.client && !m.options.interpreted))
        status = fail_memory(&m);
    else
        status = make(&m, sorted, count, form, path);
    client_free(m.client);
    for (size_t n = 0; n < m.object_count; n++)
        buf_deinit(&m.objects[n]);
    free(m.objects);
    free(sorted);
    buf_deinit(&m.table);
    return status;
}
