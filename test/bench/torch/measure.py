"""Times a step and prints the measurement as one line of JSON; the counterpart of programs/measure.ts."""

import json
import resource
import sys
import time

BLOCK_MS = 250
LEAST_BLOCKS = 4
STARTED = time.perf_counter()


def measure(step, seconds, weights=None, scale=1):
    """`step()` returns its loss, which is read at the end of a block, or None; it does 1 / `scale` steps."""
    setup_ms = 1000 * (time.perf_counter() - STARTED)
    peak_before = peak_memory()
    loss = None

    def block(calls):
        nonlocal loss
        start = time.perf_counter()
        for _ in range(calls):
            result = step()
        if result is not None:
            loss = result.item()
        return 1000 * (time.perf_counter() - start) / calls

    first = block(1)
    times = []
    latest = block(1)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < LEAST_BLOCKS:
        latest = block(max(1, round(BLOCK_MS / latest)))
        times.append(scale * latest)
    result = {
        "setupMs": setup_ms,
        "firstStepMs": scale * first,
        "stepMs": times,
        "peakBytes": peak_memory(),
        "peakBeforeBytes": peak_before,
        "loss": loss,
        "weights": weights,
    }
    print(json.dumps({key: value for key, value in result.items() if value is not None}))


def peak_memory():
    """The largest resident memory that this process ever had, in bytes."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
