/* What stands between tags: text, comments, raw sections, and the whitespace control at their borders.
 *
 * Delimiters are known at run time only, so this is searched by hand: for the byte that all opening marks start with,
 * or byte by byte where they differ or lines have meaning. At each place the marks are tried as Jinja2's regular
 * expression does: the opening of a raw section, then the longest mark first.
 * Always true: a stretch of text is looked at once for marks, once for newlines. */
#include "lexer/parts.h"

/* ---- space ---- */

/* 9 to 13 and 28 to 32 */
static inline bool is_ascii_space(unsigned char c) { return c <= ' ' && (0x1f0003e00u >> c & 1); }

static bool is_space(uint32_t cp)
{
    if (cp < 128)
        return is_ascii_space((unsigned char)cp);
    return cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* Bytes of the space at p, 0 when there is none. */
static inline size_t space_at(const char *p, const char *end)
{
    unsigned char c  = (unsigned char)*p;
    size_t        at = 0;

    if (c < 128)
        return is_ascii_space(c);
    return is_space(text_decode(p, (size_t)(end - p), &at)) ? at : 0;
}

const char *lexer_skip_space(const char *p, const char *end)
{
    while (p < end) {
        size_t len = space_at(p, end);
        if (len == 0)
            break;
        p += len;
    }
    return p;
}

/* Where the space that ends the text [from, end) begins. */
static const char *strip_end(const char *from, const char *end)
{
    while (end > from) {
        const char *p = end - 1;
        if (is_ascii_space((unsigned char)*p)) {
            end = p;
            continue;
        }
        while (p > from && ((unsigned char)*p & 0xc0) == 0x80)
            p--;
        if (space_at(p, end) == 0)
            break;
        end = p;
    }
    return end;
}

static bool only_space(const char *from, const char *end) { return lexer_skip_space(from, end) == end; }

bool lexer_is_blank(burin_text text) { return only_space(text.data, text.data + text.len); }

burin_text lexer_strip_start(burin_text text)
{
    const char *end   = text.data + text.len;
    const char *begin = lexer_skip_space(text.data, end);
    return (burin_text){begin, (size_t)(end - begin)};
}

burin_text lexer_strip_end(burin_text text)
{
    return (burin_text){text.data, (size_t)(strip_end(text.data, text.data + text.len) - text.data)};
}

burin_text lexer_strip(burin_text text) { return lexer_strip_end(lexer_strip_start(text)); }

typedef char chunk __attribute__((vector_size(16)));

static inline chunk newlines_in(const char *from)
{
    chunk bytes;
    memcpy(&bytes, from, sizeof bytes);
    return (chunk)(bytes == '\n');
}

/* Of counts from 0 to 255. */
static inline uint32_t sum_of(chunk counts)
{
    uint64_t       halves[2];
    const uint64_t even = 0x00ff00ff00ff00ffu;
    memcpy(halves, &counts, sizeof halves);
    const uint64_t pairs = (halves[0] & even) + (halves[0] >> 8 & even) + (halves[1] & even) + (halves[1] >> 8 & even);
    return (uint32_t)(pairs * 0x0001000100010001u >> 48);
}

uint32_t lexer_count_many_newlines(const char *begin, const char *from, const char *to)
{
    static const chunk places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint32_t count = 0;
    chunk    sums  = {0}; /* each byte counts up by one a newline; 255 rounds cannot overflow it */

    for (int rounds = 0; to - from >= 64; from += 64) {
        chunk bytes[4];
        memcpy(bytes, from, sizeof bytes);
        sums -= (chunk)(bytes[0] == '\n') + (chunk)(bytes[1] == '\n') + (chunk)(bytes[2] == '\n') + (chunk)(bytes[3] == '\n');
        rounds += 4;
        if (rounds == 248) {
            count += sum_of(sums);
            sums   = (chunk){0};
            rounds = 0;
        }
    }
    for (; to - from >= 16; from += 16)
        sums -= newlines_in(from);
    if (to - begin >= 16) /* of the last chunk what has not been counted */
        return count + sum_of(sums - (newlines_in(to - 16) & (chunk)(places >= (char)(16 - (to - from)))));
    for (; from < to; from++)
        count += *from == '\n';
    return count + sum_of(sums);
}

bool lexer_other_newlines(lexer *lx, burin_text text, burin_text *out)
{
    burin_text newline = lx->options->newline_sequence;
    uint32_t   count   = lexer_count_newlines(text.data, text.data, text.data + text.len);

    *out = text;
    if (count == 0)
        return true;
    char *copy = arena_alloc(lx->arena, text.len + count * newline.len);
    char *end  = copy;
    if (!copy)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n') {
            memcpy(end, newline.data, newline.len);
            end += newline.len;
        } else
            *end++ = text.data[i];
    }
    *out = (burin_text){copy, (size_t)(end - copy)};
    return true;
}

