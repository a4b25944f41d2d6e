/* The tables of filters, tests and globals, assembled from the .def files. Methods have their own (methods.c). */
#include "runtime/builtins/support.h"

enum { PURE = BURIN_PURE, CONTEXT = BURIN_CONTEXT, EVAL = BURIN_EVAL, MARKS = RT_MARKS };

const rt_builtin rt_filters[] = {
#define FILTER(name, signature, flags, doc) {#name, signature, filter_##name, flags, 0, doc},
#define ALIAS(other, name, signature, flags, doc) {other, signature, filter_##name, flags, 0, doc},
#include "runtime/builtins/filters.def"
#undef ALIAS
#undef FILTER
};
const size_t rt_filters_count = sizeof rt_filters / sizeof rt_filters[0];

const rt_builtin rt_tests[] = {
#define TEST(name, signature, flags, doc) {#name, signature, test_##name, flags, 0, doc},
#define ALIAS(other, name, signature, flags, doc) {other, signature, test_##name, flags, 0, doc},
#include "runtime/builtins/tests.def"
#undef ALIAS
#undef TEST
};
const size_t rt_tests_count = sizeof rt_tests / sizeof rt_tests[0];

const rt_builtin rt_globals[] = {
#define GLOBAL(name, signature, flags, doc) {#name, signature, global_##name, flags, 0, doc},
#include "runtime/builtins/globals.def"
#undef GLOBAL
};
const size_t rt_globals_count = sizeof rt_globals / sizeof rt_globals[0];
