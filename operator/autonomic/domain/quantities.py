"""Kubernetes quantities: `512Mi`, `1.5Gi`, `750m`. Read exactly, and written as an API server writes them back.

The notation: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import StringConstraints

Quantity = Annotated[
    str, StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$")
]
_FORM = re.compile(r"^(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$")
_UNITS: dict[str | None, Decimal] = {
    None: Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTP", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTP", start=1)},
}
_MEBIBYTE = 1024**2


def quantity(text: object) -> Decimal | None:
    """Bytes or cores; None for what is no quantity, or one in a notation that nobody uses for them (`1e3`, `5u`)."""
    found = _FORM.match(str(text))
    return Decimal(found[1]) * _UNITS[found[2]] if found else None


def memory(amount: Decimal) -> str:
    """Bytes in whole Mi, or Gi and more where that is exact: an API server writes `1024Mi` back as `1Gi`."""
    number, units = max(1, int(amount) // _MEBIBYTE), ["Mi", "Gi", "Ti", "Pi"]
    while number % 1024 == 0 and len(units) > 1:
        number, units = number // 1024, units[1:]
    return f"{number}{units[0]}"


def cpu(amount: Decimal) -> str:
    """Cores in thousandths, or whole ones where that is exact."""
    thousandths = max(1, int(amount * 1000))
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"
