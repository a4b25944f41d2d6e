#include "tests/fuzz/support_scripts.h"

burin_env *support_script_env(void)
{
    static burin_env *env;
    burin_options     options = burin_options_default();
    options.scripts           = true;
    options.limits            = (burin_limits){.steps = SUPPORT_STEPS, .memory = 16u << 20, .output = 1u << 18, .time_ns = 2000000000u, .depth = 60, .nesting = 100, .integer_bits = 20000};
    options.random_seed       = 1;
    if (!env)
        env = burin_env_new(&options, NULL);
    return env;
}
