/* The functions behind presets.def. Each is a burin_function; files named preset_*.c hold them by kind. */
#ifndef BURIN_ENGINE_PRESETS_H
#define BURIN_ENGINE_PRESETS_H

#include "burin/environment.h"

#define OPTION(preset, field, value)
#define FINALIZE(preset, fn, flags, doc) burin_status fn(burin_call *call, burin_value *out);
#define FUNCTION(preset, name, signature, fn, flags, doc) burin_status fn(burin_call *call, burin_value *out);
#define FILTER FUNCTION
#define TEST FUNCTION
#include "engine/presets.def"
#undef TEST
#undef FILTER
#undef FUNCTION
#undef FINALIZE
#undef OPTION

#endif
