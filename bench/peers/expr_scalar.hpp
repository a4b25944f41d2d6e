// The scalar tasks of bench/c/expr.c for engines in C++: PROGRAM TASK - WARM_MS BATCH_MS BATCHES, one line of JSON.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

static double now()
{
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

template <class Work> static void measure(char **argv, Work work)
{
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
    std::printf("{\"median_ns\": %.2f, \"best_ns\": %.2f}\n", took[took.size() / 2], took[0]);
}

// `pi` is its name in the engine. An Expression is made of a text and the variables a, b, c, d, and gives its value.
template <class Expression> static int scalar_tasks(int argc, char **argv, const std::string &pi)
{
    const std::string task = argc == 6 ? argv[1] : "", e1 = "((a + b) * sin(c)) / (sqrt(d) + 1)", e4 = "sqrt(1 - sin(2 * a) + cos(" + pi + " / b) / 3)";
    double            v[4] = {1, 2, 3, 4};
    volatile double   kept = 0;
    if (task == "scalar E1" || task == "scalar E4") {
        Expression expression(task == "scalar E1" ? e1 : e4, v);
        measure(argv, [&] {
            for (double &x : v)
                x += 0.001;
            kept = expression.value();
        });
    } else if (task == "compile") {
        measure(argv, [&] { kept = Expression(e1, v).value(); });
    } else {
        std::puts("null");
    }
    return 0;
}
