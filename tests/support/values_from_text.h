/* Values for tables of tests, written as Python literals; also M'...' for Markup, `nan`, and `undefined`, `strict`,
 * `chainable` for undefined values named x. */
#ifndef BURIN_TESTS_SUPPORT_VALUES_FROM_TEXT_H
#define BURIN_TESTS_SUPPORT_VALUES_FROM_TEXT_H

#include "runtime/attribute.h"
#include "runtime/convert.h"
#include "tests/support/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

burin_value undefined_of(run *r, rt_undefined_class cls);
burin_value value_of(run *r, const char *literal);
/* repr of `v`, or "Class: message" when the status is a failure; the error is cleared. */
const char *outcome(run *r, burin_status status, burin_value v);

#endif
