// ExprTk. Built by bench/expr.py where ExprTk is there.
#include "expr_scalar.hpp"

#define exprtk_disable_rtl_io /* what takes long to compile, and no formula here needs */
#define exprtk_disable_rtl_io_file
#define exprtk_disable_rtl_vecops
#define exprtk_disable_string_capabilities
#include <exprtk.hpp>

struct Expression {
    exprtk::expression<double> expression;
    Expression(const std::string &text, double *v)
    {
        static exprtk::parser<double> parser; // costs a millisecond
        exprtk::symbol_table<double>  names;
        for (int n = 0; n < 4; n++)
            names.add_variable(std::string(1, char('a' + n)), v[n]);
        names.add_constants(); // pi
        expression.register_symbol_table(names);
        if (!parser.compile(text, expression))
            std::exit(1);
    }
    double value() { return expression.value(); }
};

int main(int argc, char **argv) { return scalar_tasks<Expression>(argc, argv, "pi"); }
