"""What the limit of a CUSUM costs where all cases have one rate, as on the page.

Both are timed in the same run, in seconds of the processor; the best of several rounds counts.
"""

from time import process_time

from audit.statistics import Direction
from audit.statistics.cusum import _chance_of_chain, _chance_of_one_rate, cusum_weights

CASES, LIMIT, RATE, ROUNDS = 1_000, 6.68, 0.6, 3
AT_MOST = 0.25  # of the whole chain


def test_stretches_away_from_0_cost_less_than_the_whole_chain():
    weights = cusum_weights(RATE, Direction.WORSE)
    chain = _best(lambda: _chance_of_chain([RATE] * CASES, [RATE] * CASES, Direction.WORSE, LIMIT))
    ours = _best(lambda: _chance_of_one_rate(weights, RATE, CASES, LIMIT))
    print(f"one rate {ours:.3f} s, whole chain {chain:.3f} s: {ours / chain:.2f}, to be at most {AT_MOST}")
    assert ours <= AT_MOST * chain


def _best(run) -> float:
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        run()
        times.append(process_time() - start)
    return min(times)
