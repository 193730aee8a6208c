"""What a worker process finds around it."""

import os


def worker_environment(threads: int) -> dict[str, str]:
    """Environment variables that a worker needs before it imports a numerical library."""
    count = str(threads)
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM")
    return {
        **{f"{pool}_NUM_THREADS": count for pool in pools},
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3"),
        "KERAS_BACKEND": "tensorflow",
    }


def default_jobs(threads: int) -> int:
    """As many workers as the processors that this process may use can feed."""
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )
    return max(1, (processors or 1) // threads)
