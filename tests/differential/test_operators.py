"""The operators of burin/operators.h against RxPY's, on random pipelines and random events.

A node is modelled in RxPY as a BehaviorSubject that an operator's output goes into, with repeats left out: it holds None until then.
Pipelines are trees, so that RxPY, which emits in the middle of a batch, cannot see half of one. Where several inner streams of flat_map,
or windows that overlap, emit at one event, the last counts. BURIN_CASES, BURIN_SEED: how many, which."""
import itertools
import json
import os
import random
import subprocess
import sys

try:
    import rx
    from rx import operators as ops
    from rx.scheduler import ImmediateScheduler
    from rx.subject import BehaviorSubject, ReplaySubject, Subject
    from rx.testing import TestScheduler
except ImportError:
    print("RxPY (package python3-rx) is missing: nothing has been compared")
    sys.exit(77)

SEED = int(os.environ.get("BURIN_SEED", "1"))
CASES = int(os.environ.get("BURIN_CASES", "400"))
EVENTS = 30
NUMBERS = range(0, 5)


def same(a, b):
    """Lists are new ones every time; other values are the same by kind and value."""
    return a is b if isinstance(a, list) else type(a) is type(b) and a == b


def fold(so_far, v):
    return so_far + v if isinstance(v, int) else so_far


def mapped(v):
    return v * 3 % 7 if isinstance(v, int) else None


def combined(a, b):
    return 10 * a + b if isinstance(a, int) and isinstance(b, int) else None


def is_even(v):
    return isinstance(v, int) and v % 2 == 0


class Moment(ImmediateScheduler):
    """Has the time of another scheduler, and puts nothing off."""
    def __new__(cls, time):
        return object.__new__(cls)

    def __init__(self, time):
        self.time = time

    @property
    def now(self):
        return self.time.now


def late_reader(source, count, window=None, time=None):
    """What somebody who subscribes after each event is told; and, with a window, when a value has become too old."""
    subject = ReplaySubject(buffer_size=count or None, window=window, scheduler=Moment(time) if time else ImmediateScheduler())
    source.subscribe(subject)

    def told(_):
        values = []
        subject.subscribe(values.append).dispose()
        return values
    if not time:
        return source.pipe(ops.map(told))
    moments = rx.merge(source, source.pipe(ops.delay(window + 1, scheduler=time)))
    return moments.pipe(ops.map(told), ops.distinct_until_changed(comparer=lambda a, b: len(a) == len(b) and all(map(same, a, b))))


def flattened(window):
    return window.pipe(ops.scan(lambda so_far, v: so_far + [v], []))


def retried(source):
    chance = itertools.count()

    def attempt(v):
        def subscribe(_scheduler):
            return rx.throw(ValueError()) if next(chance) % 3 else rx.just(v)
        return rx.defer(subscribe).pipe(ops.retry(3), ops.catch(rx.empty()))
    return source.pipe(ops.flat_map(attempt))


def failing(v):
    """A computation that fails, now and then."""
    if isinstance(v, int) and v % 3 == 0:
        raise ValueError()
    return v


def caught(source, instead):
    """catch goes on with another stream: here with a value, and then with what comes, which may fail again."""
    def from_now_on(stream):
        return stream.pipe(ops.map(failing), ops.catch(lambda _error, _source: at_once(instead, from_now_on(source.pipe(ops.skip(1))))))
    return from_now_on(source)


def inner_streams(source, other, limit):
    def project(v):
        return other.pipe(ops.map(lambda x: combined(v, x))) if isinstance(v, int) else rx.empty()
    streams = source.pipe(ops.map(project))
    return streams.pipe(ops.switch_latest() if limit == 1 else ops.merge_all())


def at_once(first, stream):
    """start_with puts its value off when it is subscribed to from inside an event."""
    def subscribe(observer, _scheduler):
        observer.on_next(first)
        return stream.subscribe(observer)
    return rx.create(subscribe)


