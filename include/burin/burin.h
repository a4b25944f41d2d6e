/* burin.h: everything. Jinja2 templates and Python-style expressions, compiled.
 *
 *     burin_env *env = burin_env_new(NULL, &err);
 *     burin_template *tpl = burin_template_from_string(env, "hello", BURIN_TEXT("Hello {{ name }}!"), &err);
 *
 * Life of things: environment (configured once, then shared) -> templates (immutable, shared) -> renders (one a thread,
 * reused) -> values in heaps. See README.md for a whole program. */
#ifndef BURIN_H
#define BURIN_H

#include "burin/address.h"
#include "burin/durable.h"
#include "burin/columns.h"
#include "burin/compiled.h"
#include "burin/environment.h"
#include "burin/error.h"
#include "burin/events.h"
#include "burin/exchange.h"
#include "burin/follow.h"
#include "burin/formula.h"
#include "burin/function.h"
#include "burin/grant.h"
#include "burin/interpreter.h"
#include "burin/jit.h"
#include "burin/live.h"
#include "burin/operators.h"
#include "burin/pool.h"
#include "burin/reactive.h"
#include "burin/registry.h"
#include "burin/store.h"
#include "burin/struct.h"
#include "burin/template.h"
#include "burin/types.h"
#include "burin/value.h"
#include "burin/version.h"
#include "burin/watch.h"

#endif
