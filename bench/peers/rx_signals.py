"""RxPY on those of the reactive workloads that it can express: python3 rx_signals.py [--quick | version].

One JSON object: ns a computation as a glitch-free engine counts them, the best of blocks of writes. Where branches meet,
combine_latest emits once an arm, so the diamond's last output of a write is the right one; that is what is asserted.
"""
import json
import sys
import threading
import time

import rx
from rx import operators as ops
from rx.subject import BehaviorSubject


def chains(width, layers):
    head, seen = BehaviorSubject(0), [None] * width

    def watch(k):
        def see(value):
            seen[k] = value
        return see
    for k in range(width):
        last = head
        for _ in range(layers):
            last = last.pipe(ops.map(lambda value: value + 1))
        last.subscribe(watch(k))
    return head, lambda n: seen[width - 1] == n + layers


def diamond():
    head, seen = BehaviorSubject(0), [None]
    arms = [head.pipe(ops.map(lambda value: value + 1)) for _ in range(5)]

    def see(value):
        seen[0] = value
    rx.combine_latest(*arms).pipe(ops.map(sum)).subscribe(see)
    return head, lambda n: seen[0] == 5 * (n + 1)


WORKLOADS = {"broad": (150, lambda: chains(50, 2)), "deep": (51, lambda: chains(1, 50)), "diamond": (7, diamond),
             "1 to 1": (2, lambda: chains(1, 1)), "1 to 1000": (2000, lambda: chains(1000, 1)), "chain of 1000": (1001, lambda: chains(1, 1000))}


def best(fewest, make, block_ms, blocks):
    head, is_right = make()
    number, best_ns = 0, None
    for _ in range(blocks):
        begin = time.thread_time_ns()
        writes = 0
        while time.thread_time_ns() - begin < block_ms * 1e6:
            for _ in range(10):
                number += 1
                writes += 1
                head.on_next(number)
                if not is_right(number):
                    raise SystemExit("a wrong result")
        ns = (time.thread_time_ns() - begin) / writes / fewest
        best_ns = ns if best_ns is None else min(best_ns, ns)
    return round(best_ns, 3)


def main():
    quick = "--quick" in sys.argv
    print(json.dumps({name: best(fewest, make, 5, 5 if quick else 20) for name, (fewest, make) in WORKLOADS.items()}))


if __name__ == "__main__":
    if "version" in sys.argv:
        print(rx.__version__)
    else:
        sys.setrecursionlimit(100000)  # RxPY calls one operator from another: the chain needs a frame or more for each
        threading.stack_size(512 << 20)
        thread = threading.Thread(target=main)
        thread.start()
        thread.join()