/* ---- opening marks ---- */

/* Longest first; among equals in the order of the calls. */
static void add_opener(lexer *lx, burin_text mark, lexer_state state)
{
    uint32_t at = lx->opener_count;

    if (mark.len == 0)
        return;
    while (at > 0 && lx->openers[at - 1].mark.len < mark.len) {
        lx->openers[at] = lx->openers[at - 1];
        at--;
    }
    lx->openers[at] = (lexer_opener){mark, state};
    lx->opener_count++;
}

void lexer_order_openers(lexer *lx)
{
    const syntax *o = lx->options;

    lx->opener_count = 0;
    add_opener(lx, o->variable_start, LEXER_PRINT);
    add_opener(lx, o->line_statement_prefix, LEXER_LINE_STATEMENT);
    add_opener(lx, o->line_comment_prefix, LEXER_LINE_COMMENT);
    add_opener(lx, o->comment_start, LEXER_COMMENT);
    add_opener(lx, o->block_start, LEXER_STATEMENT);
    lx->lead = lx->opener_count > 0 ? (unsigned char)lx->openers[0].mark.data[0] : 0;
    for (uint32_t i = 1; i < lx->opener_count; i++) {
        if ((unsigned char)lx->openers[i].mark.data[0] != lx->lead)
            lx->lead = 0;
    }
    if (o->line_statement_prefix.len > 0 || o->line_comment_prefix.len > 0)
        lx->lead = 0;
}

/* Where text ends and something else begins. */
typedef struct opening {
    const char *start, *end; /* of the mark, with the sign and, for raw, the whole tag */
    lexer_state state;
    char        sign; /* '-', '+' or 0 */
} opening;

static const char *read_sign(const lexer *lx, const char *p, char *sign)
{
    *sign = 0;
    if (p < lx->end && (*p == '-' || *p == '+'))
        *sign = *p++;
    return p;
}

/* "%}" or "-%}" and the space after it, after as much space as leaves one of them. */
static const char *raw_begin_end(const lexer *lx, const char *from)
{
    burin_text mark = lx->options->block_end;

    for (const char *p = lexer_skip_space(from, lx->end); p >= from; p--) {
        if (p < lx->end && *p == '-' && lexer_has(lx, p + 1, mark))
            return lexer_skip_space(p + 1 + mark.len, lx->end);
        if (lexer_has(lx, p, mark))
            return p + mark.len;
    }
    return NULL;
}

/* `mark` begins a statement and stands at p. */
static bool raw_begins(const lexer *lx, const char *p, burin_text mark, opening *found)
{
    static const burin_text raw = {"raw", 3};
    const char *word = lexer_skip_space(read_sign(lx, p + mark.len, &found->sign), lx->end);
    if (!lexer_has(lx, word, raw))
        return false;
    found->end = raw_begin_end(lx, word + raw.len);
    if (!found->end)
        return false;
    found->start = p;
    found->state = LEXER_RAW;
    return true;
}

/* Whether a line begins at p; Python's ^ looks at the source, not at where the search began. */
static bool at_line_start(const lexer *lx, const char *p) { return p == lx->begin || p[-1] == '\n'; }

static bool after_space(const lexer *lx, const char *p)
{
    return strip_end(p - lx->begin > 4 ? p - 4 : lx->begin, p) != p;
}

