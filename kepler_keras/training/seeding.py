"""Seeds that depend on what is fitted and on nothing else."""

import zlib

import numpy as np

from kepler_keras.training.backend import load_tensorflow


def job_seed(*parts: int | str) -> int:
    """A seed below 2**31 from whatever names a job, as (entry seed, repeat, fold, "batches")."""
    numbers = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in parts]
    return int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1)


def seed_everything(seed: int) -> None:
    """Seeds Python, NumPy and TensorFlow, and asks TensorFlow for repeatable kernels."""
    load_tensorflow()
    import keras
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
