/* Events as dicts of numbers and texts, for those who keep them or send them on. */
#include "runtime/heap.h"
#include "runtime/registry/registry.h"

static const char *const phases[]   = {[BURIN_EVENT_ONE] = "one", [BURIN_EVENT_START] = "start", [BURIN_EVENT_DONE] = "done", [BURIN_EVENT_FAILED] = "failed"};
static const char *const statuses[] = {
#define STATUS(NAME, class, meaning) #NAME,
#include "burin/status.def"
#undef STATUS
};
enum { PHASES = sizeof phases / sizeof *phases, STATUSES = sizeof statuses / sizeof *statuses };

/* Which attributes of an event are numbers. */
#define NUMBERS(ROW) \
    ROW(number, uint64_t) ROW(span, uint64_t) ROW(parent, uint64_t) ROW(root, uint64_t) ROW(time_ns, int64_t) ROW(detail, uint64_t) \
    ROW(subject.id, uint32_t) ROW(subject.tree, uint32_t) ROW(subject.version, uint32_t)

burin_value burin_event_to_value(const burin_events *events, const burin_event *event, burin_heap *heap)
{
    const char  *type   = burin_events_type_name(events, event->type);
    burin_value  dict   = burin_dict(heap, 12);
    burin_status status = dict.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : BURIN_OK;
    const struct { const char *key, *text; } texts[] = {
        {"type", type ? type : ""}, {"phase", phases[event->phase]}, {"status", statuses[event->status]}, {"name", event->name},
    };
    for (size_t n = 0; n < sizeof texts / sizeof *texts && !status; n++) {
        burin_value v = texts[n].text ? burin_string(heap, texts[n].text, strlen(texts[n].text)) : burin_none();
        status        = v.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : burin_dict_set_z(heap, dict, texts[n].key, v);
    }
#define ROW(member, kind) \
    if (status == BURIN_OK) \
        status = burin_dict_set_z(heap, dict, #member, burin_int((int64_t)event->member));
    NUMBERS(ROW)
#undef ROW
    return status ? burin_missing() : dict;
}

/* A text's place among some; -1: it is none of them. */
static int place_of(burin_value v, const char *const *names, int count)
{
    for (int n = 0; v.kind == BURIN_STRING && n < count; n++) {
        if (text_is(burin_text_of(v), names[n]))
            return n;
    }
    return -1;
}

static burin_status no_event(const char *key, burin_error *err) { return es_fail(err, BURIN_ERR_VALUE, "no event: its '%s' is not there or cannot be so", key); }

/* A text that ends with a zero, in the heap. */
static const char *keep(burin_heap *heap, burin_value v)
{
    char *text = heap_alloc(heap, v.len + 1);
    if (!text)
        return NULL;
    memcpy(text, v.as.s, v.len);
    text[v.len] = '\0';
    return text;
}

burin_status burin_event_from_value(burin_events *events, burin_value value, burin_heap *heap, burin_event *event, burin_error *err)
{
    burin_value type = burin_get(value, "type"), name = burin_get(value, "name");
    int         phase = place_of(burin_get(value, "phase"), phases, PHASES), status = place_of(burin_get(value, "status"), statuses, STATUSES);
    int64_t     number;
    *event = (burin_event){0};
    if (type.kind != BURIN_STRING)
        return no_event("type", err);
    if (phase < 0)
        return no_event("phase", err);
    if (status < 0)
        return no_event("status", err);
    if (name.kind != BURIN_STRING && name.kind != BURIN_NONE)
        return no_event("name", err);
    event->phase  = (burin_event_phase)phase;
    event->status = (burin_status)status;
#define ROW(member, kind) \
    if (!burin_as_int(burin_get(value, #member), &number) || (int64_t)(kind)number != number) \
        return no_event(#member, err); \
    event->member = (kind)number;
    NUMBERS(ROW)
#undef ROW
    const char *type_name = keep(heap, type);
    event->name           = name.kind == BURIN_STRING ? keep(heap, name) : NULL;
    if (!type_name || (name.kind == BURIN_STRING && !event->name))
        return rg_no_memory(err);
    return burin_events_type(events, type_name, &event->type, err);
}
