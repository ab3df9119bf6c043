"""Files that a variable names: each is opened when the variable is read, so that a missing one is told at the start.

A value that is no path may be the secret itself, pasted into the wrong variable: it raises `HiddenError`, and is not shown.
"""

import ssl
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from autonomic.environment.hidden import HiddenError


def _path(value: Any) -> Any:
    if isinstance(value, str) and not value.startswith("/"):
        raise HiddenError("write the absolute path of a file, such as /etc/autonomic/prometheus/token")
    return value


def _readable(path: Path) -> Path:
    try:
        filled = bool(path.read_bytes().strip())
    except OSError as error:
        raise ValueError(
            f"it can't be read ({error.strerror}): mount the file there, readable by this process"
        ) from None
    if not filled:
        raise ValueError("the file is empty: write what it should hold into it")
    return path


def _one_line(path: Path) -> Path:
    try:
        text = path.read_text("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        raise ValueError("the file must hold one line of printable ASCII, as a token or a password is")
    return path


def _authorities(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        raise ValueError("it holds no certificate: write the authorities' certificates into it, as PEM") from None
    return path


def unusable(certificate: Path, key: Path) -> str | None:
    """Why TLS can't prove who we are with these two; None when it can."""
    try:
        ssl.create_default_context().load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        return (error.reason or "not a certificate and its key").replace("_", " ").lower()
    return None


File = Annotated[Path, BeforeValidator(_path), AfterValidator(_readable)]
"""A file that is there and not empty."""

SecretFile = Annotated[File, AfterValidator(_one_line)]
"""A file with a token or a password."""

AuthoritiesFile = Annotated[File, AfterValidator(_authorities)]
"""A PEM file of certificates."""
