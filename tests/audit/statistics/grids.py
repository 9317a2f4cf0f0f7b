"""The counts that our statistics are compared with their peers over."""

MILLION = 10**6
SMALL_SIZES = (1, 2, 3, 7, 20, 41)
COVERAGES = (0.95, 0.998)
EDGES = (0.01, 0.3, 0.6, 0.95, 0.99)

# Rates: none found, all found and everything between, and a million men.
RATES = [(k, n) for n in SMALL_SIZES for k in range(n + 1)] + [
    (k, MILLION) for k in (0, 1, 2, 350_000, 500_000, 999_999, MILLION)
]
RATES_AND_NONE = [(0, 0), *RATES]

# Two groups, as found1, known1, found2, known2.
TABLES = [(a, m, b, n) for m in (1, 3, 8) for n in (2, 5, 13) for a in range(m + 1) for b in range(n + 1)] + [
    (0, MILLION, 0, MILLION),
    (0, MILLION, 10, MILLION),
    (350_000, MILLION, 351_000, MILLION),
    (MILLION, MILLION, 999_990, MILLION),
    (7, 20, 350_000, MILLION),
    (2, 32, 7, 26),
]
TABLES_AND_NONE = [(0, 0, 0, 0), (0, 0, 3, 5), (2, 4, 0, 0), *TABLES]

# Several groups, each with at least five men expected in every cell …
MANY_MEN = [
    [(10, 20), (12, 24), (20, 30)],
    [(26, 68), (37, 65)],
    [(0, 40), (20, 40), (40, 40), (15, 35)],
    [(300, 1000), (350, 1000), (320, 1000), (40, 100), (10, 60)],
    [(350_000, MILLION), (351_000, MILLION), (350_500, MILLION)],
]
# … and with fewer in some.
FEW_MEN = [
    [(2, 32), (7, 26)],
    [(3, 11), (4, 11), (1, 3)],
    [(0, 5), (2, 6), (5, 7), (1, 2)],
    [(1, 1), (0, 1), (1, 2)],
    [(4, 8), (4, 8)],
]

# Tissue of two arms, milligrams.
WEIGHTS = [
    ([400.0, 600.0, 900.0], [50.0, 60.0, 80.0, 120.0]),
    ([1.0, 2.0], [3.0, 7.0]),
    ([0.1, 20_000.0, 5.0, 5.0], [9.4, 9.4, 9.5]),
    ([float(x) for x in range(1, 400)], [float(x * x) for x in range(1, 90)]),
    ([500.0] * 5, [50.0, 60.0, 70.0]),
]

# P values of tests side by side; the last are the fifteen of Benjamini and Hochberg's own example.
BH_1995 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]
P_VALUES = [
    [0.03],
    [0.0, 1.0],
    [0.5, 0.01, 0.5, 0.01, 0.2],
    [(i * 7919 % 1000) / 1000 for i in range(1000)],
    [1e-300, 1e-12, 0.025, 0.9],
    BH_1995,
]

# Cases by the rate expected of each.
MIXES = [
    {0.46: 1},
    {0.6: 20, 0.3: 15, 0.95: 8},
    {0.05: 60, 0.5: 1},
    {0.42: 40, 0.43: 40},
    {0.0: 2, 0.5: 3, 1.0: 4},
]

# A value before and later in the same man.
PAIRS = [
    [(16.0, 12.0), (11.0, 10.5), (20.0, 14.0), (8.0, 8.2), (13.0, 11.0)],
    [(10.0, 9.0), (20.0, 25.0)],
    [(10 + i % 97 / 10, 9 + i % 89 / 10) for i in range(10_000)],
]
