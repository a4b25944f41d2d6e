// muParser. Built by bench/expr.py where muParser is there.
#include "expr_scalar.hpp"

#include <muParser.h>

struct Expression {
    mu::Parser parser;
    Expression(const std::string &text, double *v)
    {
        for (int n = 0; n < 4; n++)
            parser.DefineVar(std::string(1, char('a' + n)), &v[n]);
        parser.SetExpr(text);
    }
    double value() { return parser.Eval(); }
};

int main(int argc, char **argv) { return scalar_tasks<Expression>(argc, argv, "_pi"); }
