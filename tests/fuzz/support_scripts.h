/* What the targets of scripts run in. */
#ifndef BURIN_TESTS_FUZZ_SUPPORT_SCRIPTS_H
#define BURIN_TESTS_FUZZ_SUPPORT_SCRIPTS_H

#include <burin/burin.h>

enum { SUPPORT_STEPS = 20000 };

/* An environment of scripts under small limits, always the same one: making it takes longer than most scripts. */
burin_env *support_script_env(void);

#endif
