"""What pip in the build must know of this machine: where packages come from, and whom to trust. Given as secrets."""

import ast
import configparser
import os
import ssl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from testbed.image_engine import StepFailedError

# Settings that mean the same inside a container; others name files of this machine, or change what is installed.
_PASSED_ON = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "default-timeout", "retries")


def pip_settings() -> Mapping[str, str]:
    """This machine's settings of pip, by name: its environment wins over its files. Raises `StepFailedError`."""
    answer = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True)
    if answer.returncode != 0:
        raise StepFailedError(f"`pip config list` ended with code {answer.returncode}: {answer.stderr.strip()}")
    of_files, of_environment = dict[str, str](), dict[str, str]()
    for line in answer.stdout.splitlines():
        where, _, value = line.partition("=")
        section, _, name = where.rpartition(".")
        settings = of_environment if section == ":env:" else of_files
        settings[name] = str(ast.literal_eval(value))
    return of_files | of_environment


def secret_arguments(folder: Path) -> list[str]:
    """The arguments that hand them to a build; what has to be written for that goes into `folder`."""
    settings = pip_settings()
    file = folder / "pip.conf"
    file.touch(mode=0o600)
    document = configparser.RawConfigParser()
    document["global"] = {name: settings[name] for name in _PASSED_ON if name in settings}
    with file.open("w") as written:
        document.write(written)
    arguments = [f"--secret=id=pip-conf,src={file}"]
    authorities = trusted_authorities(settings)
    return [*arguments, f"--secret=id=pip-ca,src={authorities}"] if authorities else arguments


def trusted_authorities(settings: Mapping[str, str]) -> Path | None:
    """The file of certificate authorities that pip trusts here, where there is one."""
    named = settings.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE") or ssl.get_default_verify_paths().cafile
    return Path(named) if named and Path(named).is_file() else None
