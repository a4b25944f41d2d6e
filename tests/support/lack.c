#include "lack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool lacked;

void lack(const char *what)
{
    lacked = true;
    print_message("skipped: %s\n", what);
    skip();
}

int lack_ended(int failed) { return failed ? 1 : lacked ? 77 : 0; }
