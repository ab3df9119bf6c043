"""Who may send signals without a Kubernetes token, as an administrator's file says it.

The file is YAML or JSON, `senders:` with a list of `WebhookSender`s. No message shows a token.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_core import ErrorDetails

from autonomic.domain.words import ShortName
from autonomic.environment.files import SecretFile
from autonomic.environment.listed import Listed, read_list

EVERYWHERE = "*"

Scope = Annotated[str, Field(max_length=63, pattern=r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$")]


class WebhookSender(Listed):
    """One sender. Its token is read again when the file changes."""

    name: ShortName = Field(description="The name under which it is counted.")
    bearer_token_file: SecretFile = Field(description="A file with the token that it sends.")
    namespaces: tuple[Scope, ...] = Field(min_length=1, max_length=1000, description="Namespaces; * is every one.")


def read_senders(file: Path) -> tuple[WebhookSender, ...]:
    """The senders of the file. Raises ValueError: a sentence for each mistake, with the field and the way out."""
    return read_list(file, "senders", WebhookSender, _tell)


def _tell(number: int, _: object, error: ErrorDetails) -> str:
    return f"senders[{number}].{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"
