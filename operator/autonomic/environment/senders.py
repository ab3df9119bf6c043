"""Who may send signals without a Kubernetes token, as an administrator's file says it.

The file is YAML or JSON, `senders:` with a list of `WebhookSender`s. No message shows a token.
"""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from autonomic.domain.model import Model
from autonomic.domain.words import ShortName
from autonomic.environment.files import SecretFile

EVERYWHERE = "*"

Scope = Annotated[str, Field(max_length=63, pattern=r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$")]


class WebhookSender(Model):
    """One sender. Its token is read again when the file changes."""

    name: ShortName = Field(description="The name under which it is counted.")
    bearer_token_file: SecretFile = Field(description="A file with the token that it sends.")
    namespaces: tuple[Scope, ...] = Field(min_length=1, max_length=1000, description="Namespaces; * is every one.")


def read_senders(file: Path) -> tuple[WebhookSender, ...]:
    """The senders of the file. Raises ValueError: a sentence for each mistake, with the field and the way out."""
    try:
        listed = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ValueError("the file is no YAML: write `senders:` and a list below it") from None
    if not isinstance(listed, dict) or set(listed) != {"senders"} or not isinstance(listed["senders"], list):
        raise ValueError("the file must hold `senders:` with a list, and nothing else")
    found, wrong = [], []
    for number, each in enumerate(listed["senders"]):
        try:
            found.append(WebhookSender.model_validate(each))
        except ValidationError as error:
            wrong += [
                f"senders[{number}].{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"
                for one in error.errors()
            ]
    names = [each.name for each in found]
    wrong += [
        f"the name {name} is there twice: write each once" for name in sorted(set(names)) if names.count(name) > 1
    ]
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found)
