"""What is known of the two files of Kaggle's 'Kepler labelled time series data'."""

from dataclasses import dataclass

from kepler_keras.data.flux_table import FluxTable


@dataclass(frozen=True)
class KnownFile:
    """A published file, as text: rows below the header, columns with the label."""

    rows: int
    columns: int
    n_bytes: int
    sha256: str


# As users of the set report them; a mirror may hold the same numbers in another spelling.
KNOWN_FILES = {
    "exoTrain": KnownFile(
        5087, 3198, 262223348, "6f04167636d2fcdce44af6fd5cbef359d8af033ce8457d8c8e917fdb822e044c"
    ),
    "exoTest": KnownFile(
        570, 3198, 28907068, "0b9f9aabcaf4058fd38d99431e61e29eeb031d5073c3b74f6139a917356bd163"
    ),
}


def differences(table: FluxTable) -> list[str]:
    """A sentence where a file has the name of a published one but is another; else none."""
    name = table.path.name.partition(".")[0]
    if name not in KNOWN_FILES:
        return []
    known, rows = KNOWN_FILES[name], table.rows
    found = KnownFile(len(rows.labels), rows.n_columns + 1, rows.n_bytes, rows.sha256)
    if found == known:
        return []
    facts = [
        f"{word} {getattr(found, field)} (published {getattr(known, field)})"
        for field, word in (("rows", "rows"), ("columns", "columns"), ("n_bytes", "bytes"))
        if getattr(found, field) != getattr(known, field)
    ]
    what = ", ".join(facts) or "rows, columns and bytes agree, the content does not"
    return [f"{table.path.name} is not the file that Kaggle publishes as {name}.csv: {what}."]
