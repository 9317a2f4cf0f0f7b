"""A plot with everything that a plot may have, at places that need a fraction."""

from audit.charts.plot import Area, Axis, Bar, Line, Mark, Plot, Tick

PER_CENT = Axis("Sperm found, %", 0, 1, [Tick(0, "0"), Tick(0.5, "50"), Tick(1, "100 %")])


def plot(**parts):
    usual = {"id": "rates", "title": "Rates by quarter", "x": Axis("Quarter", 0, 3, [Tick(1, "Q1 2024")])}
    return Plot(**usual | {"y": PER_CENT} | parts)


def thirds(**parts):
    return plot(
        areas=[Area([(0, 1 / 3), (3, 1 / 3), (3, 2 / 3), (0, 2 / 3)], "band")],
        lines=[Line([(0, 1 / 7), (1, 2 / 7), (3, 3 / 7)], "series", "Found", step=True)],
        bars=[Bar(1 / 3, 1 / 7, 6 / 7)],
        marks=[
            Mark(1 / 3, 1 / 3, "Q1 2024: 1 of 3 men, 33 %", name="Q1"),
            Mark(2 / 3, 2 / 3, "a < b", "diamond", "signal", "/audit/cases/?part=found"),
        ],
        **parts,
    )
