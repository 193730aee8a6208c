# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""A user's own builder that breaks is one sentence, found before any fold begins."""

import re

import pytest

from kepler_keras.checking import BuildJob, check_build
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Entry
from kepler_keras.training.building import named_faults

OWN = {
    "returns_none": (
        "return None",
        "must give a keras.Model, or an estimator .*, it gave NoneType",
    ),
    "raises": ("raise RuntimeError('no  idea')", "cannot be built .*: RuntimeError: no idea"),
    "leaves": ("raise SystemExit(2)", "cannot be built .*: SystemExit: 2"),
    "wide": (
        "return keras.Model(x, layers.Dense(2)(flat))",
        r"one logit, its output is \(None, 2\)",
    ),
    "two_logits": ("return keras.Model(x, [flat, flat])", r"one logit, its output is \["),
    "sigmoid": (
        "return keras.Model(x, layers.Dense(1, activation='sigmoid')(flat))",
        "must end in a logit, its last layer has 'sigmoid'",
    ),
    "compiled": (
        "model = keras.Model(x, layers.Dense(1)(flat)); model.compile(loss='mse'); return model",
        "must come uncompiled",
    ),
    "unbuilt": (
        "return keras.Sequential([layers.Dense(1)])",
        "cannot be built .*: AttributeError: ",
    ),
    "unhinted": ("return keras.Model(x, layers.Dense(units)(flat))", None),
}
OWN_FILE = """
import keras
from keras import layers

def {name}(input_shapes, *, units=1):
    (shape,) = input_shapes.values()
    x = keras.Input(shape)
    flat = layers.Flatten()(x)
    {body}
"""


@pytest.mark.parametrize("name", OWN)
def test_a_users_builder_that_breaks_is_a_sentence_and_spoils_nothing(name, tmp_path):
    body, sentence = OWN[name]
    file = tmp_path / "own.py"
    file.write_text(OWN_FILE.format(name=name, body=body))
    model = {"name": name, "file": str(file), "units": 1}
    entry = Entry.model_validate({"name": "e1", "model": model, "view": "flux"})
    said = check_build(BuildJob(entry, {"flux": (9, 1)}))
    if sentence is None:
        assert said is None
    else:
        assert re.match(f"entry 'e1': .*{sentence}", said)
        assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "model", "sentence"),
    [
        (None, {}, "own.py: cannot read the file of a model: No such file"),
        ("x = 1\n\n1 / 0\n", {}, "own.py, line 3: ZeroDivisionError: division by zero"),
        ("def net(:\n", {}, "own.py, line 1: SyntaxError: "),
        ("def nett(): ...\n", {}, "own.py has no function 'net'"),
        ("net = 3\n", {}, "own.py has no function 'net'"),
        ("def net(shapes, *, units=1): ...\n", {"unit": 2}, "unknown option 'unit'; did you mean 'units'"),
        ("def net(shapes, *, units: int = 1): ...\n", {"units": "2"}, "units: input should be .* integer, got '2'"),
        ("def net(shapes, *, units: Nothing = 1): ...\n", {}, "NameError: name 'Nothing' is not defined"),
        ("def net(shapes): ...\n", {"preset": "big"}, "there is no preset 'big'; it has none"),
        ("def net(shapes): ...\n", {"file": 3}, "file: a path is needed, got 3"),
    ],
)  # fmt: skip
def test_a_users_file_that_cannot_be_used_is_a_sentence(text, model, sentence, tmp_path):
    file = tmp_path / "own.py"
    if text is not None:
        file.write_text(text)
    chosen = {"name": "net", "file": str(file), **model}
    entry = Entry.model_validate({"name": "e1", "model": chosen, "view": "flux"})
    said = check_build(BuildJob(entry, {"flux": (9, 1)}))
    assert re.match(f"entry 'e1': .*{sentence}", said)
    assert "\n" not in said


@pytest.fixture
def policy():
    """Restores the precision that building an entry sets."""
    yield
    import keras

    keras.config.set_dtype_policy("float32")


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize(
    ("precision", "dtype", "sentence"),
    [
        ("mixed_bfloat16", "None", "must give its logit in float32, got bfloat16: its last layer"),
        ("mixed_bfloat16", "'float32'", None),
        ("float32", "None", None),
    ],
)
def test_a_logit_of_few_digits_is_refused(precision, dtype, sentence, tmp_path):
    """Of 8 bits many scores are equal, which makes a worse order without a word."""
    file = tmp_path / "own.py"
    body = f"return keras.Model(x, layers.Dense(1, dtype={dtype})(flat))"
    file.write_text(OWN_FILE.format(name="net", body=body))
    fields = {"name": "e1", "model": {"name": "net", "file": str(file)}, "view": "flux"}
    entry = Entry.model_validate({**fields, "training": {"precision": precision}})
    said = check_build(BuildJob(entry, {"flux": (9, 1)}))
    assert said is None if sentence is None else sentence in said


def test_inputs_of_several_views_must_have_their_names(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "import keras\n"
        "def net(shapes, *, names: list[str]):\n"
        "    x = [keras.Input(shape, name=n) for n, shape in zip(names, shapes.values())]\n"
        "    flat = [keras.layers.Flatten()(one) for one in x]\n"
        "    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Concatenate()(flat)))\n"
    )
    shapes = {"global_view": (9, 1), "scalars": (3,)}
    for names, sentence in (
        (["global_view", "scalars"], None),
        (
            ["global_view", "stars"],
            "an input of each view's name, global_view, scalars, got global_v",
        ),
    ):
        model = {"name": "net", "file": str(file), "names": names}
        fields = {"name": "e1", "model": model, "views": list(shapes)}
        said = check_build(BuildJob(Entry.model_validate(fields), shapes))
        assert said is None if sentence is None else sentence in said


def test_a_fault_of_this_package_is_no_sentence_about_a_users_model():
    """Only what a user brought is told as theirs; the rest keeps its trace."""
    ours = Entry.model_validate({"name": "e1", "model": "mlp", "view": "flux"})
    with pytest.raises(ZeroDivisionError), named_faults(ours, "fitting"):
        raise ZeroDivisionError
    theirs = ours.model_copy(update={"model": Choice(name="net", options={"file": "own.py"})})
    sentence = "^entry 'e1': fitting model 'net' failed: ZeroDivisionError: by 0$"
    with pytest.raises(InputError, match=sentence), named_faults(theirs, "fitting"):
        raise ZeroDivisionError("by\n0")
    with (
        pytest.raises(InputError, match=r"failed: SystemExit: 2$"),
        named_faults(theirs, "fitting"),
    ):
        raise SystemExit(2)
    with pytest.raises(InputError, match=r"^as it is$"), named_faults(theirs, "fitting"):
        raise InputError("as it is")
