from pathlib import Path

import numpy as np
import pytest
from info_files import FLUX, KOI, TCE, write


@pytest.fixture
def folder(tmp_path) -> Path:
    write(tmp_path / "flux.csv", FLUX)
    write(tmp_path / "koi.csv", KOI)
    write(tmp_path / "tce.csv", TCE)
    np.savez(tmp_path / "f.npz", X=np.eye(4, 21), y=np.array([0, 1, 0, 1]), kepid=[1, 2, 2, 3])
    return tmp_path
