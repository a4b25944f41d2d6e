/* The forms of addresses, matched as Jinja2's regular expressions match them, but in linear time.
 *
 *     host, with http(s):// or www. before it   any labels, then 2 to 63 letters, or xn-- and 2 to 59 word characters
 *     host alone                                labels of 2 to 63 characters, then com net int edu gov org info mil
 *     http(s):// and an IPv4 or IPv6 address
 * then perhaps :port, then perhaps / ? or # and anything.
 * Host characters and what may follow a host have nothing in common, so the host is the longest run of its characters and
 * nothing needs to be tried twice. As in Python, \w and \d are Unicode's, and letters are compared ignoring case, for which
 * four letters beyond ASCII count as i, s or k. */
#include "runtime/builtins/url_forms.h"

#include "runtime/unicode.h"

/* A code point as re.IGNORECASE compares it with ASCII letters. */
static uint32_t fold(uint32_t cp)
{
    switch (cp) {
    case 0x130:
    case 0x131: return 'i';
    case 0x17f: return 's';
    case 0x212a: return 'k';
    default: return cp - 'A' < 26 ? cp + ('a' - 'A') : cp;
    }
}

/* If `s` at *at goes on with `z` (lower case ASCII), ignoring case, go past it. */
static bool accept(burin_text s, size_t *at, const char *z)
{
    size_t next = *at;

    for (; *z; z++)
        if (next >= s.len || fold(text_decode(s.data, s.len, &next)) != (unsigned char)*z)
            return false;
    *at = next;
    return true;
}

static bool accept_http(burin_text s, size_t *at) { return accept(s, at, "http://") || accept(s, at, "https://"); }

/* [\w%-] */
static bool is_label_character(uint32_t cp) { return cp == '%' || cp == '-' || uni_is_word(cp); }

/* Past the longest run of label characters; their number. */
static size_t skip_label(burin_text s, size_t *at)
{
    size_t count = 0;

    for (size_t next = *at; *at < s.len; *at = next, count++)
        if (!is_label_character(text_decode(s.data, s.len, &next)))
            break;
    return count;
}

/* (?::\d{1,5})?(?:[/?#]\S*)?$ */
static bool ends_well(burin_text s, size_t at)
{
    if (at < s.len && s.data[at] == ':') {
        int digits = 0;
        for (size_t next = ++at; at < s.len && digits < 6; at = next, digits++)
            if (!uni_is_decimal(text_decode(s.data, s.len, &next)))
                break;
        if (digits < 1 || digits > 5)
            return false;
    }
    return at == s.len || s.data[at] == '/' || s.data[at] == '?' || s.data[at] == '#';
}

/* [a-z]{2,63}|xn--[\w%]{2,59} */
static bool is_top_level(burin_text label)
{
    size_t at = 0, count = 0;
    bool   letters = true, dashes = false;

    if (accept(label, &at, "xn--")) {
        while (at < label.len) {
            dashes |= label.data[at] == '-';
            text_decode(label.data, label.len, &at);
            count++;
        }
        if (!dashes && count >= 2 && count <= 59)
            return true;
        at = count = 0;
    }
    for (; at < label.len; count++)
        letters &= fold(text_decode(label.data, label.len, &at)) - 'a' < 26;
    return letters && count >= 2 && count <= 63;
}

/* com|net|int|edu|gov|org|info|mil */
static bool is_known_top_level(burin_text label)
{
    static const char *const known[] = {"com", "net", "int", "edu", "gov", "org", "info", "mil"};

    for (size_t n = 0; n < sizeof known / sizeof known[0]; n++) {
        size_t at = 0;
        if (accept(label, &at, known[n]) && at == label.len)
            return true;
    }
    return false;
}

/* Labels from `at` on with dots between them, then the end of the address. `known`: a host without a prefix. */
static bool is_host(burin_text s, size_t at, bool known)
{
    for (bool first = true;; first = false) {
        size_t     from  = at;
        size_t     count = skip_label(s, &at);
        burin_text label = {s.data + from, at - from};
        if (at < s.len && s.data[at] == '.') {
            if (count == 0 || (known && (count < 2 || count > 63)))
                return false;
            at++;
            continue;
        }
        return (known ? !first && is_known_top_level(label) : is_top_level(label)) && ends_well(s, at);
    }
}

/* \d{1,3}(\.\d{1,3}){3} */
static bool is_ipv4(burin_text s, size_t at)
{
    for (int group = 0; group < 4; group++) {
        if (group && (at >= s.len || s.data[at++] != '.'))
            return false;
        int digits = 0;
        for (size_t next = at; at < s.len && digits < 4; at = next, digits++)
            if (!uni_is_decimal(text_decode(s.data, s.len, &next)))
                break;
        if (digits < 1 || digits > 3)
            return false;
    }
    return ends_well(s, at);
}

/* Up to four characters of [\da-f]; their number. */
static int skip_hexadecimal(burin_text s, size_t *at)
{
    int count = 0;

    for (size_t next = *at; *at < s.len && count < 4; *at = next, count++) {
        uint32_t cp = text_decode(s.data, s.len, &next);
        if (fold(cp) - 'a' >= 6 && !uni_is_decimal(cp))
            break;
    }
    return count;
}

/* \[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}] : taking as much as possible into each group makes the fewest groups. */
static bool is_ipv6(burin_text s, size_t at)
{
    if (at >= s.len || s.data[at++] != '[')
        return false;
    for (int group = 0; group < 2; group++) {
        skip_hexadecimal(s, &at);
        if (at >= s.len || s.data[at++] != ':')
            return false;
    }
    for (int group = 0; group < 6 && at < s.len && s.data[at] != ']'; group++) {
        skip_hexadecimal(s, &at);
        if (at < s.len && s.data[at] == ':')
            at++;
    }
    return at < s.len && s.data[at] == ']' && ends_well(s, at + 1);
}

bool url_is_web_address(burin_text word)
{
    size_t at = 0;

    if (accept_http(word, &at))
        return is_host(word, at, false) || is_ipv4(word, at) || is_ipv6(word, at);
    return (accept(word, &at, "www.") && is_host(word, at, false)) || is_host(word, 0, true);
}

/* ^\S+@\w[\w.-]*\.\w+$ : the domain holds no "@", so the last one is before it. */
bool url_is_mail_address(burin_text word)
{
    size_t at = text_rfind(word.data, word.len, "@", 1), last_dot = 0;
    bool   after_dot = false, word_after_dot = false;

    if (at == SIZE_MAX || at == 0)
        return false;
    size_t start = ++at;
    while (at < word.len) {
        size_t   here = at;
        uint32_t cp   = text_decode(word.data, word.len, &at);
        bool     is_w = uni_is_word(cp);
        if (here == start && !is_w)
            return false;
        if (cp == '.') {
            last_dot       = here;
            after_dot      = true;
            word_after_dot = false;
        } else if (is_w) {
            word_after_dot = true;
        } else if (cp == '-') {
            after_dot = false; /* the part after the last dot must be a word */
        } else {
            return false;
        }
    }
    return last_dot > start && after_dot && word_after_dot;
}

bool url_is_scheme(burin_text word)
{
    size_t at = 0, count = 0;

    for (size_t next = 0; at < word.len; at = next, count++) {
        uint32_t cp = text_decode(word.data, word.len, &next);
        if (cp != '.' && cp != '+' && cp != '-' && !uni_is_word(cp))
            break;
    }
    if (count < 2 || at >= word.len || word.data[at++] != ':')
        return false;
    size_t rest = word.len - at;
    return rest <= 2 && memcmp(word.data + at, "//", rest) == 0;
}
