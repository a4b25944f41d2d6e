/* Units on their way to a compiler: a request as bytes.
 *
 * A request holds what generated code depends on and nothing else: the units to compile and the parts of the program's tables
 * that their instructions name. So equal requests give equal code, and a hash of the bytes is the name of a compiled object in
 * a cache. The reader builds a program of it that is to be compiled, not run: it has the units that were asked
 * for, each with the index that it had; functions, the inside of containers, macros, blocks and includes are missing. A constant that is a function has
 * the shape of its plain C code (rt_plain) for its length.
 *
 * Bytes are not trusted: the reader checks every count against what is left and runs the verifier over each unit. */
#ifndef BURIN_CODEGEN_WIRE_H
#define BURIN_CODEGEN_WIRE_H

#include "codegen/ir/ir.h"

/* What is wanted: an object (.o), or how it comes to be, for people. */
typedef enum wire_output { WIRE_OBJECT, WIRE_ASSEMBLER, WIRE_C, WIRE_OUTPUT_COUNT } wire_output;

/* x86-64's levels; what a processor has: wire_cpu_here. */
enum { WIRE_CPU_BASE = 1, WIRE_CPU_FMA = 3, WIRE_CPU_MAX = 4 };

enum { WIRE_PREFIX_MAX = 64 };
enum { WIRE_TEXT_MAX = 256 }; /* of longer constant texts only the length is sent */

/* An attribute that may be a member of a struct: where the value is, when the object's first 8 bytes are `word`. */
typedef struct wire_member {
    uint32_t site;
    uint64_t word, head;    /* head: the first 8 bytes of the value, of structs and arrays */
    uint32_t offset;        /* of the item in the struct */
    int32_t  length_offset; /* of texts, from the item on */
    uint8_t  form;          /* burin_form, or RT_FORM_ARRAY */
    bool     is_pointer;    /* the item lies where a pointer at the offset says */
} wire_member;

typedef struct wire_request {
    uint64_t          abi;        /* native_abi() of who asks */
    wire_output       output;
    uint32_t          level;      /* of optimisation, 0 to 3 */
    uint32_t          lowered_max; /* instructions that are written as code of their own, ones with guards counted as three; 0: all that are worth it */
    uint32_t          cpu;        /* instructions up to this level of x86-64 may be used */
    bool              debug;      /* line information for debuggers */
    burin_text        prefix;     /* of the functions' symbols: a C identifier of at most WIRE_PREFIX_MAX bytes */
    burin_text        name;       /* debug: the template's file */
    const ir_program *program;
    ir_unit *const   *units;      /* of the program, by ascending index */
    uint32_t          unit_count; /* at least 1 */
    wire_member      *members;    /* by ascending site; see members.h */
    uint32_t          member_count;
    uint32_t         *callees;    /* by number of a script's global: the unit that it is probably a function of, 0 for none; see callees.h */
    uint32_t          callee_count;
} wire_request;

/* Append the request to `out`. Without `debug`, names and places are left out. False when memory is out. */
bool wire_write(const wire_request *request, buf *out);

/* Read a request into `memory`; texts point into `bytes`. NULL, or what is wrong with it: a literal. "out of memory" when it is. */
const char *wire_read(burin_text bytes, arena *memory, wire_request *out);

/* 64 bits of the request's bytes: tells programs apart in memory and in logs. (A cache that others can write to needs more.) */
uint64_t wire_hash(burin_text bytes);

#endif
