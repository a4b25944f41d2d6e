/* burin/struct.h: C structs as data, read where they lie.
 *
 *     struct item  { const char *name; double price; };
 *     struct order { int64_t id; struct item *items; uint32_t item_count; };
 *
 *     static const burin_field item_fields[]  = {BURIN_FIELD(struct item, name), BURIN_FIELD(struct item, price)};
 *     static const burin_field order_fields[] = {BURIN_FIELD(struct order, id), BURIN_STRUCTS(struct order, items, item_count, "item")};
 *     static const burin_struct structs[]     = {BURIN_DESCRIBE(struct item, "item", item_fields),
 *                                             BURIN_DESCRIBE(struct order, "order", order_fields)};
 *
 *     burin_types *types = burin_types_new(structs, 2, NULL, 0, NULL, &err);
 *     burin_env_set_types(env, types);
 *     burin_dict_set_z(heap, variables, "order", burin_struct_value(types, "order", &order));
 *
 * A template then says {{ order.id }} and {% for item in order.items %}: each read is a load at an offset that was fixed when the
 * types were made. Nothing is converted beforehand and, but for unsigned integers above 2^63 - 1, nothing is allocated.
 *
 * Lifetime: a struct value is a pointer. The struct, and all that its members point at, stays where it is and unchanged until
 * the render returns, and as long as a result that holds such values is used; burin never writes to it and never frees it.
 * Texts are valid UTF-8. Pointers may go round in circles; texts and arrays are at most 4 GiB - 1 long.
 *
 * What templates see: a struct is like an object of a Python class with nothing but these attributes, none of which can be set.
 *   s.name, s['name']   the member; members hide nothing, as a struct has no methods. An unknown name is undefined.
 *   ==, in, hash        the same struct at the same address.
 *   str, repr, pprint   type(member=value, ...), like a dataclass; a struct that is being printed already is "...".
 *   tojson              as a dict of its members; a circle is json's ValueError.
 *   is                  defined; not iterable, mapping, sequence, callable. Always true. No length, no order.
 *   sandbox             names that begin with an underscore are refused, as everywhere.
 * An array is like a list that cannot be changed: indexing from both ends, slices (lists), length, truth, iteration, `in`,
 * every filter that takes a sequence; + and * give lists; equality and order item by item, with lists too; repr, tojson and
 * pprint as a list of its items. `is sequence` and `is iterable`; not hashable.
 *   The length is read when the array is. A count below 0, or beyond the room of the array, is a ValueError. */
#ifndef BURIN_STRUCT_H
#define BURIN_STRUCT_H

#include "burin/environment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one member, or one item of an array, is: the rows of burin/form.def. */
typedef enum burin_form {
#define FORM(NAME, name, c_type, meaning) BURIN_FORM_##NAME,
#include "burin/form.def"
#undef FORM
    BURIN_FORM_COUNT
} burin_form;

/* How many there are, and where. */
typedef enum burin_shape {
    BURIN_ONE,     /* the member itself */
    BURIN_FIXED,   /* T member[N]: always N */
    BURIN_COUNTED, /* T *member and an integer member with the count; an empty array where the pointer is NULL */
    BURIN_FILLED,  /* T member[N] and an integer member that says how many of them are in use */
    BURIN_SHAPE_COUNT
} burin_shape;

/* A name for a number; a list of them ends with a NULL name. The first name of a number is the one that is seen. */
typedef struct burin_enum {
    const char *name;
    int64_t     value;
} burin_enum;

