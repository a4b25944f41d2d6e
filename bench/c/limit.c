/* The limit: each workload written by hand in C over typed structs. `c` is the ratio's 1.0 of docs/BENCHMARKS.md. */
#include "bench/c/harness.h"
#include "bench/c/pages.h"

static const struct { const char *workload; page_writer write; } pages[] = {
    {"bigtable", page_table}, {"dicttable", page_table}, {"teams", page_teams},     {"fortunes", page_fortunes}, {"stocks20", page_stocks},
    {"stocks200", page_stocks}, {"inherit", page_inherit}, {"static", page_static}, {"chat", page_chat},         {"chattools", page_chat},
};

typedef struct job {
    page        page;
    workload    data;
    page_writer write;
    size_t      len;
} job;

static void render(void *user)
{
    job *j = user;
    j->len = j->write(&j->page, &j->data);
    keep(j->page.data);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        die("usage", "check|time WORKLOAD FOLDER ...");
    job j  = {.page = {malloc(SLACK), SLACK}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(pages[i].workload, argv[2]) == 0)
            j.write = pages[i].write;
    if (!j.write)
        die("no such workload", argv[2]);
    workload_load(&j.data, argv[2], argv[3]);
    render(&j);
    if (strcmp(argv[1], "check") == 0) {
        write_file(argv[4], j.page.data, j.len);
        return 0;
    }
    if (argc < 6)
        die("usage", "time WORKLOAD FOLDER WARM_MS BATCH_MS");
    take_turns(render, &j, argv[4], argv[5]);
    return 0;
}
