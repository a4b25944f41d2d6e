/* Where the variables of a workload's template come from: variables_json.c or variables_structs.c. */
#ifndef BENCH_VARIABLES_H
#define BENCH_VARIABLES_H

#include <burin/burin.h>

/* The variables, which live as long as the process. `env` is not in use yet. Ends the process where something is missing. */
burin_value bench_variables(burin_env *env, const char *workload, const char *folder);

#endif
