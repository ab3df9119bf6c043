"""The command line: `autonomic run`, `version`, `doctor`, `crds`, `slo`, `plan`, `audit`.

Belongs here: arguments, what is printed, exit codes (0 well, 1 not well, 2 the user's mistake), the examination of a set-up.
Never here: a decision of the operator, a stack trace for somebody's mistake.
"""

from autonomic.cli.app import app

__all__ = ["app"]
