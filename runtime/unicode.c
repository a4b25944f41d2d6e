/* Unicode as CPython 3.11 sees it.
 *
 * ASCII is decided by comparisons; for the rest libunistring 1.0 holds the tables of Unicode 14.0, the version of
 * CPython 3.11, so both agree on every code point (tests/unit/runtime/test_unicode.c holds the checksums).
 * One thing libunistring lacks: the numeric value of CJK ideographs, which Python takes from the Unihan database.
 * Mappings are full: one character may become up to three; only U+03A3 depends on its neighbours (final sigma).
 * Modelled on CPython's Objects/unicodectype.c and the case functions of Objects/unicodeobject.c. */
#include "runtime/unicode.h"

#include "runtime/builder.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/* ---- properties ---- */

bool uni_is_space(uint32_t cp)
{
    if (cp < 0x80)
        return cp == ' ' || (cp >= 9 && cp <= 13) || (cp >= 0x1c && cp <= 0x1f);
    return cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

bool uni_is_line_break(uint32_t cp)
{
    return (cp >= 10 && cp <= 13) || (cp >= 0x1c && cp <= 0x1e) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static inline bool ascii_upper(uint32_t cp) { return cp - 'A' < 26; }
static inline bool ascii_lower(uint32_t cp) { return cp - 'a' < 26; }
static inline bool ascii_digit(uint32_t cp) { return cp - '0' < 10; }

bool uni_is_alpha(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_upper(cp) || ascii_lower(cp);
    return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L);
}

int uni_decimal_value(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_digit(cp) ? (int)(cp - '0') : -1;
    return uc_decimal_value(cp);
}

bool uni_is_decimal(uint32_t cp) { return uni_decimal_value(cp) >= 0; }

bool uni_is_digit(uint32_t cp) { return cp < 0x80 ? ascii_digit(cp) : uc_digit_value(cp) >= 0; }

/* Ideographs that stand for numbers (Unihan: kPrimaryNumeric, kAccountingNumeric, kOtherNumeric), ascending. */
static const uint32_t cjk_numbers[] = {
    0x3405, 0x3483, 0x382a, 0x3b4d, 0x4e00, 0x4e03, 0x4e07, 0x4e09, 0x4e5d, 0x4e8c, 0x4e94, 0x4e96,
    0x4ebf, 0x4ec0, 0x4edf, 0x4ee8, 0x4f0d, 0x4f70, 0x5104, 0x5146, 0x5169, 0x516b, 0x516d, 0x5341,
    0x5343, 0x5344, 0x5345, 0x534c, 0x53c1, 0x53c2, 0x53c3, 0x53c4, 0x56db, 0x58f1, 0x58f9, 0x5e7a,
    0x5efe, 0x5eff, 0x5f0c, 0x5f0d, 0x5f0e, 0x5f10, 0x62fe, 0x634c, 0x67d2, 0x6f06, 0x7396, 0x767e,
    0x8086, 0x842c, 0x8cae, 0x8cb3, 0x8d30, 0x9621, 0x9646, 0x964c, 0x9678, 0x96f6, 0x20001, 0x20064,
    0x200e2, 0x20121, 0x2092a, 0x20983, 0x2098c, 0x2099c, 0x20aea, 0x20afd, 0x20b19, 0x22390, 0x22998, 0x23b1b,
    0x2626d,
};

static bool is_cjk_number(uint32_t cp)
{
    size_t low = 0, high = sizeof cjk_numbers / sizeof cjk_numbers[0];

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cjk_numbers[middle] < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof cjk_numbers / sizeof cjk_numbers[0] && cjk_numbers[low] == cp;
}

bool uni_is_numeric(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_digit(cp);
    return uc_numeric_value(cp).denominator != 0 || is_cjk_number(cp);
}

bool uni_is_alnum(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_digit(cp) || ascii_upper(cp) || ascii_lower(cp);
    return uni_is_alpha(cp) || uni_is_decimal(cp) || uni_is_digit(cp) || uni_is_numeric(cp);
}

bool uni_is_upper(uint32_t cp) { return cp < 0x80 ? ascii_upper(cp) : uc_is_property_uppercase(cp); }
bool uni_is_lower(uint32_t cp) { return cp < 0x80 ? ascii_lower(cp) : uc_is_property_lowercase(cp); }
bool uni_is_title(uint32_t cp) { return cp >= 0x80 && uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lt); }

bool uni_is_printable(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= ' ' && cp < 0x7f;
    return !uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z);
}


uint32_t uni_decompose(uint32_t cp, uint32_t *out)
{
    size_t count = UNI_DECOMPOSED_MAX; /* of room: it suffices for every code point, so none is allocated */
    u32_normalize(UNINORM_NFKD, &cp, 1, out, &count);
    return (uint32_t)count;
}

bool uni_is_word(uint32_t cp) { return cp == '_' || uni_is_alnum(cp); }

