"""Times the FITS source on real files beside astropy's plain reading of the same files.

Each side runs in a process of its own, started by this one; CPU time and peak memory leave out the
imports. Astropy's side opens every file and copies four columns: nothing is checked, normalised or
joined.

    KEPLER_KERAS_DATA=... python benchmarks/kepler_fits.py    # less than a minute
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from astropy.io import fits

from kepler_keras.data.catalog import read_catalog
from kepler_keras.data.sources.kepler_fits import load

DATA = Path(os.environ.get("KEPLER_KERAS_DATA", ""))
FILES = DATA / "kepler_fits"
KOI = DATA / "koi_tables" / "koi_cumulative.csv"
TCE = DATA / "koi_tables" / "q1_q17_dr24_tce.csv"
COLUMNS = ("TIME", "CADENCENO", "PDCSAP_FLUX", "SAP_QUALITY")


def plain(pattern: str) -> str:
    """Astropy alone."""
    kept = []
    for path in sorted(FILES.glob(pattern)):
        with fits.open(path, memmap=False) as hdus:
            kept.append([np.array(hdus["LIGHTCURVE"].data[name]) for name in COLUMNS])
    return f"{len(kept)} files"


def source(pattern: str, *, labelled: bool = False) -> str:
    """The source, on a folder of links to the files."""
    with tempfile.TemporaryDirectory() as folder:
        for path in FILES.glob(pattern):
            (Path(folder) / path.name).symlink_to(path)
        curves = load(folder, table=str(KOI) if labelled else None)
    return f"{curves.flux.shape[0]} rows x {curves.flux.shape[1]} columns"


def table(path: Path) -> str:
    """One table."""
    return f"{len(read_catalog(path).frame)} rows"


SIDES: dict[str, Callable[[], str]] = {
    "Kepler-11, astropy": lambda: plain("kplr006541920-*"),
    "Kepler-11, source": lambda: source("kplr006541920-*"),
    "Kepler-90, astropy": lambda: plain("kplr011442793-*"),
    "Kepler-90, source": lambda: source("kplr011442793-*"),
    "180 files, astropy": lambda: plain("*.fits*"),
    "180 files, source": lambda: source("*.fits*"),
    "180 files with the KOI table": lambda: source("*.fits*", labelled=True),
    "KOI table": lambda: table(KOI),
    "DR24 TCE table": lambda: table(TCE),
}


def peak_memory() -> float:
    """Peak of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(side: str) -> None:
    """Measures one side in this process."""
    before, cpu, wall = peak_memory(), time.process_time(), time.perf_counter()
    what = SIDES[side]()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory = peak_memory() - before
    print(
        f"{side:30} {cpu:6.2f} s CPU {wall:6.2f} s wall {memory:7.0f} MB more  {what}", flush=True
    )


def main() -> None:
    """Runs every side, each in a fresh process."""
    if len(sys.argv) > 1:
        run(sys.argv[1])
        return
    if not FILES.is_dir():
        sys.exit("KEPLER_KERAS_DATA must name the folder of the real data")
    for side in SIDES:
        subprocess.run([sys.executable, __file__, side], check=True)


if __name__ == "__main__":
    main()
