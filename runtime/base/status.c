/* The names of what a call may come to: the table of burin/status.def as text. */
#include "burin/types.h"

const char *burin_status_class(burin_status status)
{
    static const char *const classes[] = {
#define STATUS(NAME, class_name, meaning) class_name,
#include "burin/status.def"
#undef STATUS
    };
    return (unsigned)status < BURIN_STATUS_COUNT ? classes[status] : "";
}
