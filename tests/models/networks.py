"""What the tests of the networks share: views to build with, and a round trip through a file."""

import numpy as np

SHALLUE = {"global_view": (2001, 1), "local_view": (201, 1)}
YU = {"global_view": (201, 1), "local_view": (61, 1)}
FLUX = {"flux": (3197, 1)}
MANY = {"global_view": (130, 1), "scalars": (3,), "local_view": (61, 2), "odd_view": (61, 1)}


def examples(shapes, n=4):
    """Random views in the order of the network's inputs; one alone stands by itself."""
    rng = np.random.default_rng(0)
    views = [rng.normal(size=(n, *shape)).astype(np.float32) for shape in shapes.values()]
    return views[0] if len(views) == 1 else views


def logits(model, views):
    return np.asarray(model(views, training=False))


def names(tensors):
    return [tensor.name for tensor in tensors]


def assert_loads_bit_equal(model, shapes, folder):
    """Saved and loaded in safe mode, with nothing registered, a network answers the same bits."""
    import keras

    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras", compile=False, safe_mode=True)
    views = examples(shapes)
    assert logits(loaded, views).tobytes() == logits(model, views).tobytes()
    assert names(loaded.inputs) == names(model.inputs) == list(shapes)
