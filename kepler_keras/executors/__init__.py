"""Where jobs run."""

from kepler_keras.executors.environment import default_jobs, worker_environment
from kepler_keras.executors.interface import (
    Executor,
    Job,
    Portable,
    Result,
    WorkerKilledError,
    Workers,
)
from kepler_keras.executors.local import STOP_SIGNALS, LocalProcesses, end_workers
from kepler_keras.executors.persistent import Persistent

__all__ = [
    "STOP_SIGNALS",
    "Executor",
    "Job",
    "LocalProcesses",
    "Persistent",
    "Portable",
    "Result",
    "WorkerKilledError",
    "Workers",
    "default_jobs",
    "end_workers",
    "worker_environment",
]
