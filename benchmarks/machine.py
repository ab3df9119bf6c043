"""How fast this machine is at this moment: the CPU milliseconds of a fixed piece of work, beside which figures are read.

The work is what the operator does most: JSON is decoded, looked up among some 20,000 strings, counted and hashed. None of
the project's code is in it, so that the figure changes with the machine and the interpreter alone: hosts that are shared give
twice the time to the same work from one day to the next. Prints `{"machine_ms", "slowest_ms"}`: the median of 15 rounds, and
the worst of them.
"""

import hashlib
import json
import statistics
import time

ROUNDS, EVENTS = 15, 5_000


def _events(number: int) -> list[str]:
    labels = {"deployment": f"triage-{number % 20}", "agent": "summariser", "model": "small-1", "code": "429"}
    return [
        json.dumps({"id": f"{number:04}-{each:016}", "value": each / 7, "labels": labels}) for each in range(EVENTS)
    ]


def _work(texts: list[str], known: dict[str, float]) -> str:
    total = 0.0
    for text in texts:
        event = json.loads(text)
        known[event["id"]] = event["value"]
        total += sum(value * value for value in (event["value"], total % 1, len(event["labels"])))
    lines = "\n".join(f"{name} {value}" for name, value in sorted(known.items()))
    return hashlib.sha256(f"{total} {lines}".encode()).hexdigest()


def rounds() -> list[float]:
    """CPU milliseconds of each round; every round does the same."""
    batches = [_events(number) for number in range(4)]
    took = []
    for _ in range(ROUNDS):
        known: dict[str, float] = {}
        begun = time.process_time()
        for texts in batches:
            _work(texts, known)
        took.append((time.process_time() - begun) * 1000)
    return took


if __name__ == "__main__":
    found = rounds()
    print(json.dumps({"machine_ms": round(statistics.median(found), 1), "slowest_ms": round(max(found), 1)}))
