/* Data that is read from JSON and optimised once, as a host would keep it. */
#include "bench/c/harness.h"
#include "bench/c/variables.h"

burin_value bench_variables(burin_env *env, const char *workload, const char *folder)
{
    char        path[1280];
    size_t      len;
    burin_value vars;
    burin_error err = BURIN_ERROR_INIT;
    (void)env;
    snprintf(path, sizeof path, "%s/data/%s.json", folder, workload);
    char       *json = read_file(path, 0, &len);
    burin_heap *heap = burin_heap_new(NULL);
    if (!heap || burin_json_read(heap, (burin_text){json, len}, true, &vars, &err) || burin_optimize(heap, vars))
        die(path, err.message);
    return vars;
}
