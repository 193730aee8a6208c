"""What every network of the zoo keeps, as checks of a builder on the views of one entry.

The faults that they must catch stand in `test_models_faults.py`.
"""

import keras
import numpy as np

from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.training.seeding import seed_everything

# One example of each view that an entry may name; every model takes at least one of these cases.
CASES = {
    "a curve": {"global_view": (64, 1)},
    "an image": {"folded_image": (8, 16, 1)},
    "the search's numbers": {"search_features": (14,)},
    "two curves and features": {"global_view": (201, 1), "local_view": (61, 1), "scalars": (3,)},
}
EXAMPLES = 20  # to be learned by heart
STEPS, EVERY = 150, 10  # of training, between looks at the result


def made_up(shapes, n=EXAMPLES):
    """Noise with a dip in the middle of every second example's curves, and labels."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    views = {}
    for name, shape in shapes.items():
        view = rng.normal(size=(n, *shape)).astype(np.float32)
        if len(shape) > 1:
            middle = shape[-2] // 2
            view[labels == 1, ..., middle - 2 : middle + 3, :] -= 3
        views[name] = view
    return views, labels


def scores(model, views):
    return np.asarray(model(given(views), training=False))[:, 0]


def given(views):
    """The views as a network takes them: one alone without its name."""
    return next(iter(views.values())) if len(views) == 1 else views


def check_inputs_are_the_views(build, shapes):
    model = build(shapes)
    assert [tensor.name for tensor in model.inputs] == list(shapes)
    assert [tensor.shape for tensor in model.inputs] == [(None, *s) for s in shapes.values()]


def check_every_view_is_looked_at(build, shapes):
    keras.utils.set_random_seed(1)
    model = build(shapes)
    views, _ = made_up(shapes)
    before = scores(model, views)
    for name, view in views.items():
        changed = {**views, name: view + np.float32(1) + np.abs(view)}
        assert (scores(model, changed) != before).any(), f"{name} changes nothing"


def check_it_ends_in_one_logit(build, shapes):
    model = build(shapes)
    assert model.output_shape == (None, 1)
    assert isinstance(model.layers[-1], keras.layers.Dense)
    assert model.layers[-1].name == "logit"
    assert model.layers[-1].activation is keras.activations.linear


def check_it_is_uncompiled(build, shapes):
    assert not build(shapes).compiled


def check_names_are_given(build, shapes):
    """Keras's automatic names count on through a process, so that equal models would differ."""
    first, again = ([layer.name for layer in build(shapes).layers] for _ in range(2))
    assert first == again


def check_seeds_decide_the_weights(build, shapes):
    weights = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        weights.append([weight.tobytes() for weight in build(shapes).get_weights()])
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


def check_it_learns_by_heart(build, shapes):
    seed_everything(1)  # as training does: with kernels that repeat
    model, (views, labels) = build(shapes), made_up(shapes)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=loss, jit_compile=False)
    targets, reached = labels[:, None].astype(np.float32), 0.0
    for step in range(1, STEPS + 1):
        model.train_on_batch(given(views), targets)
        if step % EVERY == 0:
            reached = average_precision(labels, scores(model, views))
            if reached > 0.95:
                return
    raise AssertionError(f"average precision {reached} on what it was trained with")


def check_it_comes_back_from_a_file(build, shapes, folder):
    keras.utils.set_random_seed(1)
    model, (views, _) = build(shapes), made_up(shapes)
    model.save(folder / "model.keras")
    loaded = keras.saving.load_model(folder / "model.keras", safe_mode=True)
    kept = [weight.tobytes() for weight in model.get_weights()]
    assert [weight.tobytes() for weight in loaded.get_weights()] == kept
    assert scores(loaded, views).tobytes() == scores(model, views).tobytes()


CHECKS = (
    check_inputs_are_the_views,
    check_every_view_is_looked_at,
    check_it_ends_in_one_logit,
    check_it_is_uncompiled,
    check_names_are_given,
    check_seeds_decide_the_weights,
)