bool uni_is_id_start(uint32_t cp)
{
    if (cp < 0x80)
        return cp == '_' || ascii_upper(cp) || ascii_lower(cp);
    return uc_is_property_xid_start(cp);
}

bool uni_is_id_continue(uint32_t cp)
{
    if (cp < 0x80)
        return uni_is_word(cp);
    return uc_is_property_xid_continue(cp);
}

static bool is_cased(uint32_t cp) { return cp < 0x80 ? ascii_upper(cp) || ascii_lower(cp) : uc_is_property_cased(cp); }
static bool is_case_ignorable(uint32_t cp) { return uc_is_property_case_ignorable(cp); }

/* ---- mappings of one character ---- */

enum { MAPPED_MAX = 3 }; /* one character becomes at most three */

typedef uint32_t *(*full_mapping)(const uint32_t *s, size_t n, const char *language, uninorm_t nf, uint32_t *result, size_t *len);

/* Blocks that hold every character whose upper or title case is more than one character (SpecialCasing.txt). */
static bool may_expand(uint32_t cp)
{
    return cp == 0xdf || cp == 0x149 || cp == 0x1f0 || cp == 0x390 || cp == 0x3b0 || cp == 0x587 || (cp >= 0x1e96 && cp <= 0x1e9a) ||
           (cp >= 0x1f50 && cp <= 0x1ffc) || (cp >= 0xfb00 && cp <= 0xfb17);
}

/* Map one character by libunistring's function for strings; the buffer always suffices, so it allocates nothing. */
static size_t map_full(full_mapping map, uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    uint32_t  room[16];
    size_t    len    = sizeof room / sizeof room[0];
    uint32_t *result = map(&cp, 1, "", NULL, room, &len);

    if (result != room || len == 0 || len > MAPPED_MAX) {
        mapped[0] = cp;
        return 1;
    }
    memcpy(mapped, room, len * sizeof *mapped);
    return len;
}

static size_t upper_of(uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    if (may_expand(cp))
        return map_full(u32_toupper, cp, mapped);
    mapped[0] = cp < 0x80 ? cp - (ascii_lower(cp) ? 32 : 0) : uc_toupper(cp);
    return 1;
}

/* Where title case is more than one character it is the upper case with all but the first letter made small, and with the
 * Greek iota written below (U+0345); of U+0149 the letter is the second character. */
static size_t title_of(uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    mapped[0] = cp < 0x80 ? cp - (ascii_lower(cp) ? 32 : 0) : uc_totitle(cp);
    if (mapped[0] != cp || !may_expand(cp) || uni_is_title(cp))
        return 1;
    size_t count = map_full(u32_toupper, cp, mapped);
    for (size_t n = 1; n < count && cp != 0x149; n++)
        mapped[n] = mapped[n] == 0x399 ? 0x345 : uc_tolower(mapped[n]);
    return count;
}

static size_t lower_of(uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    if (cp == 0x130) { /* the only one whose lower case is two characters */
        mapped[0] = 'i';
        mapped[1] = 0x307;
        return 2;
    }
    mapped[0] = cp < 0x80 ? cp + (ascii_upper(cp) ? 32 : 0) : uc_tolower(cp);
    return 1;
}

static size_t fold_of(uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    if (cp < 0x80)
        return lower_of(cp, mapped);
    return map_full(u32_casefold, cp, mapped);
}

static const uint32_t capital_sigma = 0x3a3, small_sigma = 0x3c3, final_sigma = 0x3c2;

/* Decode the character that ends at `end` (> 0); *start is where it begins. */
static uint32_t decode_before(burin_text s, size_t end, size_t *start)
{
    size_t at = end - 1;

    while (at > 0 && ((unsigned char)s.data[at] & 0xc0) == 0x80)
        at--;
    *start = at;
    return text_decode(s.data, s.len, &at);
}

/* The lower case of the capital sigma at [start, end): final when a cased letter stands before it and none after. */
static uint32_t sigma_at(burin_text s, size_t start, size_t end)
{
    uint32_t cp = 0;

    do {
        if (start == 0)
            return small_sigma;
        cp = decode_before(s, start, &start);
    } while (is_case_ignorable(cp));
    if (!is_cased(cp))
        return small_sigma;
    while (end < s.len) {
        cp = text_decode(s.data, s.len, &end);
        if (!is_case_ignorable(cp))
            return is_cased(cp) ? small_sigma : final_sigma;
    }
    return final_sigma;
}

/* Lower case of the character at [start, end), with its neighbours regarded. */
static size_t lower_at(burin_text s, size_t start, size_t end, uint32_t cp, uint32_t mapped[MAPPED_MAX])
{
    if (cp == capital_sigma) {
        mapped[0] = sigma_at(s, start, end);
        return 1;
    }
    return lower_of(cp, mapped);
}

/* ---- whole strings ---- */

typedef enum case_mapping { TO_LOWER, TO_UPPER, TO_FOLD, SWAP, CAPITALIZE, TITLE } case_mapping;

