/* Diagnostics: filling in, clearing and printing burin_error.
 *
 * An error outlives every allocator of the host, so what it owns comes from malloc, all pieces separately. When memory is
 * out a piece is left NULL and the rest still says what it can: reporting an error never fails. A new failure replaces
 * what an earlier one left in the same error. */
#include "runtime/base/diag.h"

#include "runtime/base/text.h"

#include <stdio.h>
#include <stdlib.h>

#include <uniwidth.h>

static char *copy_text(const char *data, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

static char *copy_z(const char *text) { return text ? copy_text(text, strlen(text)) : NULL; }

/* vsnprintf into memory of its own; NULL when memory is out. */
static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int   len  = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

void diag_advance(burin_text text, uint32_t offset, diag_place *place)
{
    if (offset < place->offset)
        *place = diag_start;
    const char *at = text.data + place->offset, *end = text.data + (offset < text.len ? offset : text.len);
    for (const char *newline; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
        place->line++;
        place->column = 1;
    }
    for (; at < end; at++)
        place->column += (signed char)*at > -65; /* every byte but 10xxxxxx starts a code point */
    place->offset = (uint32_t)(end - text.data);
}

void diag_locate(burin_text text, uint32_t offset, uint32_t *line, uint32_t *column)
{
    diag_place place = diag_start;
    diag_advance(text, offset, &place);
    *line   = place.line;
    *column = place.column;
}

/* The line that holds byte `offset`, without its newline. */
static burin_text line_at(burin_text text, uint32_t offset)
{
    size_t start = offset < text.len ? offset : text.len, end = start;
    while (start > 0 && text.data[start - 1] != '\n')
        start--;
    while (end < text.len && text.data[end] != '\n')
        end++;
    return (burin_text){text.data + start, end - start};
}

/* `message` becomes the error's. */
static burin_status fill(burin_error *err, burin_status status, const source *src, uint32_t line, span where, char *message)
{
    burin_error_clear(err);
    err->status  = status;
    err->message = message;
    err->line    = line;
    if (!src)
        return status;
    err->template_name = copy_z(src->name);
    if (line && src->text.data && where.start <= src->text.len) {
        burin_text excerpt = line_at(src->text, where.start);
        diag_locate(src->text, where.start, &err->span_line, &err->column);
        err->span_start  = where.start;
        err->span_end    = where.end;
        err->source_line = copy_text(excerpt.data, excerpt.len);
    }
    return status;
}

burin_status diag_vfail(burin_error *err, burin_status status, const source *src, uint32_t line, span where,
                        const char *format, va_list args)
{
    return err ? fill(err, status, src, line, where, format_text(format, args)) : status; /* an argument may be text of the error that is replaced */
}

burin_status diag_fail_text(burin_error *err, burin_status status, const source *src, uint32_t line, span where, burin_text message)
{
    return err ? fill(err, status, src, line, where, copy_text(message.data, message.len)) : status;
}

burin_status diag_fail(burin_error *err, burin_status status, const source *src, uint32_t line, span where,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_vfail(err, status, src, line, where, format, args);
    va_end(args);
    return status;
}

burin_status diag_check_text(burin_error *err, burin_text text)
{
    size_t valid = text_valid_prefix(text.data, text.len);
    if (valid == text.len)
        return BURIN_OK;
    return diag_fail(err, BURIN_ERR_UNICODE, NULL, 0, (span){0, 0}, "text that is not UTF-8: byte 0x%02x at %zu", (unsigned)(uint8_t)text.data[valid], valid);
}

void diag_suggest(burin_error *err, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    free(err->suggestion);
    err->suggestion = format_text(format, args);
    va_end(args);
}

void diag_add_frame(burin_error *err, const char *name, uint32_t line, const char *label)
{
    if (!err)
        return;
    burin_frame_note *frames = realloc(err->frames, (err->frame_count + 1) * sizeof *frames);
    if (!frames)
        return;
    err->frames                = frames;
    frames[err->frame_count++] = (burin_frame_note){copy_z(name), line, copy_z(label)};
}

void burin_error_clear(burin_error *error)
{
    if (!error)
        return;
    for (size_t i = 0; i < error->frame_count; i++) {
        free(error->frames[i].template_name);
        free(error->frames[i].label);
    }
    free(error->frames);
    free(error->message);
    free(error->template_name);
    free(error->source_line);
    free(error->suggestion);
    *error = (burin_error)BURIN_ERROR_INIT;
}

/* ---- printing ---- */

typedef struct palette {
    const char *bold, *error, *place, *note, *off;
} palette;

static const palette PLAIN = {"", "", "", "", ""};
static const palette ANSI  = {"\033[1m", "\033[1;31m", "\033[36m", "\033[1;32m", "\033[0m"};

static const char *name_or_default(const char *name) { return name ? name : "<template>"; }

/* Of a line longer than LINE_CHARS, only what stands around the place is shown: BEFORE characters of it at most before that. */
enum { LINE_CHARS = 160, BEFORE_CHARS = 60 };

static const char *skip_characters(const char *at, size_t count)
{
    for (; count && *at; count--)
        for (at++; (signed char)*at < -64; at++)
            ;
    return at;
}

/* Columns of a terminal that the character at `at` takes. */
static int columns_of(const char *at)
{
    size_t   next  = 0;
    uint32_t cp    = text_decode(at, strlen(at), &next);
    int      width = uc_width(cp, "UTF-8");
    return width < 0 ? 1 : width;
}

/* The source line with the offending part underlined. Tabs stay tabs and wide characters count twice, so that the caret stands below
 * its place. */
static void print_excerpt(buf *out, const burin_error *error, const palette *colours)
{
    char        number[16];
    int         width    = snprintf(number, sizeof number, "%u", error->span_line ? error->span_line : error->line);
    size_t      before   = error->column ? error->column - 1 : 0;
    bool        is_long  = text_count(error->source_line, strlen(error->source_line)) > LINE_CHARS;
    size_t      skipped  = is_long && before > BEFORE_CHARS ? before - BEFORE_CHARS : 0;
    const char *start    = skip_characters(error->source_line, skipped);
    const char *end      = is_long ? skip_characters(start, LINE_CHARS) : start + strlen(start);
    const char *dots     = skipped ? "..." : "";
    const char *caret_at = skip_characters(start, before - skipped);

    buf_printf(out, "%s%s |%s %s%.*s%s\n", colours->place, number, colours->off, dots, (int)(end - start), start, *end ? "..." : "");
    if (error->column == 0)
        return;
    buf_printf(out, "%s%*s |%s %*s", colours->place, width, "", colours->off, (int)strlen(dots), "");
    for (const char *at = start; at < caret_at; at = skip_characters(at, 1)) {
        if (*at == '\t')
            buf_append_byte(out, '\t');
        else
            buf_printf(out, "%*s", columns_of(at), "");
    }
    buf_append_z(out, colours->error);
    buf_append_byte(out, '^');
    const char *stop = caret_at + (error->span_end > error->span_start ? error->span_end - error->span_start : 1);
    for (const char *at = caret_at; at < stop && at < end; at = skip_characters(at, 1))
        for (int column = at == caret_at ? 1 : 0; column < columns_of(at); column++)
            buf_append_byte(out, '~');
    buf_printf(out, "%s\n", colours->off);
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_frame(const burin_frame_note *a, const burin_frame_note *b)
{
    return a->line == b->line && same_text(a->template_name, b->template_name) && same_text(a->label, b->label);
}

/* Who called whom, innermost first. Of a recursion a few lines are shown and the others counted, as Python does. */
enum { SAME_FRAMES_MAX = 3 };

static void print_frames(buf *out, const burin_error *error, const palette *colours)
{
    size_t same = 0;
    for (size_t i = 0; i < error->frame_count; i++) {
        const burin_frame_note *frame = &error->frames[i];
        same                          = i && same_frame(frame, frame - 1) ? same + 1 : 0;
        if (same < SAME_FRAMES_MAX)
            buf_printf(out, "  %scalled from%s %s:%u%s%s\n", colours->place, colours->off, name_or_default(frame->template_name), frame->line,
                       frame->label ? ", in " : "", frame->label ? frame->label : "");
        bool is_last = i + 1 == error->frame_count || !same_frame(frame, frame + 1);
        if (is_last && same >= SAME_FRAMES_MAX)
            buf_printf(out, "  ... and %zu times more\n", same - SAME_FRAMES_MAX + 1);
    }
}

char *burin_error_format(const burin_error *error, bool color)
{
    const palette *colours = color ? &ANSI : &PLAIN;
    buf            out     = buf_make(&base_malloc_allocator);

    buf_printf(&out, "%s%s%s: %s%s%s\n", colours->error, burin_status_class(error->status), colours->off, colours->bold,
               error->message ? error->message : "", colours->off);
    if (error->line) {
        /* `line` is Jinja2's, which may be that of the beginning; the place in the text is more exact */
        uint32_t line = error->column && error->span_line ? error->span_line : error->line;
        buf_printf(&out, "  %s-->%s %s:%u", colours->place, colours->off, name_or_default(error->template_name), line);
        if (error->column)
            buf_printf(&out, ":%u", error->column);
        buf_append_byte(&out, '\n');
    } else if (error->template_name) {
        buf_printf(&out, "  %s-->%s %s\n", colours->place, colours->off, error->template_name);
    }
    if (error->source_line)
        print_excerpt(&out, error, colours);
    print_frames(&out, error, colours);
    if (error->suggestion)
        buf_printf(&out, "  %shelp%s: %s\n", colours->note, colours->off, error->suggestion);
    buf_append_byte(&out, '\0');
    if (out.failed) {
        buf_deinit(&out);
        return NULL;
    }
    return out.data;
}
