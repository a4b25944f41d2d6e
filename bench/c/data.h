/* The workloads' data as C programs would hold it: typed structs. Read once from the JSON files. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include "bench/c/write.h"

typedef struct row { const int *cells; size_t count; } row;
typedef struct table { const row *rows; size_t count; } table;
typedef struct team { text name; int score; } team;
typedef struct fortune { int id; text message; } fortune;
typedef struct stock { text name, url, symbol; double price, change, ratio; } stock;
typedef struct link { text href, caption; } link;
typedef struct author { text href, username; } author;
typedef struct article { text href, title; author user; text pub_date, body; int published; } article;
typedef struct message { text role, content; } message;
typedef struct property { text name, type, description; const text *choices; size_t choice_count; } property;
typedef struct tool { text type, name, description, parameters_type; const property *properties; size_t property_count; const text *required; size_t required_count; } tool;

typedef struct workload {
    table          table;
    int            year;
    const team    *teams;
    const fortune *fortunes;
    const stock   *stocks;
    const link    *links;
    const article *articles;
    const message *messages;
    const tool    *tools;
    size_t         team_count, fortune_count, stock_count, link_count, article_count, message_count, tool_count;
    int            site_year, add_generation_prompt;
    text           site_owner;
    text           values[30], pieces[31]; /* of the static page: what is between its values */
} workload;

/* `folder` holds data/ and templates/. Ends the process when something is missing. */
void workload_load(workload *w, const char *name, const char *folder);

#endif