static const uint64_t ones = 0x0101010101010101u;

/* Eight ASCII bytes: 0x20 in every byte from `first` to `first` + 25. */
static inline uint64_t letter_bits(uint64_t bytes, unsigned char first)
{
    uint64_t from = bytes + ones * (128u - first);       /* bit 7: >= first */
    uint64_t past = bytes + ones * (128u - first - 26u); /* bit 7: > first + 25 */

    return ((from & ~past) >> 2) & (ones * 0x20);
}

/* Flip the case of the letters chosen: capitals, small ones, or both. */
static void flip_ascii(char *to, const char *from, size_t len, bool capitals, bool small)
{
    size_t at = 0;

    for (; at + 8 <= len; at += 8) {
        uint64_t bytes, flips = 0;
        memcpy(&bytes, from + at, 8);
        if (capitals)
            flips |= letter_bits(bytes, 'A');
        if (small)
            flips |= letter_bits(bytes, 'a');
        bytes ^= flips;
        memcpy(to + at, &bytes, 8);
    }
    for (; at < len; at++) {
        unsigned char c = (unsigned char)from[at];
        if ((capitals && ascii_upper(c)) || (small && ascii_lower(c)))
            c ^= 0x20;
        to[at] = (char)c;
    }
}

static burin_status map_ascii(rt_state *st, case_mapping how, burin_value s, burin_value *out)
{
    char        *data;
    burin_status status = rt_string_new(st, s.len, &data, out);

    if (status)
        return status;
    out->flags = (uint8_t)((s.flags & BURIN_SAFE) | BURIN_ASCII);
    flip_ascii(data, s.as.s, s.len, how != TO_UPPER, how == TO_UPPER || how == SWAP);
    if (how == CAPITALIZE && s.len && ascii_lower((unsigned char)data[0]))
        data[0] ^= 0x20;
    if (how == TITLE) {
        bool in_word = false;
        for (size_t at = 0; at < s.len; at++) {
            bool letter = ascii_lower((unsigned char)data[at]);
            if (letter && !in_word)
                data[at] ^= 0x20;
            in_word = letter;
        }
    }
    return rt_charge(st, s.len / 64);
}

/* The case of one character of a string that is not all ASCII; *in_word is the state of TITLE. */
static size_t map_character(case_mapping how, burin_text s, size_t start, size_t end, uint32_t cp, bool *in_word, uint32_t mapped[MAPPED_MAX])
{
    switch (how) {
    case TO_LOWER: return lower_at(s, start, end, cp, mapped);
    case TO_UPPER: return upper_of(cp, mapped);
    case TO_FOLD: return fold_of(cp, mapped);
    case CAPITALIZE: return start == 0 ? title_of(cp, mapped) : lower_at(s, start, end, cp, mapped);
    case SWAP:
        if (uni_is_upper(cp))
            return lower_at(s, start, end, cp, mapped);
        if (uni_is_lower(cp))
            return upper_of(cp, mapped);
        mapped[0] = cp;
        return 1;
    case TITLE: {
        bool continues = *in_word;
        *in_word       = is_cased(cp);
        return continues ? lower_at(s, start, end, cp, mapped) : title_of(cp, mapped);
    }
    }
    return 0;
}

static burin_status map_string(rt_state *st, case_mapping how, burin_value s, burin_value *out)
{
    if (s.len == 0) {
        *out = s;
        return BURIN_OK;
    }
    if (rt_string_is_ascii(s))
        return map_ascii(st, how, s, out);

    burin_text   text = rt_text_of(s);
    builder      b;
    bool         in_word = false;
    burin_status status  = rt_charge(st, s.len / 16);

    if (status)
        return status;
    builder_init(&b, st, (size_t)s.len + 8);
    for (size_t at = 0; at < text.len;) {
        uint32_t mapped[MAPPED_MAX];
        size_t   start = at;
        uint32_t cp    = text_decode(text.data, text.len, &at);
        size_t   count = map_character(how, text, start, at, cp, &in_word, mapped);
        for (size_t n = 0; n < count; n++)
            builder_code_point(&b, mapped[n]);
    }
    return builder_take(&b, s.flags & BURIN_SAFE, out);
}

burin_status uni_lower(rt_state *st, burin_value s, burin_value *out) { return map_string(st, TO_LOWER, s, out); }
burin_status uni_upper(rt_state *st, burin_value s, burin_value *out) { return map_string(st, TO_UPPER, s, out); }
burin_status uni_casefold(rt_state *st, burin_value s, burin_value *out) { return map_string(st, TO_FOLD, s, out); }
burin_status uni_swapcase(rt_state *st, burin_value s, burin_value *out) { return map_string(st, SWAP, s, out); }
burin_status uni_capitalize(rt_state *st, burin_value s, burin_value *out) { return map_string(st, CAPITALIZE, s, out); }
burin_status uni_title(rt_state *st, burin_value s, burin_value *out) { return map_string(st, TITLE, s, out); }