/* One member. The macros below fill it in. */
typedef struct burin_field {
    const char       *name;
    uint8_t           form;          /* burin_form of the member or of each item */
    uint8_t           shape;         /* burin_shape */
    bool              is_pointer;    /* the member, or each item, is a pointer to that form; NULL is none. Not for CSTRING and CHARS */
    uint8_t           count_form;    /* COUNTED, FILLED: the integer form of the member with the count */
    uint8_t           length_form;   /* TEXT: the integer form of the length */
    uint32_t          offset;        /* of the member in its struct */
    uint32_t          size;          /* bytes of the form: sizeof *pointer, or sizeof one item */
    uint32_t          count;         /* FIXED, FILLED: the room */
    uint32_t          count_offset;  /* COUNTED, FILLED: of the count in the struct */
    int32_t           length_offset; /* TEXT: from the pointer to the length */
    const char       *type;          /* STRUCT: the name of its type; it may be described later than this field; else NULL */
    const burin_enum *names;         /* integers that are shown by name, numbers without one as they are; else NULL */
} burin_field;

typedef struct burin_struct {
    const char        *name; /* as in messages, in repr and in other descriptions */
    uint32_t           size; /* sizeof */
    const burin_field *fields;
    size_t             field_count;
    bool               is_array; /* templates see its only field in its place, an array: so arrays of arrays are described */
} burin_struct;

/* Declares that a variable of templates always is of a type: `type` names a struct, or "name[]" an array of them. Templates are
 * checked against it when they are compiled: burin_env_set_types. */
typedef struct burin_variable {
    const char *name;
    const char *type;
} burin_variable;

/* What burin_structs_value gives to templates. */
typedef struct burin_slice {
    const void *data;
    size_t      count;
} burin_slice;

/* ---- writing descriptions ---- */

/* A struct whose fields are the array `fields`. */
#define BURIN_DESCRIBE(owner, name, fields) {name, sizeof(owner), fields, sizeof(fields) / sizeof((fields)[0]), false}
/* A struct that stands for an array, with one field. What that is an array of is described before it. */
#define BURIN_DESCRIBE_ARRAY(owner, name, fields) {name, sizeof(owner), fields, sizeof(fields) / sizeof((fields)[0]), true}

#define BURIN_MEMBER_(owner, member) ((BURIN_CAST_(owner *, 0))->member)
#define BURIN_OFFSET_(owner, member) BURIN_CAST_(uint32_t, offsetof(owner, member))
#define BURIN_SIZE_(owner, member)   BURIN_CAST_(uint32_t, sizeof(BURIN_MEMBER_(owner, member)))
#define BURIN_ROOM_(owner, member)   BURIN_CAST_(uint32_t, BURIN_SIZE_(owner, member) / sizeof(BURIN_MEMBER_(owner, member)[0]))
#define BURIN_SIGNED_(size)          ((size) == 1 ? BURIN_FORM_I8 : (size) == 2 ? BURIN_FORM_I16 : (size) == 4 ? BURIN_FORM_I32 : BURIN_FORM_I64)
#define BURIN_UNSIGNED_(size)        ((size) == 1 ? BURIN_FORM_U8 : (size) == 2 ? BURIN_FORM_U16 : (size) == 4 ? BURIN_FORM_U32 : BURIN_FORM_U64)

/* BURIN_FORM_OF(x): the form of an expression that is not evaluated; a type without one does not compile.
 * BURIN_INTEGER_FORM_OF(x): the same for integers and enums alone: counts, lengths, what has names. */
#ifdef __cplusplus
#define BURIN_FORM_OF(x)         (burin_cxx::form_of<burin_cxx::bare<decltype(x)>::type>::form)
#define BURIN_INTEGER_FORM_OF(x) (burin_cxx::integer_form_of<burin_cxx::bare<decltype(x)>::type>::form)

