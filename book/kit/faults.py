"""What is wrong with a build so far: Sphinx's warnings, kept back until the build ends."""

import re
from logging import Filter, LogRecord
from typing import NamedTuple

from sphinx.application import Sphinx


class Fault(NamedTuple):
    """Something that is wrong.

    Attributes
    ----------
    place : str
        Path and line as Sphinx gives them; empty if there is none.
    message : str
    subtype : str
        Of the warning that told it.
    error : BaseException or None
        What Sphinx caught and turned into a warning.
    """

    place: str
    message: str
    subtype: str = ""
    error: BaseException | None = None

    @property
    def path(self) -> str:
        """The file alone."""
        return re.sub(r":(\d+)?$", "", self.place)

    @property
    def line(self) -> int:
        """The line alone, 0 if it is not known."""
        number = re.search(r":(\d+)$", self.place)
        return int(number[1]) if number else 0


class KeepBack(Filter):
    """Takes warnings from their stream, after Sphinx's own filters, and keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []

    def filter(self, record: LogRecord) -> bool:
        """Keep the warning of a record, and do not let it be printed now."""
        given = record.args if isinstance(record.args, tuple) else ()
        self.faults.append(
            Fault(
                str(getattr(record, "location", None) or ""),
                _words(record),
                str(getattr(record, "subtype", None) or ""),
                next((error for error in given if isinstance(error, OSError)), None),
            )
        )
        return False


def _words(record: LogRecord) -> str:
    try:
        return str(record.msg) % record.args if record.args else str(record.msg)
    except (TypeError, ValueError):
        return str(record.msg)


class StrictSphinx(Sphinx):
    """The application of a build whose warnings are kept back."""

    kept_back: KeepBack


def are_there(app: StrictSphinx) -> bool:
    """Whether anything has been found wrong up to now."""
    return bool(app.kept_back.faults)
