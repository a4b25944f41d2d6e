/* The global lipsum: paragraphs of words in the manner of the printers' "Lorem ipsum", which is a garbled passage of
 * Cicero's De finibus. Words follow each other by chance, never the same twice in a row; commas come three to seven words
 * apart, sentences end after at least ten. */
#include "runtime/builtins/support.h"

static const char *const words[] = {
    "lorem",      "ipsum",      "dolor",       "sit",       "amet",         "consectetur", "adipisci",   "elit",        "sed",
    "do",         "eiusmod",    "tempor",      "incididunt", "ut",          "labore",      "et",         "dolore",      "magna",
    "aliqua",     "enim",       "ad",          "minim",     "veniam",       "quis",        "nostrud",    "exercitation", "ullamco",
    "laboris",    "nisi",       "aliquip",     "ex",        "ea",           "commodo",     "consequat",  "duis",        "aute",
    "irure",      "in",         "reprehenderit", "voluptate", "velit",      "esse",        "cillum",     "eu",          "fugiat",
    "nulla",      "pariatur",   "excepteur",   "sint",      "occaecat",     "cupidatat",   "non",        "proident",    "sunt",
    "culpa",      "qui",        "officia",     "deserunt",  "mollit",       "anim",        "id",         "est",         "laborum",
    "perspiciatis", "unde",     "omnis",       "iste",      "natus",        "error",       "voluptatem", "accusantium", "doloremque",
    "laudantium", "totam",      "rem",         "aperiam",   "eaque",        "ipsa",        "quae",       "ab",          "illo",
    "inventore",  "veritatis",  "quasi",       "architecto", "beatae",      "vitae",       "dicta",      "explicabo",   "nemo",
    "ipsam",      "quia",       "voluptas",    "aspernatur", "odit",        "fugit",       "consequuntur", "magni",     "dolores",
    "eos",        "ratione",    "sequi",       "nesciunt",  "neque",        "porro",       "quisquam",   "dolorem",     "numquam",
    "eius",       "modi",       "tempora",     "incidunt",  "magnam",       "aliquam",     "quaerat",    "minima",      "nostrum",
    "exercitationem", "ullam",  "corporis",    "suscipit",  "laboriosam",   "aliquid",     "commodi",    "autem",       "vel",
    "eum",        "iure",       "quam",        "nihil",     "molestiae",    "illum",       "quo",
};

enum { WORDS = sizeof words / sizeof words[0] };

/* One bound of randrange(min, max): whole floats are taken, as Python 3.11 still does. */
static burin_status word_count(rt_state *st, burin_value v, int64_t *out)
{
    if (v.kind == BURIN_FLOAT || v.kind == BURIN_STRING) {
        if (v.kind == BURIN_STRING || v.as.f != (double)(int64_t)v.as.f)
            return rt_fail(st, BURIN_ERR_VALUE, "non-integer arg 1 for randrange()");
        *out = (int64_t)v.as.f;
        return BURIN_OK;
    }
    return rt_as_index(st, v, out);
}

static int64_t random_between(rt_state *st, int64_t from, int64_t to) { return from + (int64_t)builtin_random_below(st, (uint64_t)to - (uint64_t)from); }

static void add_word(builder *b, const char *word, bool capital)
{
    size_t at = b->len;

    builder_ascii(b, word, strlen(word));
    if (capital && !b->failed)
        b->data[at] -= 'a' - 'A';
}

static burin_status add_paragraph(builder *b, int64_t count)
{
    rt_state *st   = b->st;
    bool      capital = true;
    int64_t   last_comma = 0, last_stop = 0;
    uint64_t  word, last = WORDS;
    char      mark = 0; /* after the newest word */

    for (int64_t n = 0; n < count; n++) {
        burin_status status = builtin_charge_round(st, (uint64_t)n + 1);
        if (status || b->failed)
            return status ? status : st->status;
        do
            word = builtin_random_below(st, WORDS);
        while (word == last);
        last = word;
        if (n)
            builder_byte(b, ' ');
        add_word(b, words[word], capital);
        capital = false;
        mark    = 0;
        if (n - random_between(st, 3, 8) > last_comma) {
            last_comma = n;
            last_stop += 2;
            mark = ',';
        }
        bool stop = n - random_between(st, 10, 20) > last_stop;
        if (stop) {
            last_comma = last_stop = n;
            capital                = true;
            mark                   = '.';
        }
        if (mark && n + 1 < count)
            builder_byte(b, mark);
    }
    builder_byte(b, '.');
    return BURIN_OK;
}

burin_status global_lipsum(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    int64_t      paragraphs, min = 0, max = 0;
    bool         html;
    builder      b;
    burin_status status = rt_as_index(st, call->args[0], &paragraphs);

    if (!status)
        status = rt_is_true(st, call->args[1], &html);
    if (status)
        return status;
    builder_init(&b, st, 256);
    for (int64_t n = 0; !status && n < paragraphs; n++) {
        status = builtin_charge_round(st, (uint64_t)n + 1);
        if (!status)
            status = word_count(st, call->args[2], &min);
        if (!status)
            status = word_count(st, call->args[3], &max);
        if (!status && max <= min)
            status = rt_fail(st, BURIN_ERR_VALUE, "empty range for randrange() (%lld, %lld, %lld)", (long long)min, (long long)max, (long long)(max - min));
        if (status)
            return status;
        if (n)
            builder_ascii(&b, "\n\n", html ? 1 : 2);
        if (html)
            builder_ascii(&b, "<p>", 3);
        status = add_paragraph(&b, random_between(st, min, max));
        if (html)
            builder_ascii(&b, "</p>", 4);
    }
    return status ? status : builder_take(&b, html ? BURIN_SAFE : 0, out);
}
