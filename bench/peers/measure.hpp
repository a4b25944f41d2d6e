// What every harness in C++ does: measure a piece of work in batches, as bench/c/harness.h does. Time is the thread's CPU time.
#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

static double cpu_ns()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Median and best time of `work`, ns: warm up, find how many fit a batch, time the batches; `at_once` before each look at the clock. */
template <class Work> static std::pair<double, double> measure(double warm_ms, double batch_ms, int batches, int at_once, Work work)
{
    const double begin = cpu_ns();
    double       now, runs = 0;
    do {
        for (int n = 0; n < at_once; n++)
            work();
        runs += at_once;
        now = cpu_ns();
    } while (now - begin < warm_ms * 1e6);
    const long          count = long(batch_ms * 1e6 / ((now - begin) / runs)) + 1;
    std::vector<double> took(batches);
    for (double &each : took) {
        const double start = cpu_ns();
        for (long n = 0; n < count; n++)
            work();
        each = (cpu_ns() - start) / count;
    }
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[0]};
}
