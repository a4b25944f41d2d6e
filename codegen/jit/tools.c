/* gdb's JIT interface (gdb manual, "JIT Compilation Interface") and perf's map (tools/perf/Documentation/jit-interface.txt). */
#define _GNU_SOURCE
#include "codegen/jit/tools.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- gdb ---- */

struct tools_entry { /* jit_code_entry, and what is ours behind it */
    struct tools_entry    *next, *previous;
    const char            *file;
    uint64_t               size;
    const burin_allocator *alloc;
    char                  *copy;
};

enum { NOTHING, REGISTERED, UNREGISTERED };

typedef struct jit_descriptor {
    uint32_t     version, action;
    tools_entry *relevant, *first;
} jit_descriptor;

/* These two names are gdb's. */
extern jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code(void);

jit_descriptor  __jit_debug_descriptor = {.version = 1};
static pthread_mutex_t descriptor_lock = PTHREAD_MUTEX_INITIALIZER;

/* gdb stops here to look. */
__attribute__((noinline)) void __jit_debug_register_code(void) { __asm__ volatile("" ::: "memory"); }

static void tell(tools_entry *entry, uint32_t action)
{
    __jit_debug_descriptor.relevant = entry;
    __jit_debug_descriptor.action   = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.relevant = NULL;
    __jit_debug_descriptor.action   = NOTHING;
}

tools_entry *tools_debugger_add(const burin_allocator *alloc, const object *o, burin_text bytes)
{
    tools_entry *entry = base_alloc(alloc, sizeof *entry);
    char        *copy  = entry ? object_for_debugger(o, alloc, bytes) : NULL;
    if (!copy) {
        base_free(alloc, entry, sizeof *entry);
        return NULL;
    }
    *entry = (tools_entry){.file = copy, .size = bytes.len, .alloc = alloc, .copy = copy};
    pthread_mutex_lock(&descriptor_lock);
    entry->next = __jit_debug_descriptor.first;
    if (entry->next)
        entry->next->previous = entry;
    __jit_debug_descriptor.first = entry;
    tell(entry, REGISTERED);
    pthread_mutex_unlock(&descriptor_lock);
    return entry;
}

void tools_debugger_remove(tools_entry *entry)
{
    if (!entry)
        return;
    pthread_mutex_lock(&descriptor_lock);
    if (entry->previous)
        entry->previous->next = entry->next;
    else
        __jit_debug_descriptor.first = entry->next;
    if (entry->next)
        entry->next->previous = entry->previous;
    tell(entry, UNREGISTERED);
    pthread_mutex_unlock(&descriptor_lock);
    base_free(entry->alloc, entry->copy, entry->size);
    base_free(entry->alloc, entry, sizeof *entry);
}

/* ---- perf ---- */

static void print_function(void *user, const char *name, void *address, size_t size)
{
    dprintf(*(int *)user, "%lx %zx %s\n", (unsigned long)(uintptr_t)address, size, name);
}

void tools_profiler_add(const object *o)
{
    char        path[64];
    struct stat what;
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (fstat(fd, &what) == 0 && S_ISREG(what.st_mode) && what.st_uid == geteuid() && what.st_nlink == 1)
        object_each(o, print_function, &fd);
    close(fd);
}
