"""A log of outcomes as Parquet, by pyarrow, which is an extra: most logs are CSV, and it is large."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autonomic.domain.errors import Invalid

_MAGIC = b"PAR1"
EXTRA = "pip install 'autonomic-layer[parquet]'"


def is_parquet(path: Path) -> bool:
    """By the first bytes of the file, whatever it is called. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def columns(path: Path) -> Sequence[str]:
    """The names of the columns. Raises Invalid for what is no whole Parquet, and where pyarrow is not installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise Invalid(f"{path}: is Parquet, which needs pyarrow: {EXTRA}, or convert it to CSV") from error
    try:
        names: Sequence[str] = parquet.read_schema(path).names
    except pyarrow.ArrowException as error:
        raise Invalid(f"{path}: is no whole Parquet file: {error}") from error
    return names


def rows(path: Path, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Those columns of every row, as CSV would have them: nothing for null and NaN. Raises Invalid."""
    import pyarrow
    from pyarrow import parquet

    try:
        for batch in parquet.ParquetFile(path).iter_batches(columns=list(names)):
            for row in batch.to_pylist():
                yield {name: _text(value) for name, value in row.items()}
    except pyarrow.ArrowException as error:
        raise Invalid(f"{path}: can't be read to its end: {error}") from error


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a column of 1 and 0 with gaps is one of floats
    return str(value)