/* Where a line statement's or line comment's prefix is, if one begins at p with the blanks before it. */
static const char *line_mark(const lexer *lx, const char *p, const lexer_opener *opener)
{
    if (opener->state == LEXER_LINE_STATEMENT) {
        if (!at_line_start(lx, p))
            return NULL;
        while (p < lx->end && (*p == ' ' || *p == '\t' || *p == '\v'))
            p++;
    } else {
        if (!at_line_start(lx, p) && after_space(lx, p))
            return NULL;
        size_t len;
        while (p < lx->end && *p != '\n' && (len = space_at(p, lx->end)) > 0)
            p += len;
    }
    return p;
}

/* The opener's mark stands at `mark`, with the text's end at p. The opening of a raw section comes first. */
static void open_here(const lexer *lx, const char *p, const char *mark, const lexer_opener *opener, opening *found)
{
    burin_text block = lx->options->block_start;

    if (block.len && lexer_has(lx, p, block) && raw_begins(lx, p, block, found))
        return;
    found->start = p;
    found->state = opener->state;
    found->end   = read_sign(lx, mark + opener->mark.len, &found->sign);
}

static bool opens_at(const lexer *lx, const char *p, opening *found)
{
    for (uint32_t i = 0; i < lx->opener_count; i++) {
        const lexer_opener *opener = &lx->openers[i];
        const char         *mark   = p;
        if (opener->state == LEXER_LINE_STATEMENT || opener->state == LEXER_LINE_COMMENT)
            mark = line_mark(lx, p, opener);
        if (mark && lexer_has(lx, mark, opener->mark)) {
            open_here(lx, p, mark, opener, found);
            return true;
        }
    }
    return false;
}

/* The opener whose mark stands at p, where there is the byte that all marks begin with. */
static inline const lexer_opener *opener_at(const lexer *lx, const char *p)
{
    const size_t rest = (size_t)(lx->end - p);

    for (const lexer_opener *opener = lx->openers; opener < lx->openers + lx->opener_count; opener++) {
        const burin_text mark = opener->mark;
        if (mark.len <= rest && (mark.len == 1 || p[1] == mark.data[1]) && (mark.len <= 2 || lexer_has(lx, p, mark)))
            return opener;
    }
    return NULL;
}

static bool find_opening(const lexer *lx, opening *found)
{
    if (lx->lead) {
        for (const char *p = lx->at; (p = memchr(p, lx->lead, (size_t)(lx->end - p))) != NULL; p++) {
            const lexer_opener *opener = opener_at(lx, p);
            if (opener) {
                open_here(lx, p, p, opener, found);
                return true;
            }
        }
        return false;
    }
    for (const char *p = lx->at; p < lx->end; p++) {
        if (((unsigned char)*p & 0xc0) != 0x80 && opens_at(lx, p, found))
            return true;
    }
    return false;
}

/* ---- text ---- */

/* Where the text before an opening really ends: "-" takes all space, lstrip_blocks the blanks of the tag's line. */
static const char *strip_before(const lexer *lx, const char *text, const opening *found)
{
    const char *line = found->start;

    if (found->sign == '-')
        return strip_end(text, found->start);
    if (found->sign == '+' || !lx->options->lstrip_blocks || found->state == LEXER_PRINT)
        return found->start;
    while (line > text && line[-1] != '\n')
        line--;
    if (line == text && !lx->line_starting)
        return found->start;
    return only_space(line, found->start) ? line : found->start;
}

static bool make_data(lexer *lx, token *out, const char *text, const char *end)
{
    burin_text value;

    lexer_make(lx, out, TOKEN_DATA, text, end);
    if (!lexer_newlines(lx, (burin_text){text, (size_t)(end - text)}, &value))
        lexer_fail_memory(lx, out);
    else
        out->value = burin_string_borrow(value.data, value.len);
    return true;
}

bool lexer_text(lexer *lx, token *out)
{
    const char *text  = lx->at;
    opening     found = {lx->end, lx->end, LEXER_TEXT, 0};
    bool        opens = find_opening(lx, &found);
    const char *end   = opens ? strip_before(lx, text, &found) : lx->end;
    bool        yields = end > text && make_data(lx, out, text, end);

    lx->line += lexer_count_newlines(lx->begin, text, found.start);
    lx->state = found.state;
    if (opens && (found.state == LEXER_PRINT || found.state == LEXER_STATEMENT || found.state == LEXER_LINE_STATEMENT)) {
        token *begin = yields ? &lx->pending : out;
        lexer_make(lx, begin, found.state == LEXER_PRINT ? TOKEN_VARIABLE_BEGIN : TOKEN_BLOCK_BEGIN, found.start, found.end);
        lx->has_pending = yields;
        yields          = true;
        lexer_enter_tag(lx);
    }
    lx->line += lexer_count_newlines(lx->begin, found.start, found.end);
    lx->line_starting = found.end > text && found.end[-1] == '\n';
    lx->at            = found.end;
    return yields;
}

