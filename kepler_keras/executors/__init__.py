"""Where jobs run."""

from kepler_keras.executors.environment import default_jobs, worker_environment
from kepler_keras.executors.interface import (
    Executor,
    Job,
    Made,
    Portable,
    Result,
    WorkerKilledError,
    Workers,
)
from kepler_keras.executors.local import STOP_SIGNALS, LocalProcesses, end_workers
from kepler_keras.executors.persistent import Persistent
from kepler_keras.executors.threads import ONE_THREAD, LocalThreads

__all__ = [
    "ONE_THREAD",
    "STOP_SIGNALS",
    "Executor",
    "Job",
    "LocalProcesses",
    "LocalThreads",
    "Made",
    "Persistent",
    "Portable",
    "Result",
    "WorkerKilledError",
    "Workers",
    "default_jobs",
    "end_workers",
    "worker_environment",
]