def parent_last(source, op):
    """RxPY's with_latest_from listens to the others after the source, whose present value then finds none; here they come first, as in RxJS."""
    def subscribe(observer, _scheduler):
        subject = Subject()
        listening = subject.pipe(op).subscribe(observer)
        source.subscribe(subject)
        return listening
    return rx.create(subscribe)


def in_order(row, limit):
    return sorted(v for v in row if isinstance(v, int))[:limit or None]


def grouped(row):
    return sum(row[2] if isinstance(row[2], int) else 0 for key in row[:2] if isinstance(key, int) and key == 2)


# name: how many streams it reads, what numbers it takes besides, what it is in RxPY (streams, numbers, scheduler)
OPERATORS = {
    "map": (1, [], lambda s, n, t: s[0].pipe(ops.map(mapped))),
    "combine_latest": (2, [], lambda s, n, t: rx.combine_latest(*s).pipe(ops.map(lambda row: combined(*row)))),
    "filter": (1, [], lambda s, n, t: s[0].pipe(ops.filter(is_even))),
    "scan": (1, [], lambda s, n, t: s[0].pipe(ops.scan(fold, 0))),
    "merge": (2, [], lambda s, n, t: rx.merge(*s)),
    "start_with": (1, [range(5)], lambda s, n, t: s[0].pipe(ops.skip(1), ops.start_with(n[0]))),
    "sample": (2, [], lambda s, n, t: s[0].pipe(ops.sample(s[1].pipe(ops.skip(1))))),
    "take": (1, [range(0, 6)], lambda s, n, t: s[0].pipe(ops.take(n[0]))),
    "skip": (1, [range(0, 6)], lambda s, n, t: s[0].pipe(ops.skip(n[0]))),
    "take_until": (2, [], lambda s, n, t: s[0].pipe(ops.take_until(s[1].pipe(ops.skip(1))))),
    "switch_latest": (3, [], lambda s, n, t: s[0].pipe(ops.map(lambda i: s[1 + i] if i in (0, 1) and isinstance(i, int) else rx.just(None)), ops.switch_latest())),
    "zip": (2, [], lambda s, n, t: rx.zip(*s).pipe(ops.map(list))),
    "with_latest_from": (2, [], lambda s, n, t: parent_last(s[0], ops.with_latest_from(s[1])).pipe(ops.map(list))),
    "buffer_with_count": (1, [range(1, 5), range(1, 5)], lambda s, n, t: s[0].pipe(ops.buffer_with_count(n[0], n[1]))),
    "buffer": (2, [], lambda s, n, t: s[0].pipe(ops.buffer(s[1].pipe(ops.skip(1))))),
    "window_with_count": (1, [range(1, 5), range(1, 5)], lambda s, n, t: s[0].pipe(ops.window_with_count(n[0], n[1]), ops.flat_map(flattened))),
    "window": (2, [], lambda s, n, t: s[0].pipe(ops.window(s[1].pipe(ops.skip(1))), ops.flat_map(lambda w: at_once([], flattened(w))))),
    "replay": (1, [range(1, 5)], lambda s, n, t: late_reader(s[0], n[0])),
    "replay_time": (1, [range(0, 5), range(0, 9)], lambda s, n, t: late_reader(s[0], n[0], n[1], t)),
    "debounce": (1, [range(1, 9)], lambda s, n, t: s[0].pipe(ops.debounce(n[0], scheduler=t))),
    "throttle_first": (1, [range(1, 9)], lambda s, n, t: s[0].pipe(ops.throttle_first(n[0], scheduler=t))),
    "sample_every": (1, [range(1, 9)], lambda s, n, t: s[0].pipe(ops.sample(n[0], scheduler=t))),
    "interval": (0, [range(1, 9)], lambda s, n, t: rx.interval(n[0], scheduler=t)),
    "catch": (1, [range(5)], lambda s, n, t: caught(s[0], n[0])),
    "retry": (1, [], lambda s, n, t: retried(s[0])),
    "flat_map": (2, [[1, 100000]], lambda s, n, t: inner_streams(s[0], s[1], n[0])),
    "sort": (3, [range(0, 4)], lambda s, n, t: rx.combine_latest(*s).pipe(ops.distinct_until_changed(), ops.map(lambda row: in_order(row, n[0])),
                                                                          ops.distinct_until_changed())),
    "group_by": (3, [], lambda s, n, t: rx.combine_latest(*s).pipe(ops.map(grouped))),
}
LAST_COUNTS = ("flat_map", "window_with_count")
TIMED = ("replay_time", "debounce", "throttle_first", "sample_every", "interval")


