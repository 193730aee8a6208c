"""Loads TensorFlow without its start-up chatter, which would tear the progress display apart."""

import gc
import os
import sys
import tempfile


def load_tensorflow() -> None:
    """Imports keras and TensorFlow; what they print meanwhile is shown only if the import fails.

    TensorFlow writes to file descriptor 2 from C++ before any log level is read.
    """
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            import keras  # noqa: F401
            import tensorflow as tf

            # Every fit traces a network of its own: what TensorFlow would warn of is meant.
            tf.get_logger().setLevel("ERROR")
            for gpu in tf.config.list_physical_devices("GPU"):  # several workers share one
                tf.config.experimental.set_memory_growth(gpu, True)
        except BaseException:
            chatter.seek(0)
            os.write(kept, chatter.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    # Keras collects garbage before every fit, and took 0.2 s to look through what was just loaded.
    gc.collect()
    gc.freeze()
