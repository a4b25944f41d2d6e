#include "engine/saved.h"

#include "burin/interpreter.h"
#include "codegen/image/image.h"
#include "codegen/jit/code.h"
#include "runtime/base/diag.h"

#include <stdlib.h>

static const span nowhere        = {0, 0};
static const char saved_magic[8] = "\0burinp2"; /* no text begins with a NUL */

typedef struct saved_head {
    char     magic[8];
    uint64_t abi;     /* of the image, by the build of the library */
    uint64_t options; /* those of the environment that decide what a program is */
    uint32_t kind, slot_count;
    uint32_t name_len, has_name;
    uint64_t source_len, image_len;
    uint64_t native_abi, native_request, native_len;
    uint32_t native_cpu, native_level;
    uint8_t  sum[BLAKE2B_SIZE]; /* of the head before it, and what follows it */
} saved_head;

static uint64_t options_of(const burin_env *env)
{
    return (uint64_t)env->options.optimized | (uint64_t)env->rt.sandbox << 1 | env->rt.integer_bits_max << 8;
}

static void sum_of(const saved_head *head, burin_text body, uint8_t *sum)
{
    const burin_text parts[] = {{(const char *)head, offsetof(saved_head, sum)}, body};
    blake2b(parts, sizeof parts / sizeof *parts, sum);
}

static burin_status fail_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

static burin_status refuse(burin_error *err, const char *why)
{
    return diag_fail(err, image_status(why, BURIN_ERR_USAGE), NULL, 0, nowhere, "the saved program cannot be used: %s", why);
}

/* ---- writing ---- */

static burin_status give(const buf *from, char **bytes, size_t *len, burin_error *err)
{
    *bytes = from->failed ? NULL : malloc(from->len);
    if (!*bytes)
        return fail_memory(err);
    memcpy(*bytes, from->data, from->len);
    *len = from->len;
    return BURIN_OK;
}

burin_status saved_write(const burin_env *env, saved_kind kind, const ir_program *program, const source *src, uint32_t slot_count,
                         const saved_native *native, char **bytes, size_t *len, burin_error *err)
{
    saved_head  head  = {.abi = image_abi(), .options = options_of(env), .kind = kind, .slot_count = slot_count, .has_name = src->name != NULL,
                         .name_len = src->name ? (uint32_t)strlen(src->name) : 0, .source_len = src->text.len};
    buf         out   = buf_make(env->alloc);
    if (native) {
        head.native_abi     = native->abi;
        head.native_request = native->request;
        head.native_len     = native->object.len;
        head.native_cpu     = native->cpu;
        head.native_level   = native->level;
    }
    memcpy(head.magic, saved_magic, sizeof saved_magic);
    buf_append(&out, (const char *)&head, sizeof head);
    buf_append(&out, src->name, head.name_len);
    buf_append_byte(&out, '\0');
    buf_append(&out, src->text.data, src->text.len);
    buf_append_byte(&out, '\0');
    const size_t before = out.len;
    const char  *wrong  = image_write(program, &out);
    head.image_len      = out.len - before;
    if (native)
        buf_append(&out, native->object.data, native->object.len);
    if (!out.failed) {
        sum_of(&head, (burin_text){out.data + sizeof head, out.len - sizeof head}, head.sum);
        memcpy(out.data, &head, sizeof head);
    }
    burin_status status = wrong ? diag_fail(err, image_status(wrong, BURIN_ERR_RUNTIME), NULL, 0, nowhere, "the program cannot be saved: %s", wrong) : give(&out, bytes, len, err);
    buf_deinit(&out);
    return status;
}

/* ---- reading ---- */

static const char *check_head(const burin_env *env, saved_kind kind, const saved_head *head, burin_text body)
{
    uint8_t sum[BLAKE2B_SIZE];
    if (head->abi != image_abi())
        return "it was made by another build of the library";
    sum_of(head, body, sum);
    if (memcmp(sum, head->sum, sizeof sum) != 0)
        return "it has been changed or cut off";
    if (head->kind != (uint32_t)kind)
        return kind == SAVED_FORMULA ? "it is a script, no formula" : "it is a formula, no script";
    if (head->options != options_of(env))
        return "it was made with other options";
    const uint64_t texts = head->name_len + UINT64_C(2);
    if (texts > body.len || head->source_len > body.len - texts || head->native_len > body.len - texts - head->source_len ||
        head->image_len != body.len - texts - head->source_len - head->native_len)
        return "its parts are larger than it is";
    return NULL;
}

bool burin_is_saved(burin_text bytes) { return bytes.len >= sizeof saved_magic && memcmp(bytes.data, saved_magic, sizeof saved_magic) == 0; }

burin_status saved_open(const burin_env *env, saved_kind kind, burin_text bytes, saved *out, burin_error *err)
{
    saved_head head;
    if (!burin_is_saved(bytes))
        return refuse(err, "it is none");
    if (bytes.len < sizeof head)
        return refuse(err, "it has been cut off");
    memcpy(&head, bytes.data, sizeof head);
    burin_text  body  = {bytes.data + sizeof head, bytes.len - sizeof head};
    const char *wrong = check_head(env, kind, &head, body);
    if (wrong)
        return refuse(err, wrong);
    *out = (saved){.slot_count = head.slot_count, .has_name = head.has_name != 0};
    memcpy(out->sum, head.sum, sizeof out->sum);
    out->name   = (burin_text){body.data, head.name_len};
    out->source = (burin_text){body.data + head.name_len + 1, (size_t)head.source_len};
    out->image  = (burin_text){out->source.data + out->source.len + 1, (size_t)head.image_len};
    out->native = (saved_native){head.native_abi, head.native_request, head.native_cpu, head.native_level,
                                 {out->image.data + out->image.len, (size_t)head.native_len}};
    return BURIN_OK;
}

burin_status saved_program(const burin_env *env, const saved *from, ir_program **out, burin_error *err)
{
    char                  room[200];
    uint32_t              count;
    const codegen_options options = {.env = &env->rt, .optimized = env->options.optimized};
    const char           *wrong   = image_read(from->image, &options, env->alloc, out, room, sizeof room);
    if (wrong)
        return refuse(err, wrong);
    (void)codegen_globals(*out, &count);
    if (from->slot_count <= count)
        return BURIN_OK;
    codegen_free(*out);
    return refuse(err, "it has more slots than names");
}

void saved_use_native(const saved *from, ir_program *program)
{
    const saved_native *native  = &from->native;
    wire_request        request = {.abi = native->abi, .level = native->level, .cpu = native->cpu, .prefix = BURIN_TEXT(NATIVE_PREFIX), .program = program,
                                   .units = program->units, .unit_count = program->unit_count};
    if (!native->object.len || native->abi != native_abi() || native->cpu > code_cpu_here())
        return;
    char *aligned = base_alloc(program->alloc, native->object.len); /* the bytes are anywhere */
    if (!aligned)
        return;
    memcpy(aligned, native->object.data, native->object.len);
    if (!code_install(program, &request, native->request, (burin_text){aligned, native->object.len}, 0))
        for (uint32_t n = 0; n < program->unit_count; n++)
            atomic_store_explicit(&program->heat[n].state, NATIVE_THERE, memory_order_release);
    base_free(program->alloc, aligned, native->object.len);
}
