/* As RFC 7693 describes it: blocks of 128 bytes, 12 rounds each; a block is only mixed in when it is known whether it is the last. */
#include "runtime/base/blake2b.h"

enum { BLOCK = 128, ROUNDS = 12 };

typedef struct state {
    uint64_t h[8];
    uint64_t taken; /* bytes mixed in or in `block` */
    size_t   held;  /* bytes in `block` */
    uint8_t  block[BLOCK];
} state;

static const uint64_t start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static const uint8_t order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t turn(uint64_t x, unsigned by) { return x >> by | x << (64 - by); }

static void quarter(uint64_t *v, unsigned a, unsigned b, unsigned c, unsigned d, uint64_t x, uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = turn(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = turn(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 63);
}

static void mix(state *s, bool is_last)
{
    uint64_t v[16], m[16];
    memcpy(m, s->block, BLOCK); /* little-endian, as every machine that native code is for */
    memcpy(v, s->h, sizeof s->h);
    memcpy(v + 8, start, sizeof start);
    v[12] ^= s->taken;
    if (is_last)
        v[14] = ~v[14];
    for (unsigned n = 0; n < ROUNDS; n++) {
        const uint8_t *o = order[n % 10];
        for (unsigned i = 0; i < 4; i++)
            quarter(v, i, 4 + i, 8 + i, 12 + i, m[o[2 * i]], m[o[2 * i + 1]]);
        for (unsigned i = 0; i < 4; i++)
            quarter(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[o[8 + 2 * i]], m[o[9 + 2 * i]]);
    }
    for (unsigned n = 0; n < 8; n++)
        s->h[n] ^= v[n] ^ v[n + 8];
}

static void take(state *s, burin_text part)
{
    while (part.len > 0) {
        if (s->held == BLOCK) {
            mix(s, false);
            s->held = 0;
        }
        size_t fits = BLOCK - s->held, n = part.len < fits ? part.len : fits;
        memcpy(s->block + s->held, part.data, n);
        s->held += n;
        s->taken += n;
        part = (burin_text){part.data + n, part.len - n};
    }
}

void blake2b(const burin_text *parts, size_t count, uint8_t out[BLAKE2B_SIZE])
{
    state s = {.held = 0};
    memcpy(s.h, start, sizeof start);
    s.h[0] ^= 0x01010000 | BLAKE2B_SIZE;
    for (size_t n = 0; n < count; n++)
        take(&s, parts[n]);
    memset(s.block + s.held, 0, BLOCK - s.held);
    mix(&s, true);
    memcpy(out, s.h, BLAKE2B_SIZE);
}
