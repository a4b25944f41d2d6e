/* The pages of the benchmark, written by hand. */
#ifndef BENCH_PAGES_H
#define BENCH_PAGES_H

#include "bench/c/data.h"

/* Write the page at the start of `to`; the length. */
typedef size_t (*page_writer)(page *to, const workload *w);

size_t page_table(page *to, const workload *w);
size_t page_teams(page *to, const workload *w);
size_t page_fortunes(page *to, const workload *w);
size_t page_stocks(page *to, const workload *w);
size_t page_static(page *to, const workload *w);
size_t page_inherit(page *to, const workload *w);
size_t page_chat(page *to, const workload *w);

#endif
