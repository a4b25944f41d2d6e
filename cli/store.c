/* `burin store`: look at and tend a store of entities that is kept in a file. */
#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct store_run {
    const cli_options *options;
    const struct verb *verb;
    const char       **words; /* after the file */
    size_t             count;
    burin_store       *store;
    burin_reader      *reader; /* pinned */
    burin_heap        *heap;
    buffer             out;
    burin_error        err;
} store_run;

/* The words after the file are not what the verb takes. */
static int wrong(const struct verb *verb);

static int answer(store_run *r, burin_status status)
{
    if (status)
        return complain_error(r->options, &r->err);
    if (r->out.failed) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    return !r->out.len || output_write(r->options, (burin_text){r->out.data, r->out.len}) ? EXIT_DONE : EXIT_FAILED;
}

/* Hand over what a function of the library has made; frees it. */
static int answer_text(store_run *r, burin_status status, char *text, size_t len)
{
    if (status == BURIN_OK)
        buffer_append(&r->out, text, len);
    free(status ? NULL : text);
    return answer(r, status);
}

/* Digits, and what follows them; NULL: there are none, or too many. */
static const char *read_number(const char *word, uint32_t *out)
{
    uint64_t    number = 0;
    const char *at     = word;
    for (; *at >= '0' && *at <= '9' && number <= UINT32_MAX; at++)
        number = 10 * number + (uint64_t)(*at - '0');
    *out = (uint32_t)number;
    return at > word && number <= UINT32_MAX ? at : NULL;
}

/* "T" or "T:V"; false: it is neither. */
static bool read_version(const char *word, uint32_t *tree, uint32_t *version)
{
    const char *end = read_number(word, tree);
    *version        = 0;
    if (end && *end == ':')
        end = read_number(end + 1, version);
    return end && !*end && *tree > 0;
}

static burin_picture picture(const store_run *r) { return options_is(r->options, OPT_DRAW, "dot") ? BURIN_DOT : BURIN_MERMAID; }

/* ---- log ---- */

static void put_text(buffer *out, burin_text text)
{
    for (size_t n = 0; n < text.len; n++)
        buffer_byte(out, (unsigned char)text.data[n] < 32 ? ' ' : text.data[n]);
}

static burin_status log_version(void *user, const burin_version_info *v)
{
    store_run *r       = user;
    time_t     seconds = (time_t)(v->time_ns / 1000000000);
    struct tm  parts;
    char       when[32] = "";
    if (gmtime_r(&seconds, &parts))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    buffer_format(&r->out, "%u:%u  commit %" PRIu64 "  %s  %u entities, %u changed", v->tree, v->version, v->commit, when, v->entities, v->changed);
    if (v->version == 1 && v->parent_tree)
        buffer_format(&r->out, "  forked from %u:%u", v->parent_tree, v->parent_version);
    if (v->note.len) {
        buffer_text(&r->out, "  ");
        put_text(&r->out, v->note);
    }
    buffer_byte(&r->out, '\n');
    return BURIN_OK;
}

static int store_log(store_run *r)
{
    uint32_t     first = 1, last = burin_reader_trees(r->reader), version;
    burin_status status = BURIN_OK;
    if (r->count && (!read_version(r->words[0], &first, &version) || version))
        return wrong(r->verb);
    last = r->count ? first : last;
    for (uint32_t tree = first; tree <= last && !status; tree++) {
        if (r->count || burin_reader_head(r->reader, tree))
            status = burin_reader_versions(r->reader, tree, log_version, r, &r->err);
    }
    return answer(r, status);
}

/* ---- show ---- */

static int show_trees(store_run *r)
{
    uint32_t     trees  = burin_reader_trees(r->reader);
    burin_status status = BURIN_OK;
    for (uint32_t tree = 1; tree <= trees && !status; tree++) {
        burin_version_info info;
        burin_entity_info  root = {0};
        if (burin_reader_head(r->reader, tree) == 0)
            continue;
        status = burin_reader_version(r->reader, tree, burin_reader_head(r->reader, tree), &info, &r->err);
        if (status == BURIN_OK && info.root)
            status = burin_reader_info(r->reader, (burin_entity){info.root, tree, 0}, &root, &r->err);
        if (status == BURIN_OK && info.root)
            buffer_format(&r->out, "tree %u  version %u  %u entities  root @%u (%s)\n", tree, info.version, info.entities, info.root,
                          burin_type_name_of(r->store, root.type));
        else if (status == BURIN_OK)
            buffer_format(&r->out, "tree %u  version %u  empty\n", tree, info.version);
    }
    return answer(r, status);
}

static int show_value(store_run *r, burin_value value)
{
    char        *text   = NULL;
    size_t       len    = 0;
    burin_status status = burin_json_write(value, 2, &text, &len, &r->err);
    if (status == BURIN_ERR_TYPE) { /* a value that JSON does not have */
        burin_error_clear(&r->err);
        text   = burin_repr(value, &len);
        status = text ? BURIN_OK : BURIN_ERR_NOMEM;
    }
    return answer_text(r, status, text, len);
}