extern "C++" {
namespace burin_cxx {
template <class T> struct bare { typedef T type; };
template <class T> struct bare<T &> : bare<T> {};
template <class T> struct bare<const T> : bare<T> {};
template <class T> struct bare<volatile T> : bare<T> {};
template <class T> struct bare<const volatile T> : bare<T> {};

template <burin_form F> struct has_form { static constexpr burin_form form = F; };
template <class T> struct integer_form_of : integer_form_of<__underlying_type(T)> {}; /* enums */
template <class T> struct form_of : integer_form_of<T> {};

template <> struct integer_form_of<signed char> : has_form<BURIN_FORM_I8> {};
template <> struct integer_form_of<unsigned char> : has_form<BURIN_FORM_U8> {};
template <> struct integer_form_of<short> : has_form<BURIN_SIGNED_(sizeof(short))> {};
template <> struct integer_form_of<unsigned short> : has_form<BURIN_UNSIGNED_(sizeof(short))> {};
template <> struct integer_form_of<int> : has_form<BURIN_SIGNED_(sizeof(int))> {};
template <> struct integer_form_of<unsigned> : has_form<BURIN_UNSIGNED_(sizeof(int))> {};
template <> struct integer_form_of<long> : has_form<BURIN_SIGNED_(sizeof(long))> {};
template <> struct integer_form_of<unsigned long> : has_form<BURIN_UNSIGNED_(sizeof(long))> {};
template <> struct integer_form_of<long long> : has_form<BURIN_SIGNED_(sizeof(long long))> {};
template <> struct integer_form_of<unsigned long long> : has_form<BURIN_UNSIGNED_(sizeof(long long))> {};
template <> struct form_of<bool> : has_form<BURIN_FORM_BOOL> {};
template <> struct form_of<char> : has_form<static_cast<char>(-1) < 0 ? BURIN_FORM_I8 : BURIN_FORM_U8> {};
template <> struct form_of<float> : has_form<BURIN_FORM_F32> {};
template <> struct form_of<double> : has_form<BURIN_FORM_F64> {};
template <> struct form_of<char *> : has_form<BURIN_FORM_CSTRING> {};
template <> struct form_of<const char *> : has_form<BURIN_FORM_CSTRING> {};
template <> struct form_of<burin_text> : has_form<BURIN_FORM_TEXT> {};
template <> struct form_of<burin_value> : has_form<BURIN_FORM_VALUE> {};
} // namespace burin_cxx
}
#else
#define BURIN_FORM_OF(x)                                                                                                          \
    _Generic((x), bool: BURIN_FORM_BOOL, char: (char)-1 < 0 ? BURIN_FORM_I8 : BURIN_FORM_U8, signed char: BURIN_FORM_I8,            \
        unsigned char: BURIN_FORM_U8, short: BURIN_SIGNED_(sizeof(short)), unsigned short: BURIN_UNSIGNED_(sizeof(short)),          \
        int: BURIN_SIGNED_(sizeof(int)), unsigned: BURIN_UNSIGNED_(sizeof(int)), long: BURIN_SIGNED_(sizeof(long)),                 \
        unsigned long: BURIN_UNSIGNED_(sizeof(long)), long long: BURIN_SIGNED_(sizeof(long long)),                                  \
        unsigned long long: BURIN_UNSIGNED_(sizeof(long long)), float: BURIN_FORM_F32, double: BURIN_FORM_F64,                      \
        char *: BURIN_FORM_CSTRING, const char *: BURIN_FORM_CSTRING, burin_text: BURIN_FORM_TEXT, burin_value: BURIN_FORM_VALUE)
#define BURIN_INTEGER_FORM_OF(x)                                                                                                  \
    _Generic((x), signed char: BURIN_FORM_I8, unsigned char: BURIN_FORM_U8, short: BURIN_SIGNED_(sizeof(short)),                   \
        unsigned short: BURIN_UNSIGNED_(sizeof(short)), int: BURIN_SIGNED_(sizeof(int)), unsigned: BURIN_UNSIGNED_(sizeof(int)),    \
        long: BURIN_SIGNED_(sizeof(long)), unsigned long: BURIN_UNSIGNED_(sizeof(long)),                                            \
        long long: BURIN_SIGNED_(sizeof(long long)), unsigned long long: BURIN_UNSIGNED_(sizeof(long long)))