class Model:
    """The nodes in RxPY."""

    def __init__(self):
        self.time = TestScheduler()
        self.subjects = [BehaviorSubject(0) for _ in range(3)]
        self.taken = []

    def stream(self, node):
        return self.subjects[node].pipe(ops.distinct_until_changed(comparer=same))

    def op(self, name, nodes, numbers):
        subject = BehaviorSubject(None)
        stream = OPERATORS[name][2]([self.stream(n) for n in nodes], numbers, self.time)
        stream.subscribe(subject.on_next, lambda e: subject.on_next("failed: %r" % e))
        self.subjects.append(subject)

    def watch(self, node):
        self.stream(node).subscribe(self.taken.append)

    def take(self):
        taken, self.taken[:] = list(self.taken), []
        return taken


class Burin:
    """The same nodes in Burin."""

    def __init__(self):
        driver = os.path.join(os.environ["BURIN_BUILD"], "tests", "operators_driver")
        self.process = subprocess.Popen([driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the driver ended with status %s" % self.process.wait())
        return json.loads(answer)


def pipeline(rng):
    """Operators over the three cells; each cell and each operator is read once. Nothing follows those. One at most waits for the clock:
    what comes first of two that are due at one moment is nobody's rule."""
    loose, made, nodes = [0, 1, 2], [], 3
    rng.shuffle(loose)
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([n for n in OPERATORS if OPERATORS[n][0] <= len(loose) and not (n in TIMED and any(m[0] in TIMED for m in made))])
        count, ranges, _ = OPERATORS[name]
        reads = [loose.pop() for _ in range(count)]
        made.append((name, reads, [rng.choice(list(r)) for r in ranges]))
        loose.append(nodes)
        nodes += 1
        if name in LAST_COUNTS:
            break
    return made


def case(rng, burin):
    """None, or what differs."""
    made, model, log, now = pipeline(rng), Model(), [], 0
    burin.ask("new")
    for name, reads, numbers in made:
        model.op(name, reads, numbers)
        if burin.ask("op", name, *reads, *numbers):
            return made, log, "refused", None
    last = 2 + len(made)
    model.watch(last)
    got, want = burin.ask("watch", last), model.take()
    for _ in range(EVENTS):
        if got[-1:] != want[-1:] if made[-1][0] in LAST_COUNTS else got != want:
            return made, log, got, want
        if rng.random() < 0.3:
            now += rng.randint(1, 6)
            log.append("advance %d" % now)
            got = burin.ask("advance", now)
            model.time.advance_to(now)
        else:
            cell, value = rng.randrange(3), rng.choice(NUMBERS)
            log.append("set %d %d" % (cell, value))
            got = burin.ask("set", cell, value)
            model.subjects[cell].on_next(value)
        want = model.take()
    return None


def main():
    burin, tried = Burin(), {name: 0 for name in OPERATORS}
    for number in range(CASES):
        rng = random.Random(SEED * 1000003 + number)
        different = case(rng, burin)
        if different:
            made, log, got, want = different
            print("case %d of seed %d: %s\nafter: %s\nBurin: %s\nRxPY:  %s" % (number, SEED, made, "; ".join(log), got, want))
            return 1
        for name, _, _ in pipeline(random.Random(SEED * 1000003 + number)):
            tried[name] += 1
    missed = [name for name in tried if not tried[name]]
    print("%d pipelines of %d events each" % (CASES, EVENTS), "never tried: %s" % missed if missed else "")
    return 1 if missed else 0


sys.exit(main())
