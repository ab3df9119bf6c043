"""What tells tenants apart who share a server."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")


def _label_name(value: str) -> str:
    if value and not _LABEL_NAME.fullmatch(value):
        raise ValueError(
            "write the name of a label, such as namespace: letters, digits and _, no digit first, no __ first"
        )
    return value


TenantLabel = Annotated[str, Field(max_length=128), AfterValidator(_label_name)]
