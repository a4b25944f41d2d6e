// What every harness in C++ does: measure a piece of work in batches, as bench/c/harness.h does. Time is the thread's CPU time.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

static double cpu_ns()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Warm up; how many `work` fit a batch; `at_once` before each look at the clock. */
template <class Work> static long warm_up(double warm_ms, double batch_ms, int at_once, Work &work)
{
    const double begin = cpu_ns();
    double       now, runs = 0;
    do {
        for (int n = 0; n < at_once; n++)
            work();
        runs += at_once;
        now = cpu_ns();
    } while (now - begin < warm_ms * 1e6);
    return long(batch_ms * 1e6 / ((now - begin) / runs)) + 1;
}

template <class Work> static double batch(long count, Work &work)
{
    const double start = cpu_ns();
    for (long n = 0; n < count; n++)
        work();
    return (cpu_ns() - start) / count;
}

/* A batch for each line that is read, as take_turns of bench/c/harness.h. */
template <class Work> static void take_turns(double warm_ms, double batch_ms, int at_once, Work work)
{
    const long count = warm_up(warm_ms, batch_ms, at_once, work);
    std::puts("warm");
    std::fflush(stdout);
    for (int c; (c = std::getchar()) != EOF;) {
        if (c != '\n')
            continue;
        batch(count / 8, work);
        std::printf("%.2f\n", batch(count, work));
        std::fflush(stdout);
    }
}

/* Median and best time of `work`, ns. */
template <class Work> static std::pair<double, double> measure(double warm_ms, double batch_ms, int batches, int at_once, Work work)
{
    const long          count = warm_up(warm_ms, batch_ms, at_once, work);
    std::vector<double> took(batches);
    for (double &each : took)
        each = batch(count, work);
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[0]};
}
