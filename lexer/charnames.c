/* \N{NAME}: the character of a name, as Python 3.11's unicodedata finds it.
 *
 * libunistring has the table of names and most aliases. Three kinds are decided here: control characters (they have
 * aliases only), CJK ideographs (named by their number) and Hangul syllables (named by their letters); the last two
 * are the ones whose case matters to Python. */
#include "lexer/parts.h"

#include <uniname.h>

static const struct {
    const char *name;
    uint32_t    cp;
} controls[] = {
#define CONTROL(cp, name) {name, cp},
#include "lexer/controls.def"
};

static const struct {
    uint32_t first, last;
} ideographs[] = {
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0x20000, 0x2a6df}, {0x2a700, 0x2b738},
    {0x2b740, 0x2b81d}, {0x2b820, 0x2cea1}, {0x2ceb0, 0x2ebe0}, {0x30000, 0x3134a},
};

static bool same_name(burin_text name, const char *upper)
{
    size_t i = 0;
    for (; i < name.len && upper[i]; i++) {
        char c = name.data[i];
        if ((c >= 'a' && c <= 'z' ? c - 32 : c) != upper[i])
            return false;
    }
    return i == name.len && upper[i] == 0;
}

static bool take_prefix(burin_text *name, const char *prefix)
{
    size_t len = strlen(prefix);
    if (name->len < len || memcmp(name->data, prefix, len) != 0)
        return false;
    name->data += len;
    name->len -= len;
    return true;
}

static uint32_t ideograph(burin_text digits)
{
    uint32_t cp = 0;

    if (digits.len != 4 && digits.len != 5)
        return UNINAME_INVALID;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        if ((c < '0' || c > '9') && (c < 'A' || c > 'F'))
            return UNINAME_INVALID;
        cp = cp << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'A' + 10);
    }
    for (size_t i = 0; i < sizeof ideographs / sizeof ideographs[0]; i++) {
        if (cp >= ideographs[i].first && cp <= ideographs[i].last)
            return cp;
    }
    return UNINAME_INVALID;
}

/* The longest of `count` letters that `name` begins with, taken from it; -1 when it begins with none. */
static int take_letter(burin_text *name, const char *const *letters, int count)
{
    int    best = -1;
    size_t len  = 0;

    for (int i = 0; i < count; i++) {
        size_t letter = strlen(letters[i]);
        if (letter <= name->len && memcmp(name->data, letters[i], letter) == 0 && (best < 0 || letter > len)) {
            best = i;
            len  = letter;
        }
    }
    name->data += len;
    name->len -= len;
    return best;
}

static uint32_t syllable(burin_text name)
{
    static const char *const leading[19]  = {"G",  "GG", "N", "D", "DD", "R", "M", "B", "BB", "S",
                                            "SS", "",   "J", "JJ", "C", "K", "T", "P", "H"};
    static const char *const vowel[21]    = {"A",  "AE",  "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                            "OE", "YO",  "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
    static const char *const trailing[28] = {"",   "G",  "GG", "GS", "N", "NJ", "NH", "D", "L",  "LG", "LM", "LB", "LS", "LT",
                                             "LP", "LH", "M",  "B",  "BS", "S", "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
    int l = take_letter(&name, leading, 19);
    int v = take_letter(&name, vowel, 21);
    int t = take_letter(&name, trailing, 28);

    return l < 0 || v < 0 || t < 0 || name.len > 0 ? UNINAME_INVALID : 0xac00 + (uint32_t)((l * 21 + v) * 28 + t);
}

bool lexer_char_named(burin_text name, uint32_t *cp)
{
    char copy[256];

    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (same_name(name, controls[i].name)) {
            *cp = controls[i].cp;
            return true;
        }
    }
    if (name.len >= sizeof copy || memchr(name.data, 0, name.len))
        return false;
    memcpy(copy, name.data, name.len);
    copy[name.len] = 0;
    if (take_prefix(&name, "CJK UNIFIED IDEOGRAPH-"))
        *cp = ideograph(name);
    else if (take_prefix(&name, "HANGUL SYLLABLE "))
        *cp = syllable(name);
    else
        *cp = unicode_name_character(copy);
    return *cp != UNINAME_INVALID && !(*cp >= 0xac00 && *cp <= 0xd7a3 && memcmp(copy, "HANGUL", 6) != 0);
}
