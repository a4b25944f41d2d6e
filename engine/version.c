#include "burin/version.h"

const char *burin_version(void) { return BURIN_VERSION; }