void lexer_line_comment(lexer *lx)
{
    const char *newline = memchr(lx->at, '\n', (size_t)(lx->end - lx->at));

    lx->line_starting = false;
    lx->at            = newline ? newline : lx->end;
    lx->state         = LEXER_TEXT;
}

/* ---- comments and raw sections ---- */

/* After the closing mark that ends at p: what the sign before it or trim_blocks takes along. */
static const char *trim_after(const lexer *lx, const char *p, char sign)
{
    if (sign == '-')
        return lexer_skip_space(p, lx->end);
    return sign == 0 && lx->options->trim_blocks && p < lx->end && *p == '\n' ? p + 1 : p;
}

static void leave(lexer *lx, const char *end)
{
    lx->line += lexer_count_newlines(lx->begin, lx->at, end);
    lx->line_starting = end > lx->at && end[-1] == '\n';
    lx->at            = end;
    lx->state         = LEXER_TEXT;
}

/* Nothing is yielded but an error. */
bool lexer_comment(lexer *lx, token *out)
{
    burin_text mark = lx->options->comment_end;
    size_t     rest = (size_t)(lx->end - lx->at);
    size_t     hit  = text_find(lx->at, rest, mark.data, mark.len);
    char       sign = 0;

    if (rest == 0) /* no error in Jinja2 */
        return false;
    if (hit == SIZE_MAX) {
        lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){lexer_offset(lx, lx->at), lexer_offset(lx, lx->end)}, "Missing end of comment tag");
        return true;
    }
    const char *p = lx->at + hit;
    if (hit > 0 && (p[-1] == '-' || p[-1] == '+'))
        sign = p[-1];
    else if ((*p == '-' || *p == '+') && lexer_has(lx, p + 1, mark)) /* the mark itself begins with a sign */
        sign = *p++;
    leave(lx, trim_after(lx, p + mark.len, sign));
    return false;
}

/* The end of "endraw", its space and the closing mark, or NULL. */
static const char *raw_end_end(const lexer *lx, const char *from)
{
    burin_text mark = lx->options->block_end;

    for (const char *p = lexer_skip_space(from, lx->end); p >= from; p--) {
        if (p < lx->end && (*p == '+' || *p == '-') && lexer_has(lx, p + 1, mark))
            return trim_after(lx, p + 1 + mark.len, *p);
        if (lexer_has(lx, p, mark))
            return trim_after(lx, p + mark.len, 0);
    }
    return NULL;
}

static bool find_raw_end(const lexer *lx, opening *found)
{
    static const burin_text endraw = {"endraw", 6};
    burin_text  mark = lx->options->block_start;
    const char *p    = lx->at;

    for (;;) {
        size_t hit = text_find(p, (size_t)(lx->end - p), mark.data, mark.len);
        if (hit == SIZE_MAX || mark.len == 0)
            return false;
        p += hit;
        const char *word = lexer_skip_space(read_sign(lx, p + mark.len, &found->sign), lx->end);
        if (lexer_has(lx, word, endraw)) {
            found->end = raw_end_end(lx, word + endraw.len);
            if (found->end) {
                found->start = p;
                found->state = LEXER_TEXT;
                return true;
            }
        }
        p++;
    }
}

bool lexer_raw(lexer *lx, token *out)
{
    const char *text  = lx->at;
    opening     found = {0};

    if (text == lx->end)
        return false;
    if (!find_raw_end(lx, &found)) {
        lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){lexer_offset(lx, text), lexer_offset(lx, lx->end)}, "Missing end of raw directive");
        return true;
    }
    const char *end    = strip_before(lx, text, &found);
    bool        yields = end > text && make_data(lx, out, text, end);
    leave(lx, found.end);
    return yields;
}