#endif
#define BURIN_ROW_(owner, member, form, shape, pointer, count_form, item, room, count_at, type, names)                             \
    {#member, form, shape, pointer, count_form, BURIN_UNSIGNED_(sizeof(size_t)), BURIN_OFFSET_(owner, member),                      \
     BURIN_CAST_(uint32_t, sizeof(item)), room, count_at, BURIN_CAST_(int32_t, offsetof(burin_text, len)), type, names}

/* Any integer, float, double, bool, char * (text that ends with NUL), burin_text (pointer and length), burin_value. */
#define BURIN_FIELD(owner, member)                                                                                                \
    BURIN_ROW_(owner, member, BURIN_FORM_OF(BURIN_MEMBER_(owner, member)), BURIN_ONE, false, 0, BURIN_MEMBER_(owner, member), 0, 0, NULL, NULL)
/* char member[N]: text up to its NUL. */
#define BURIN_CHARS(owner, member)                                                                                                \
    BURIN_ROW_(owner, member, BURIN_FORM_CHARS, BURIN_ONE, false, 0, BURIN_MEMBER_(owner, member), 0, 0, NULL, NULL)
/* char *member, with its length in bytes in an integer member. */
#define BURIN_LENGTH_TEXT(owner, member, length)                                                                                  \
    {#member, BURIN_FORM_TEXT, BURIN_ONE, false, 0, BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, length)), BURIN_OFFSET_(owner, member), \
     BURIN_SIZE_(owner, member), 0, 0, BURIN_CAST_(int32_t, offsetof(owner, length)) - BURIN_CAST_(int32_t, offsetof(owner, member)), NULL, NULL}
/* An integer or enum member, shown by the names in `list`, an array of burin_enum. */
#define BURIN_NAMED(owner, member, list)                                                                                          \
    BURIN_ROW_(owner, member, BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, member)), BURIN_ONE, false, 0, BURIN_MEMBER_(owner, member), 0, 0, \
               NULL, list)
/* T *member: one number, bool, burin_text or burin_value, or NULL. */
#define BURIN_OPTIONAL(owner, member)                                                                                             \
    BURIN_ROW_(owner, member, BURIN_FORM_OF(*BURIN_MEMBER_(owner, member)), BURIN_ONE, true, 0, *BURIN_MEMBER_(owner, member), 0, 0, NULL, NULL)
/* A struct in place; a pointer to one or NULL. */
#define BURIN_NESTED(owner, member, type)                                                                                         \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_ONE, false, 0, BURIN_MEMBER_(owner, member), 0, 0, type, NULL)
#define BURIN_POINTER(owner, member, type)                                                                                        \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_ONE, true, 0, *BURIN_MEMBER_(owner, member), 0, 0, type, NULL)
/* T member[N], of what BURIN_FIELD takes; T *member with a count; T member[N] of which a count says how many are in use. */
#define BURIN_FIXED_ARRAY(owner, member)                                                                                          \
    BURIN_ROW_(owner, member, BURIN_FORM_OF(BURIN_MEMBER_(owner, member)[0]), BURIN_FIXED, false, 0, BURIN_MEMBER_(owner, member)[0], \
               BURIN_ROOM_(owner, member), 0, NULL, NULL)
#define BURIN_ARRAY_OF(owner, member, counter)                                                                                    \
    BURIN_ROW_(owner, member, BURIN_FORM_OF(BURIN_MEMBER_(owner, member)[0]), BURIN_COUNTED, false,                                \
               BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, counter)), BURIN_MEMBER_(owner, member)[0], 0, BURIN_OFFSET_(owner, counter), NULL, NULL)
#define BURIN_FILLED_ARRAY(owner, member, counter)                                                                                \
    BURIN_ROW_(owner, member, BURIN_FORM_OF(BURIN_MEMBER_(owner, member)[0]), BURIN_FILLED, false,                                 \
               BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, counter)), BURIN_MEMBER_(owner, member)[0], BURIN_ROOM_(owner, member), \
               BURIN_OFFSET_(owner, counter), NULL, NULL)
