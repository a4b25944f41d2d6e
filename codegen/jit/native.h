/* What generated code and the runtime know of each other.
 *
 * A native function runs a unit instead of the interpreter: the same frame, the same registers, the same steps counted, the
 * same failure at the same instruction. It reaches everything through its three arguments: the runtime through `api`,
 * constants, sites, calls and caches through the frame. No symbol, no address of this process is in its code, so what was
 * compiled for a render, kept on disk or linked ahead of time is the same code.
 *
 * Failures: whoever fails notes f->pc and returns the status; the native function returns it at once, with what was printed
 * so far in f->out; vm_run_unit then notes the place (vm_locate), as vm_run does for the interpreter.
 *
 * Generated code is only right with the tables it was made for: native_abi, a hash of the instructions, of the entries
 * of native_api and of every field that generated code reads (layout.def), stands in requests and in the section .burinstamp
 * of objects; who loads an object compares. */
#ifndef BURIN_CODEGEN_NATIVE_H
#define BURIN_CODEGEN_NATIVE_H

#include "codegen/vm/script.h"

/* What an instruction of kind JUMPING gives when its place d is next; 0 goes on, everything else is a burin_status. */
enum { NATIVE_TAKEN = -1 };
/* What the function of a unit gives, without having done anything, when it is entered at f->pc and has no way in there. */
enum { NATIVE_NO_ENTRY = -2 };

enum { NATIVE_SMALL_UNIT = 64 }; /* instructions of a unit that is cheap to compile as a whole */
enum { NATIVE_VALUE_ROOM = 32 }; /* what a short value may take of the output; see api.def */

/* The body of one instruction. A failure has noted f->pc. */
typedef int32_t (*native_op)(vm_frame *f, burin_value *regs, const ir_insn *i);

enum { DIRECT_FAILED = -1 };

/* What a fast path that does not apply notes: the instructions [pc, next) to be done by their bodies; of their run of output the room that what
 * follows them needs and the instruction that it ends before, both 0 outside runs; the register whose dict is looked at behind them. */
typedef struct native_slow {
    uint32_t pc, next, until;
    uint16_t room, shape;
} native_slow;
enum { NATIVE_NO_SHAPE = UINT16_MAX };

typedef struct native_api {
    const text_small_number *small_numbers; /* text_small_numbers */
    const void *function_class; /* of functions of scripts */
    const uint8_t           *escaped;       /* byte b is escaped only if (b | escaped[0]) == escaped[16] or (b | escaped[32]) == escaped[48], each 16 times; just if
                                               b < 128 and escaped[64 + b % 16] == b */
    native_op   ops[OP_COUNT];
#define API(name, result, parameters, meaning) result (*name) parameters;
#include "codegen/jit/api.def"
#undef API
} native_api;

extern const native_api native_table;

/* ---- objects ---- */

/* The function of unit N is the symbol that the request's prefix, followed by N in decimal, is. NATIVE_PREFIX is for objects that
 * are loaded by themselves. */
#define NATIVE_PREFIX "burin_u"
#define NATIVE_STAMP_SECTION ".burinstamp"
#define NATIVE_STAMP_MAGIC "burin native 1\n"

/* The contents of NATIVE_STAMP_SECTION. */
typedef struct native_stamp {
    char     magic[16];   /* NATIVE_STAMP_MAGIC */
    uint64_t abi;         /* native_abi() of who compiled */
    uint64_t request;     /* wire_hash of the request */
    uint32_t cpu;         /* wire_request.cpu */
    uint32_t level;       /* wire_request.level */
    uint32_t compiler[3]; /* libgccjit's version */
    uint8_t  builder[20]; /* the build id of burin-jit: another emitter writes other code for the same request */
} native_stamp;

/* The hash; the same in every process of one build, whatever the machine. */
uint64_t native_abi(void);

#endif
