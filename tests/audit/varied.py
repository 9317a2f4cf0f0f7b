"""Many men who have everything that can be recorded: no page is longer than theirs."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from caselog.choices import (
    Aetiology,
    AzoospermiaType,
    ClavienDindo,
    CountCategory,
    HistologyPattern,
    KlinefelterStatus,
    PriorRetrieval,
    Procedure,
    Ultrasound,
    Weighing,
    YesNoNotNoted,
    YesNoUnknown,
    YMicrodeletion,
)
from tests.audit.rows import row

FIRST = date(2023, 1, 1)
ANY = {
    "azoospermia_type": AzoospermiaType,
    "primary_aetiology": Aetiology,
    "klinefelter_status": KlinefelterStatus,
    "y_microdeletion": YMicrodeletion,
    "prior_retrieval": PriorRetrieval,
    "procedure": Procedure,
    "right_pattern": HistologyPattern,
    "right_weighing": Weighing,
    "right_vessels_preserved": YesNoNotNoted,
    "right_count_category": CountCategory,
    "ultrasound": Ultrasound,
    "replacement_started": YesNoUnknown,
}


def varied_rows(n: int, days: int = 1000):
    """The same n operations every time, of the days from FIRST on; a tenth of the men come back."""
    random = Random(8)
    return [_row(random, number, n, FIRST + timedelta(number * days // n)) for number in range(n)]


def _row(random, number, n, on):
    answers = {name: random.choice(vocabulary.values) for name, vocabulary in ANY.items()}
    if random.random() < 0.7:
        answers |= {
            "azoospermia_type": "noa",
            "procedure": random.choice(["micro_tese", "conventional_tese"]),
        }
    testosterone = {f"testosterone_{month}": _level(random) for month in (3, 6, 12, 18)}
    return row(
        f"M{random.randrange(n * 9 // 10)}",
        case_id=number + 1,
        case_number=f"2023-{number:05d}",
        procedure_date=on,
        attempt_number=random.choice([1, 1, 1, 2, 3]),
        status=random.choice(["performed"] * 18 + ["abandoned", "cancelled"]),
        result_status=random.choice(["final"] * 9 + ["preliminary"]),
        sperm_found=random.choice(["motile", "immotile_only", "none"]),
        disposition=random.choice(["fresh_icsi", "frozen", "discarded"]),
        search_minutes=random.randrange(10, 300),
        right_tissue_weight_mg=Decimal(random.randrange(10, 2000)),
        anaesthesia=random.choice(["general", "spinal"]),
        magnification=random.choice(["microscope", "loupes"]),
        intraoperative_complication=random.choice(["yes", "no"]),
        complications=random.choice(["some", "none_known", "not_followed"]),
        complication_grades=[random.choice(["", *ClavienDindo.values])],
        days_to_entry=random.randrange(40),
        days_to_final=random.randrange(10),
        testosterone_before=_level(random),
        **testosterone,
        **answers,
    )


def _level(random):
    return Decimal(random.randrange(20, 300)) / 10 if random.random() < 0.8 else None
