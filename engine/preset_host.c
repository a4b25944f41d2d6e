/* Preset functions that talk to the world outside the template: errors, clock, chance. */
#include "engine/presets.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/operate.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

burin_status preset_raise(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  message;
    burin_status status = rt_str(st, burin_arg(call, 0), &message);

    *out = burin_none();
    if (status)
        return status;
    return burin_raise(call, BURIN_ERR_TEMPLATE, "%.*s", (int)message.len, message.as.s);
}

/* strftime knows no %f (microseconds): put the digits into the format before it is asked. */
static void expand_microseconds(buf *format, burin_text given, long microseconds)
{
    for (size_t n = 0; n < given.len; n++) {
        if (given.data[n] == '%' && n + 1 < given.len && given.data[n + 1] == 'f') {
            buf_printf(format, "%06ld", microseconds);
            n++;
        } else {
            buf_append_byte(format, given.data[n]);
            if (given.data[n] == '%' && n + 1 < given.len)
                buf_append_byte(format, given.data[++n]);
        }
    }
    buf_append(format, " ", 2); /* a blank, so that an empty result is not taken for one that did not fit; and the NUL */
}

burin_status preset_strftime_now(burin_call *call, burin_value *out)
{
    rt_state       *st    = state_of(call);
    burin_value     given = burin_arg(call, 0);
    buf             format, text;
    struct timespec now;
    struct tm       local;
    burin_status    status;

    if (given.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "strftime() argument 1 must be str, not %s", rt_type_name(st, given));
    format = buf_make(st->env->alloc);
    text   = buf_make(st->env->alloc);
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    expand_microseconds(&format, rt_text_of(given), now.tv_nsec / 1000);
    size_t room = format.len * 4 + 128; /* the longest names of days and months in any locale, by experience */
    if (format.failed || !buf_reserve(&text, room)) {
        status = rt_fail_memory(st);
    } else {
        size_t len = strftime(text.data, room, format.data, &local);
        status     = rt_string_copy(st, text.data, len ? len - 1 : 0, out);
    }
    buf_deinit(&format);
    buf_deinit(&text);
    return status;
}

/* ---- chance ---- */

/* The render's generator (splitmix64), so that a seeded environment repeats itself. */
static uint64_t next_random(rt_state *st)
{
    uint64_t z = (st->random += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

burin_status preset_random_ascii(burin_call *call, burin_value *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    rt_state         *st        = state_of(call);
    bool              with_punctuation;
    int64_t           length;
    char             *data;
    burin_status      status = rt_as_index(st, burin_arg(call, 0), &length);

    if (!status)
        status = rt_is_true(st, burin_arg(call, 1), &with_punctuation);
    if (!status && length < 0)
        length = 0;
    if (!status)
        status = rt_charge(st, (uint64_t)length);
    if (!status)
        status = rt_string_new(st, (size_t)length, &data, out);
    if (status)
        return status;
    for (int64_t n = 0; n < length; n++)
        data[n] = letters[next_random(st) % (with_punctuation ? sizeof letters - 1 : 52)];
    return BURIN_OK;
}

burin_status preset_uuid4(burin_call *call, burin_value *out)
{
    rt_state *st = state_of(call);
    uint64_t  high = next_random(st), low = next_random(st);
    char      text[37];

    high = (high & ~0xf000u) | 0x4000u;                           /* version 4 */
    low  = (low & 0x3fffffffffffffffu) | 0x8000000000000000u;     /* variant of RFC 4122 */
    snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%04x%08x", (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff),
             (unsigned)(high & 0xffff), (unsigned)(low >> 48), (unsigned)(low >> 32 & 0xffff), (unsigned)(low & 0xffffffffu));
    return rt_string_copy(st, text, 36, out);
}
