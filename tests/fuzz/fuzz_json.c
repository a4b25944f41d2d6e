/* JSON in, and what was read out again: writing and reading once more must give the same text. */
#include <burin/burin.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_heap *heap  = burin_heap_new(NULL);
    burin_error err   = BURIN_ERROR_INIT;
    burin_value value, again;
    char       *first = NULL, *second = NULL;
    size_t      len, len2;
    if (burin_json_read(heap, (burin_text){(const char *)data, size}, false, &value, &err) == BURIN_OK) {
        burin_optimize(heap, value);
        if (burin_json_write(value, -1, &first, &len, &err) == BURIN_OK) {
            if (burin_json_read(heap, (burin_text){first, len}, true, &again, &err) || burin_json_write(again, -1, &second, &len2, &err) ||
                len != len2 || memcmp(first, second, len))
                abort();
        }
    }
    free(first);
    free(second);
    burin_error_clear(&err);
    burin_heap_free(heap);
    return 0;
}