static int show_address(store_run *r, const char *word)
{
    burin_addressed found;
    burin_value     value;
    burin_status    status = burin_reader_resolve(r->reader, (burin_text){word, strlen(word)}, r->heap, &found, &r->err);
    if (status && !r->err.template_name)
        r->err.template_name = strdup("<address>");
    if (status == BURIN_OK && found.what == BURIN_ADDRESSED_VALUE)
        return show_value(r, found.value);
    if (status == BURIN_OK && found.what == BURIN_ADDRESSED_ENTITY) {
        status = burin_reader_state(r->reader, found.entity, r->heap, &value, &r->err);
        return status ? answer(r, status) : show_value(r, value);
    }
    for (size_t n = 0; status == BURIN_OK && n < found.children.count; n++) {
        burin_text key = burin_children_key(&found.children, n);
        buffer_format(&r->out, "@%u", burin_children_id(&found.children, n));
        if (key.len) {
            buffer_text(&r->out, "  ");
            put_text(&r->out, key);
        }
        buffer_byte(&r->out, '\n');
    }
    return answer(r, status);
}

static int store_show(store_run *r)
{
    uint32_t tree, version;
    char    *text;
    size_t   len;
    if (r->count == 0)
        return show_trees(r);
    if (!read_version(r->words[0], &tree, &version))
        return show_address(r, r->words[0]);
    burin_status status = burin_tree_draw(r->reader, tree, version, picture(r), &text, &len, &r->err);
    return answer_text(r, status, text, len);
}

/* ---- diff ---- */

typedef struct diff_run {
    store_run *run;
    uint32_t   trees[2], versions[2]; /* old, new */
} diff_run;

static burin_status show_change(void *user, const burin_change *change)
{
    static const char *const words[] = {"added", "removed", "moved", "modified"};
    const diff_run          *d       = user;
    store_run               *r       = d->run;
    int                      which   = change->what == BURIN_REMOVED ? 0 : 1;
    burin_entity             e       = {change->id, d->trees[which], d->versions[which]};
    burin_entity_info        info;
    size_t                   count;
    if (change->what == BURIN_TOUCHED)
        return BURIN_OK;
    burin_status status = burin_reader_info(r->reader, e, &info, &r->err);
    if (status)
        return status;
    const burin_attribute *attributes = burin_type_attributes(r->store, info.type, &count);
    buffer_format(&r->out, "%-8s  @%u (%s)", words[change->what], change->id, burin_type_name_of(r->store, info.type));
    for (size_t n = 0; n < count; n++) {
        if ((change->attributes >> n) & 1)
            buffer_format(&r->out, " %s", attributes[n].name);
    }
    buffer_byte(&r->out, '\n');
    return BURIN_OK;
}

static int store_diff(store_run *r)
{
    diff_run d = {.run = r};
    char    *text;
    size_t   len;
    if (!read_version(r->words[0], &d.trees[0], &d.versions[0]) || !read_version(r->words[1], &d.trees[1], &d.versions[1]))
        return wrong(r->verb);
    for (int n = 0; n < 2; n++) {
        if (!d.versions[n])
            d.versions[n] = burin_reader_head(r->reader, d.trees[n]);
    }
    if (options_has(r->options, OPT_DRAW)) {
        burin_status status = burin_diff_draw(r->reader, d.trees[0], d.versions[0], d.trees[1], d.versions[1], picture(r), &text, &len, &r->err);
        return answer_text(r, status, text, len);
    }
    return answer(r, burin_reader_diff(r->reader, d.trees[0], d.versions[0], d.trees[1], d.versions[1], show_change, &d, &r->err));
}

/* ---- export, import ---- */

static int store_export(store_run *r)
{
    uint32_t     tree, version;
    char        *text;
    size_t       len;
    burin_status status;
    if (r->count && !read_version(r->words[0], &tree, &version))
        return wrong(r->verb);
    status = r->count ? burin_tree_export(r->reader, tree, version, &text, &len, &r->err) : burin_store_export(r->reader, &text, &len, &r->err);
    return answer_text(r, status, text, len);
}

/* Whether the JSON is of a whole store. */
static burin_status is_store(store_run *r, burin_text json, bool *out)
{
    burin_value  v;
    burin_status status = burin_json_read(r->heap, json, true, &v, &r->err);
    *out                = status == BURIN_OK && burin_get(v, "burin_store").kind != BURIN_MISSING;
    return status;
}

static burin_status import_tree(store_run *r, burin_text json)
{
    burin_entity root;
    burin_txn   *t      = burin_txn_begin(r->store, &r->err);
    burin_status status = t ? burin_tree_import(t, json, &root, &r->err) : r->err.status;
    if (status == BURIN_OK)
        status = burin_txn_promote(t, root, &r->err);
    if (status) {
        burin_txn_abort(t);
        return status;
    }
    burin_commit_result result;
    status = burin_txn_commit(t, NULL, &result, &r->err);
    if (status == BURIN_OK)
        buffer_format(&r->out, "tree %u  root @%u\n", result.tree, root.id);
    return status;
}

