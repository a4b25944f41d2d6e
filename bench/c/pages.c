/* Tables, teams, fortunes, stocks, static text: what the templates of the same names say, as a C programmer who wants the
 * last nanosecond would write it. One capacity check for each group of pieces; see write.h. */
#include "bench/c/pages.h"

size_t page_table(page *to, const workload *w)
{
    char *at = reserve(to, to->data, 16);
    at       = LITERAL(at, "<table>\n");
    for (const row *r = w->table.rows, *last = r + w->table.count; r < last; r++) {
        at = reserve(to, at, 16 + r->count * (sizeof "<td></td>" - 1 + 11));
        at = LITERAL(at, "<tr>");
        for (const int *cell = r->cells, *end = cell + r->count; cell < end; cell++) {
            at = LITERAL(at, "<td>");
            at = put_int(at, *cell);
            at = LITERAL(at, "</td>");
        }
        at = LITERAL(at, "</tr>\n");
    }
    at = reserve(to, at, 16);
    at = LITERAL(at, "</table>");
    return (size_t)(at - to->data);
}

size_t page_teams(page *to, const workload *w)
{
    char *at = reserve(to, to->data, 256);
    at       = LITERAL(at, "<html>\n  <head>\n    <title>");
    at       = put_int(at, w->year);
    at       = LITERAL(at, "</title>\n  </head>\n  <body>\n    <h1>CSL ");
    at       = put_int(at, w->year);
    at       = LITERAL(at, "</h1>\n    <ul>");
    for (size_t i = 0; i < w->team_count; i++) {
        const team *t = &w->teams[i];
        at               = reserve(to, at, 128 + t->name.len * ESCAPED_MAX);
        at               = LITERAL(at, "\n      <li class=\"");
        if (i == 0)
            at = LITERAL(at, "champion");
        at = LITERAL(at, "\">\n      <b>");
        at = put_escaped(at, t->name);
        at = LITERAL(at, "</b>: ");
        at = put_int(at, t->score);
        at = LITERAL(at, "\n      </li>");
    }
    at = reserve(to, at, 64);
    at = LITERAL(at, "\n    </ul>\n  </body>\n</html>");
    return (size_t)(at - to->data);
}

size_t page_fortunes(page *to, const workload *w)
{
    char *at = reserve(to, to->data, 256);
    at       = LITERAL(at, "<!DOCTYPE html>\n<html>\n<head><title>Fortunes</title></head>\n<body>\n<table>\n"
                                 "<tr><th>id</th><th>message</th></tr>\n");
    for (size_t i = 0; i < w->fortune_count; i++) {
        const fortune *f = &w->fortunes[i];
        at                     = reserve(to, at, 64 + f->message.len * ESCAPED_MAX);
        at                     = LITERAL(at, "<tr><td>");
        at                     = put_int(at, f->id);
        at                     = LITERAL(at, "</td><td>");
        at                     = put_escaped(at, f->message);
        at                     = LITERAL(at, "</td></tr>\n");
    }
    at = reserve(to, at, 64);
    at = LITERAL(at, "</table>\n</body>\n</html>");
    return (size_t)(at - to->data);
}

static const char stocks_head[] =
    "<!DOCTYPE html>\n<html>\n<head>\n<title>Stock Prices</title>\n"
    "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />\n"
    "<meta http-equiv=\"Content-Style-Type\" content=\"text/css\" />\n"
    "<meta http-equiv=\"Content-Script-Type\" content=\"text/javascript\" />\n"
    "<link rel=\"shortcut icon\" href=\"/images/favicon.ico\" />\n"
    "<link rel=\"stylesheet\" type=\"text/css\" href=\"/css/style.css\" media=\"all\" />\n"
    "<script type=\"text/javascript\" src=\"/js/util.js\"></script>\n<style type=\"text/css\">\n/*<![CDATA[*/\n"
    "body {\n\tcolor: #333333;\n\tline-height: 150%;\n}\n\nthead {\n\tfont-weight: bold;\n\tbackground-color: #CCCCCC;\n}\n\n"
    ".odd {\n\tbackground-color: #FFCCCC;\n}\n\n.even {\n\tbackground-color: #CCCCFF;\n}\n\n.minus {\n\tcolor: #FF0000;\n}\n\n"
    "/*]]>*/\n</style>\n\n</head>\n\n<body>\n\n\t<h1>Stock Prices</h1>\n\n\t<table>\n\t\t<thead>\n\t\t\t<tr>\n"
    "\t\t\t\t<th>#</th>\n\t\t\t\t<th>symbol</th>\n\t\t\t\t<th>name</th>\n\t\t\t\t<th>price</th>\n\t\t\t\t<th>change</th>\n"
    "\t\t\t\t<th>ratio</th>\n\t\t\t</tr>\n\t\t</thead>\n\t\t<tbody>\n";

static inline char *put_stock(char *at, const stock *s, size_t index)
{
    if (index % 2 == 0)
        at = LITERAL(at, "\t\t\t<tr class=\"even\">\n\t\t\t\t<td>");
    else
        at = LITERAL(at, "\t\t\t<tr class=\"odd\">\n\t\t\t\t<td>");
    at = put_uint(at, index);
    at = LITERAL(at, "</td>\n\t\t\t\t<td><a href=\"/stocks/");
    at = put_escaped(at, s->symbol);
    at = LITERAL(at, "\">");
    at = put_escaped(at, s->symbol);
    at = LITERAL(at, "</a></td>\n\t\t\t\t<td><a href=\"");
    at = put_escaped(at, s->url);
    at = LITERAL(at, "\">");
    at = put_escaped(at, s->name);
    at = LITERAL(at, "</a></td>\n\t\t\t\t<td><strong>");
    at = put_double(at, s->price);
    if (s->change < 0.0) {
        at = LITERAL(at, "</strong></td>\n\t\t\t\t<td class=\"minus\">");
        at = put_double(at, s->change);
        at = LITERAL(at, "</td>\n\t\t\t\t<td class=\"minus\">");
    } else {
        at = LITERAL(at, "</strong></td>\n\t\t\t\t<td>");
        at = put_double(at, s->change);
        at = LITERAL(at, "</td>\n\t\t\t\t<td>");
    }
    at = put_double(at, s->ratio);
    return LITERAL(at, "</td>\n\t\t\t</tr>\n");
}

size_t page_stocks(page *to, const workload *w)
{
    char *at = reserve(to, to->data, sizeof stocks_head);
    at       = LITERAL(at, stocks_head);
    for (size_t i = 0; i < w->stock_count; i++) {
        const stock *s = &w->stocks[i];
        at = reserve(to, at, 512 + (2 * s->symbol.len + s->url.len + s->name.len) * ESCAPED_MAX);
        at = put_stock(at, s, i + 1);
    }
    at = reserve(to, at, 64);
    at = LITERAL(at, "\t\t</tbody>\n\t</table>\n\n</body>\n</html>");
    return (size_t)(at - to->data);
}

size_t page_static(page *to, const workload *w)
{
    char *at = to->data;
    for (size_t i = 0; i < 30; i++) {
        at = reserve(to, at, w->pieces[i].len + w->values[i].len * ESCAPED_MAX);
        at = put_text(at, w->pieces[i]);
        at = put_escaped(at, w->values[i]);
    }
    at = reserve(to, at, w->pieces[30].len);
    at = put_text(at, w->pieces[30]);
    return (size_t)(at - to->data);
}