/* The same three for structs, and pointers to structs with a count. */
#define BURIN_FIXED_STRUCTS(owner, member, type)                                                                                  \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_FIXED, false, 0, BURIN_MEMBER_(owner, member)[0], BURIN_ROOM_(owner, member), 0, type, NULL)
#define BURIN_STRUCTS(owner, member, counter, type)                                                                               \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_COUNTED, false, BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, counter)),       \
               BURIN_MEMBER_(owner, member)[0], 0, BURIN_OFFSET_(owner, counter), type, NULL)
#define BURIN_FILLED_STRUCTS(owner, member, counter, type)                                                                        \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_FILLED, false, BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, counter)),        \
               BURIN_MEMBER_(owner, member)[0], BURIN_ROOM_(owner, member), BURIN_OFFSET_(owner, counter), type, NULL)
#define BURIN_POINTERS(owner, member, counter, type)                                                                              \
    BURIN_ROW_(owner, member, BURIN_FORM_STRUCT, BURIN_COUNTED, true, BURIN_INTEGER_FORM_OF(BURIN_MEMBER_(owner, counter)),        \
               *BURIN_MEMBER_(owner, member)[0], 0, BURIN_OFFSET_(owner, counter), type, NULL)

/* ---- types ---- */

/* A set of types and of declared variables: immutable, for any number of environments and threads. */
typedef struct burin_types burin_types;

/* Make one of descriptions. Everything is copied.
 *
 * variables  NULL: none are declared.
 * allocator  NULL: malloc; borrowed for the types' life.
 * Returns    NULL after filling `err`: BURIN_ERR_USAGE names the field that is wrong (an unknown or repeated name, a member
 *            beyond its struct's size, a struct that is described with another size than the field has, a form that
 *            cannot be a pointer or have names, an array in a struct that stands for one and is not described so); BURIN_ERR_NOMEM. */
BURIN_API burin_types *burin_types_new(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count,
                                       const burin_allocator *allocator, burin_error *err);
/* NULL is allowed. Environments that use it must be gone. */
BURIN_API void burin_types_free(burin_types *types);

/* The same from a description file, JSON as burin_types_write makes it; also BURIN_ERR_DATA, which names what is wrong. Errors have the line,
 * column and bytes of it in `json`. So tools (`burin check --types FILE`) check templates without the program.
 *
 *   {"structs": [{"name": "item", "size": 16, "fields": [{"name": "price", "form": "f64", "offset": 8, "size": 8}, ...]}, ...],
 *    "variables": {"order": "order", "items": "item[]"}}
 *
 * Keys are burin_field's members: "form" and the like are names of burin/form.def, "shape" is one (default), fixed, counted or
 * filled, "names" a list of [name, number]; what is left out is 0. Other keys are refused. */
BURIN_API burin_types *burin_types_read(burin_text json, const burin_allocator *allocator, burin_error *err);
/* Write descriptions as JSON; the text is malloc'ed, NUL-terminated. BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_types_write(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count,
                                         char **out, size_t *len, burin_error *err);

/* Let an environment's templates read values of these types, and check them, when they are compiled, against the declared
 * variables. Borrowed for the environment's life. BURIN_ERR_USAGE when the environment is in use. */
BURIN_API burin_status burin_env_set_types(burin_env *env, const burin_types *types);

/* ---- values ---- */

/* The struct at `data`, or an array of them; for renders of environments with these types only (elsewhere it has no members).
 * No memory is needed. NULL data (and NULL slice) is none; MISSING when there is no such type.
 *
 * slice  borrowed like the structs themselves: its count is read in the render. */
BURIN_API burin_value burin_struct_value(const burin_types *types, const char *type, const void *data);
BURIN_API burin_value burin_structs_value(const burin_types *types, const char *type, const burin_slice *slice);
/* Where the struct lies if `v` is one of that type, NULL for every other value: for functions of the host. */
BURIN_API const void *burin_struct_data(const burin_types *types, burin_value v, const char *type);

#ifdef __cplusplus
}
#endif
#endif