static int store_import(store_run *r)
{
    buffer json = {0};
    bool   whole;
    int    code = EXIT_FAILED;
    if (!buffer_read_file(&json, r->words[0])) {
        complain("%s: %s", r->words[0], strerror(errno));
    } else {
        burin_text   text   = {json.data, json.len};
        burin_status status = is_store(r, text, &whole);
        if (status == BURIN_OK)
            status = whole ? burin_store_import(r->store, text, &r->err) : import_tree(r, text);
        if (status && r->err.line && !r->err.template_name)
            r->err.template_name = strdup(strcmp(r->words[0], "-") == 0 ? "<stdin>" : r->words[0]);
        code = answer(r, status);
    }
    buffer_free(&json);
    return code;
}

/* ---- init, verify, gc ---- */

static int store_init(store_run *r)
{
    burin_store_stats stats;
    burin_store_stats_of(r->store, &stats);
    if (stats.commits == 0 && burin_store_type_count(r->store) == 0)
        return EXIT_DONE;
    complain("%s: there is a store already, with %" PRIu64 " tree%s", r->options->words[1], stats.trees, stats.trees == 1 ? "" : "s");
    return EXIT_FAILED;
}

static int store_verify(store_run *r)
{
    burin_store_stats stats;
    burin_status      status = burin_store_verify(r->store, &r->err);
    burin_store_stats_of(r->store, &stats);
    if (status == BURIN_OK)
        buffer_format(&r->out, "%" PRIu64 " version%s of %" PRIu64 " tree%s %s right\n", stats.versions, stats.versions == 1 ? "" : "s", stats.trees,
                      stats.trees == 1 ? "" : "s", stats.versions == 1 ? "is" : "are");
    return answer(r, status);
}

static int store_gc(store_run *r)
{
    const char     *last      = options_last(r->options, OPT_KEEP_LAST);
    burin_retention retention = {0};
    burin_status    status    = BURIN_OK;
    const char     *end       = last ? read_number(last, &retention.last) : NULL;
    if (last && (!end || *end || retention.last == 0))
        return misused(COMMAND_STORE, "--keep-last needs a number from 1");
    for (uint32_t tree = 1; last && tree <= burin_reader_trees(r->reader) && !status; tree++)
        status = burin_reader_head(r->reader, tree) == 0 ? BURIN_OK : burin_store_retain(r->store, tree, &retention, &r->err);
    if (status == BURIN_OK)
        status = burin_store_compact(r->store, &r->err);
    return answer(r, status);
}

/* ---- all of them ---- */

struct verb {
    const char *name, *takes; /* after a file */
    size_t      least, most;  /* words of that */
    int       (*run)(store_run *);
    bool        changes, creates;
};
static const struct verb verbs[] = {
    {"init", "", 0, 0, store_init, true, true},
    {"log", " and the number of a tree", 0, 1, store_log, false, false},
    {"show", " and one address or version", 0, 1, store_show, false, false},
    {"diff", " and two versions, T:V", 2, 2, store_diff, false, false},
    {"export", " and a version of a tree, T:V", 0, 1, store_export, false, false},
    {"import", " and JSON", 1, 1, store_import, true, true},
    {"verify", "", 0, 0, store_verify, false, false},
    {"gc", "", 0, 0, store_gc, true, false},
};

static int wrong(const struct verb *verb)
{
    return misused(COMMAND_STORE, "`burin store %s` takes a file%s", verb->name, verb->takes);
}

/* What SQLite says names no file; a database's address may hold a password. */
static int complain_closed(const store_run *r, burin_error *err)
{
    const char *file = r->options->words[1];
    if (!err->status || strstr(file, "://"))
        return complain_error(r->options, err);
    complain("%s: %s: %s", file, burin_status_class(err->status), err->message);
    burin_error_clear(err);
    return EXIT_FAILED;
}

int command_store(const cli_options *options)
{
    const struct verb *verb = NULL;
    store_run          r    = {.options = options, .err = BURIN_ERROR_INIT};
    int                code = EXIT_FAILED;
    for (size_t n = 0; options->word_count && n < sizeof verbs / sizeof *verbs; n++) {
        if (strcmp(verbs[n].name, options->words[0]) == 0)
            verb = &verbs[n];
    }
    if (!verb || options->word_count < 2)
        return misused(COMMAND_STORE, "`burin store` needs what to do (init, log, show, diff, export, import, verify or gc) and a file");
    r.verb   = verb;
    r.words  = options->words + 2;
    r.count  = options->word_count - 2;
    if (r.count < verb->least || r.count > verb->most)
        return wrong(verb);
    r.store  = burin_store_open(options->words[1], &(burin_open_options){.create = verb->creates, .read_only = !verb->changes}, &r.err);
    r.reader = r.store ? burin_reader_new(r.store) : NULL;
    r.heap   = burin_heap_new(NULL);
    if (!r.reader || !r.heap) {
        complain_closed(&r, &r.err);
    } else {
        burin_reader_pin(r.reader);
        code = verb->run(&r);
    }
    burin_heap_free(r.heap);
    burin_reader_free(r.reader);
    burin_store_free(r.store);
    buffer_free(&r.out);
    return code;
}
