// ExprTk's row loop over the columns of bench/columns.py: its variables are set, its expression is asked, row by row. Built by bench/columns.py
// where ExprTk is there.
//
//   PROGRAM ROWS NAME FORMULA [NAME FORMULA...]   a line of JSON for each formula: {"formula", "ns", "sum"}, ns a row
#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#define exprtk_disable_rtl_io /* what takes long to compile, and no formula here needs */
#define exprtk_disable_rtl_io_file
#define exprtk_disable_rtl_vecops
#define exprtk_disable_string_capabilities
#include <exprtk.hpp>

enum { COLUMNS = 4 };

int main(int argc, char **argv)
{
    const size_t        rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 0;
    std::vector<double> columns[COLUMNS], out(rows);
    double              v[COLUMNS];
    exprtk::parser<double>       parser;
    exprtk::symbol_table<double> names;
    names.add_constants(); // pi
    for (size_t k = 0; k < COLUMNS; k++) {
        names.add_variable(std::string(1, char('a' + k)), v[k]);
        for (size_t r = 0; r < rows; r++)
            columns[k].push_back(0.1 + double((r * 7919 + k * 104729) % 10007) / 1009);
    }
    for (int n = 2; n + 1 < argc; n += 2) {
        exprtk::expression<double> expression;
        expression.register_symbol_table(names);
        if (!parser.compile(argv[n + 1], expression))
            return 1;
        const double ns = measure(20, 20, 3, 1, [&] {
            for (size_t r = 0; r < rows; r++) {
                for (size_t k = 0; k < COLUMNS; k++)
                    v[k] = columns[k][r];
                out[r] = expression.value();
            }
        }).first;
        double sum = 0;
        for (double x : out)
            sum += x;
        std::printf("{\"formula\": \"%s\", \"ns\": %.4f, \"sum\": %.17g}\n", argv[n], ns / double(rows), sum);
    }
    return 0;
}
