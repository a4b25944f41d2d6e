// The scalar tasks of bench/c/expr.c for engines in C++: PROGRAM TASK - WARM_MS BATCH_MS, in turns.
#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

template <class Work> static void show(char **argv, Work work)
{
    take_turns(std::atof(argv[3]), std::atof(argv[4]), 8, work);
}

// `pi` is its name in the engine. An Expression is made of a text and the variables a, b, c, d, and gives its value.
template <class Expression> static int scalar_tasks(int argc, char **argv, const std::string &pi)
{
    const std::string task = argc == 5 ? argv[1] : "", e1 = "((a + b) * sin(c)) / (sqrt(d) + 1)", e4 = "sqrt(1 - sin(2 * a) + cos(" + pi + " / b) / 3)";
    double            v[4] = {1, 2, 3, 4};
    volatile double   kept = 0;
    if (task == "scalar E1" || task == "scalar E4") {
        Expression expression(task == "scalar E1" ? e1 : e4, v);
        show(argv, [&] {
            for (double &x : v)
                x += 0.001;
            kept = expression.value();
        });
    } else if (task == "compile") {
        show(argv, [&] { kept = Expression(e1, v).value(); });
    } else {
        std::fprintf(stderr, "there is no task %s\n", task.c_str());
        return 1;
    }
    return 0;
}
