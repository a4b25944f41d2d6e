"""What every harness in Python does: measure a piece of work in batches, as bench/c/harness.h does. Time is the thread's CPU time."""
import statistics
import sys
import time

now = time.thread_time_ns


def warm_up(work, warm_ms, batch_ms):
    """How many fit a batch."""
    runs, begin = 0, now()
    while True:
        work()
        runs += 1
        if now() - begin >= warm_ms * 1e6:
            break
    return int(batch_ms * 1e6 / ((now() - begin) / runs)) + 1


def batch(work, count):
    begin = now()
    for _ in range(count):
        work()
    return (now() - begin) / max(count, 1)


def take_turns(work, warm_ms, batch_ms):
    """A batch for each line that is read."""
    count = warm_up(work, warm_ms, batch_ms)
    print("warm", flush=True)
    while sys.stdin.readline():
        batch(work, count // 8)
        print("%.2f" % batch(work, count), flush=True)


def median_time(work, warm_ms, batch_ms, batches):
    count = warm_up(work, warm_ms, batch_ms)
    return statistics.median(batch(work, count) for _ in range(batches))
