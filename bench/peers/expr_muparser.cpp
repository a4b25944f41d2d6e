// expr_muparser TASK - WARM_MS BATCH_MS BATCHES: the scalar tasks of bench/c/expr.c in muParser. Built by bench/expr.py where muParser is there.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <muParser.h>
#include <string>
#include <vector>

static double now()
{
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
    const std::string task = argc == 6 ? argv[1] : "", e1 = "((a + b) * sin(c)) / (sqrt(d) + 1)", e4 = "sqrt(1 - sin(2 * a) + cos(_pi / b) / 3)";
    double            v[4] = {1, 2, 3, 4}, kept = 0;
    auto define = [&](mu::Parser &p, const std::string &text) {
        for (int n = 0; n < 4; n++)
            p.DefineVar(std::string(1, char('a' + n)), &v[n]);
        p.SetExpr(text);
        kept += p.Eval();
    };
    mu::Parser            parser;
    std::function<void()> work = [&] {
        for (double &x : v)
            x += 0.001;
        kept += parser.Eval();
    };
    if (task == "scalar E1" || task == "scalar E4") {
        define(parser, task == "scalar E1" ? e1 : e4);
    } else if (task == "compile") {
        work = [&] { mu::Parser p; define(p, e1); };
    } else {
        std::puts("null");
        return 0;
    }
    double begin = now();
    long   runs  = 0;
    do {
        for (int i = 0; i < 8; i++)
            work();
        runs += 8;
    } while (now() - begin < std::atof(argv[3]) * 1e6);
    long                count = long(std::atof(argv[4]) * 1e6 / ((now() - begin) / runs)) + 1;
    std::vector<double> took;
    for (int n = 0; n < std::atoi(argv[5]); n++) {
        begin = now();
        for (long i = 0; i < count; i++)
            work();
        took.push_back((now() - begin) / count);
    }
    std::sort(took.begin(), took.end());
    std::printf("{\"median_ns\": %.2f, \"best_ns\": %.2f, \"kept\": %s}\n", took[took.size() / 2], took[0], kept > 0 ? "true" : "false");
}
