/* Preset functions that hash: MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), in hex. For checksums, not for secrets.
 * All three work on blocks of 64 bytes with the same padding, so one driver feeds their block functions. */
#include "engine/presets.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"

typedef struct digest {
    uint32_t words[8];
} digest;

typedef struct digest_kind {
    const char *name;
    void      (*block)(digest *d, const uint8_t *bytes);
    digest      start;
    unsigned    count; /* of words in the result */
    bool        is_little_endian;
} digest_kind;

static uint32_t rotate_left(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }
static uint32_t rotate_right(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static uint32_t big_endian(const uint8_t *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }
static uint32_t little_endian(const uint8_t *b) { return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0]; }

static void md5_block(digest *d, const uint8_t *bytes)
{
    static const uint8_t  shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const uint32_t sines[64]    = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
        0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
        0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
        0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
        0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
        0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    };
    uint32_t a = d->words[0], b = d->words[1], c = d->words[2], e = d->words[3];

    for (unsigned n = 0; n < 64; n++) {
        uint32_t mix;
        unsigned word;
        switch (n / 16) {
        case 0: mix = (b & c) | (~b & e); word = n; break;
        case 1: mix = (e & b) | (~e & c); word = (5 * n + 1) % 16; break;
        case 2: mix = b ^ c ^ e; word = (3 * n + 5) % 16; break;
        default: mix = c ^ (b | ~e); word = 7 * n % 16; break;
        }
        mix += a + sines[n] + little_endian(bytes + 4 * word);
        a = e;
        e = c;
        c = b;
        b += rotate_left(mix, shifts[n / 16][n % 4]);
    }
    d->words[0] += a;
    d->words[1] += b;
    d->words[2] += c;
    d->words[3] += e;
}

static void sha1_block(digest *d, const uint8_t *bytes)
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t              w[80], a = d->words[0], b = d->words[1], c = d->words[2], e = d->words[3], f = d->words[4];

    for (unsigned n = 0; n < 16; n++)
        w[n] = big_endian(bytes + 4 * n);
    for (unsigned n = 16; n < 80; n++)
        w[n] = rotate_left(w[n - 3] ^ w[n - 8] ^ w[n - 14] ^ w[n - 16], 1);
    for (unsigned n = 0; n < 80; n++) {
        uint32_t mix = n < 20 ? (b & c) | (~b & e) : n >= 40 && n < 60 ? (b & c) | (b & e) | (c & e) : b ^ c ^ e;
        mix += rotate_left(a, 5) + f + constants[n / 20] + w[n];
        f = e;
        e = c;
        c = rotate_left(b, 30);
        b = a;
        a = mix;
    }
    d->words[0] += a;
    d->words[1] += b;
    d->words[2] += c;
    d->words[3] += e;
    d->words[4] += f;
}

static void sha256_block(digest *d, const uint8_t *bytes)
{
    static const uint32_t constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
        0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
        0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
        0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
        0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
        0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    uint32_t w[64], v[8];

    for (unsigned n = 0; n < 16; n++)
        w[n] = big_endian(bytes + 4 * n);
    for (unsigned n = 16; n < 64; n++) {
        uint32_t low  = rotate_right(w[n - 15], 7) ^ rotate_right(w[n - 15], 18) ^ w[n - 15] >> 3;
        uint32_t high = rotate_right(w[n - 2], 17) ^ rotate_right(w[n - 2], 19) ^ w[n - 2] >> 10;
        w[n]          = w[n - 16] + low + w[n - 7] + high;
    }
    memcpy(v, d->words, sizeof v);
    for (unsigned n = 0; n < 64; n++) {
        uint32_t mix_e = rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
        uint32_t mix_a = rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
        uint32_t first = v[7] + mix_e + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[n] + w[n];
        uint32_t other = mix_a + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += first;
        v[0] = first + other;
    }
    for (unsigned n = 0; n < 8; n++)
        d->words[n] += v[n];
}

static const digest_kind kinds[] = {
    {"md5", md5_block, {{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}}, 4, true},
    {"sha1", sha1_block, {{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}}, 5, false},
    {"sha256", sha256_block, {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}, 8, false},
    {"sha224", sha256_block, {{0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4}}, 7, false},
};
enum { KIND_MD5, KIND_SHA1, KIND_SHA256, KIND_SHA224, KIND_COUNT };

/* The message, then a one bit, zeros, and its length in bits as the last 8 bytes of a block. */
static digest digest_of(const digest_kind *kind, burin_text text)
{
    digest  d        = kind->start;
    uint8_t last[128] = {0};
    size_t  whole    = text.len / 64 * 64, rest = text.len - whole;
    size_t  size     = rest < 56 ? 64 : 128;

    for (size_t n = 0; n < whole; n += 64)
        kind->block(&d, (const uint8_t *)text.data + n);
    if (rest)
        memcpy(last, text.data + whole, rest);
    last[rest] = 0x80;
    for (unsigned n = 0; n < 8; n++)
        last[size - 8 + n] = (uint8_t)((uint64_t)text.len * 8 >> 8 * (kind->is_little_endian ? n : 7 - n));
    for (size_t n = 0; n < size; n += 64)
        kind->block(&d, last + n);
    return d;
}

static burin_status hash_with(burin_call *call, const digest_kind *kind, burin_value *out)
{
    static const char hex[] = "0123456789abcdef";
    rt_state         *st    = rt_state_of(burin_call_heap(call));
    burin_value       text;
    char             *to;
    burin_status      status = rt_str(st, burin_arg(call, 0), &text);

    if (!status)
        status = rt_charge(st, text.len / 64);
    if (!status)
        status = rt_string_new(st, kind->count * 8, &to, out);
    if (status)
        return status;
    digest d = digest_of(kind, rt_text_of(text));
    for (unsigned n = 0; n < kind->count * 4; n++) {
        unsigned byte = d.words[n / 4] >> 8 * (kind->is_little_endian ? n % 4 : 3 - n % 4) & 0xff;
        *to++         = hex[byte >> 4];
        *to++         = hex[byte & 15];
    }
    return BURIN_OK;
}

burin_status preset_md5(burin_call *call, burin_value *out) { return hash_with(call, &kinds[KIND_MD5], out); }
burin_status preset_sha1(burin_call *call, burin_value *out) { return hash_with(call, &kinds[KIND_SHA1], out); }
burin_status preset_sha256(burin_call *call, burin_value *out) { return hash_with(call, &kinds[KIND_SHA256], out); }

burin_status preset_hash(burin_call *call, burin_value *out)
{
    burin_value name = burin_arg(call, 1);

    for (unsigned n = 0; name.kind == BURIN_STRING && n < KIND_COUNT; n++)
        if (text_is(rt_text_of(name), kinds[n].name))
            return hash_with(call, &kinds[n], out);
    return burin_raise(call, BURIN_ERR_VALUE, "unsupported hash type");
}
