"""Cards of whole networks: the zoo's, nested and shared ones, unknown layers, JSON both ways."""

import json

import pytest
from pydantic import BaseModel

from kepler_keras.choice import Choice
from kepler_keras.errors import InputError
from kepler_keras.models.anatomy.card import card_from_dict, card_to_dict
from kepler_keras.models.anatomy.scaled_card import ScaledCard, scaled_card
from kepler_keras.models.listing import list_models
from kepler_keras.models.registry import find_builder
from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from kepler_keras.models.anatomy.describe import describe  # noqa: E402

SHALLUE = {"global_view": (2001, 1), "local_view": (201, 1)}
SHAPES = (SHALLUE, {"flux": (3197, 1)}, {"folded_image": (32, 128, 1)})
ZOO = [
    (model.name, preset)
    for model in list_models()
    if model.name in ("astronet", "cnn_lstm", "conv1d", "conv2d", "exonet_xs", "fcn", "mlp",
                      "inception_time", "resnet1d", "transformer")
    for preset in model.presets or (None,)
]  # fmt: skip


def built(name, preset, shapes):
    options = {"preset": preset} if preset else {}
    return find_builder(Choice(name=name, options=options))(shapes)


def line(card, name):
    return next(layer for layer in card.layers if layer.name == name)


def field(card, name, view="view"):
    (extent,) = line(card, name).sees[view]
    return extent


@pytest.mark.parametrize(("name", "preset"), ZOO)
def test_every_network_of_the_zoo_is_known_whole(name, preset):
    model = built(name, preset, SHAPES[2] if name == "conv2d" else SHAPES[name == "cnn_lstm"])
    card = describe(model)
    assert card.unknown == ()
    assert card.parameters == model.count_params()
    shapes = {layer.name: tuple(layer.output.shape[1:]) for layer in model.layers}
    assert {layer.name: layer.shape for layer in card.layers} == shapes
    assert all(sees is not None for layer in card.layers for sees in layer.sees.values())


def test_the_zoo_is_whole():
    networks = {name for name, _ in ZOO}
    assert {model.name for model in list_models()} >= networks
    assert len(networks) == 10


def test_astronet_as_worked_out_on_paper():
    card = describe(built("astronet", "shallue2018", SHALLUE))
    assert card.parameters == 9_940_193
    # 16576 inputs into 512 units, three layers of 512 into 512, and the logit.
    assert card.dense_parameters == 16576 * 512 + 512 + 3 * (512 * 512 + 512) + 513
    assert card.dense_share == pytest.approx(0.9332, abs=1e-4)
    fields = [field(card, f"global_view_pool_{i}", "global_view") for i in range(1, 6)]
    # A block adds 4 + 4 + 4 jumps: 1 + 12 (1 + 2 + 4 + 8 + 16).
    assert [one.size for one in fields] == [13, 37, 85, 181, 373]
    assert [one.jump for one in fields] == [2, 4, 8, 16, 32]
    assert field(card, "local_view_pool_2", "local_view").size == 1 + 4 + 4 + 6 + 2 * (4 + 4 + 6)
    assert card.last_places("global_view").name == "global_view_pool_5"
    assert card.longest == "global_view"
    assert field(card, "global_view_head", "global_view").gathered
    assert set(line(card, "join").sees) == set(SHALLUE)


def test_columns_stand_one_after_the_other():
    names = [layer.name for layer in describe(built("astronet", None, SHALLUE)).layers]
    assert names.index("global_view_head") < names.index("local_view_conv_1_1")


def test_features_have_no_field_and_no_column():
    card = describe(built("astronet", None, {"global_view": (201, 1), "scalars": (3,)}))
    assert line(card, "scalars").sees == {"scalars": ()}
    assert line(card, "join").sees["scalars"] == ()
    assert card.last_places("scalars") is None
    assert card.longest == "global_view"


def test_attention_and_recurrence_see_the_whole_view():
    card = describe(built("transformer", None, {"flux": (3197, 1)}))
    assert (field(card, "tokens", "flux").size, field(card, "tokens", "flux").jump) == (50, 50)
    assert field(card, "block_1_attention", "flux").gathered
    assert field(describe(built("cnn_lstm", None, SHAPES[1])), "lstm_both_ways", "flux").gathered


def inception():
    x = keras.Input((40, 1), name="view")
    wide = layers.Conv1D(2, 9, padding="same", name="wide")(x)
    narrow = layers.Conv1D(2, 4, padding="same", name="narrow")(x)
    return keras.Model(x, layers.Concatenate(name="both")([wide, narrow]))


def test_a_merge_sees_what_the_widest_branch_sees():
    both = field(describe(inception()), "both")
    assert (both.low, both.high) == (-4, 4)


def test_a_layer_that_is_called_twice_counts_once():
    x = keras.Input((40, 1), name="view")
    shared = layers.Conv1D(1, 3, padding="same", name="shared")
    model = keras.Model(x, shared(shared(x)))
    card = describe(model)
    assert [layer.name for layer in card.layers] == ["view", "shared", "shared:2"]
    assert card.parameters == model.count_params() == 4
    assert (field(card, "shared").size, field(card, "shared:2").size) == (3, 5)


def test_a_nested_model_is_descended_into():
    x = keras.Input((40, 1), name="view")
    column = keras.Sequential(
        [layers.Conv1D(2, 3, name="a"), layers.Conv1D(2, 5, name="b")], name="in"
    )
    model = keras.Model(x, layers.Conv1D(1, 3, name="c")(column(x)))
    card = describe(model)
    assert [layer.name for layer in card.layers] == ["view", "in/a", "in/b", "c"]
    assert card.parameters == model.count_params()
    assert field(card, "c").size == 9


class Own(layers.Layer):
    def call(self, inputs):
        return inputs[:, ::-1]


class OwnModel(keras.Model):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    "strange", [Own(name="own"), OwnModel(name="own"), lambda x: keras.ops.flip(x, axis=1)]
)
def test_an_unknown_layer_is_named_and_what_lies_behind_it_left_open(strange):
    x = keras.Input((40, 1), name="view")
    y = strange(layers.Conv1D(2, 3, name="before")(x))
    model = keras.Model(x, layers.Dense(1)(layers.Flatten(name="flat")(layers.ReLU(name="r")(y))))
    card = describe(model)
    (name,) = card.unknown
    blank = line(card, name)
    assert (blank.shape, blank.parameters, blank.multiply_adds, blank.kernel) == (None,) * 4
    assert blank.sees == line(card, "r").sees == line(card, "flat").sees == {"view": None}
    assert line(card, "flat").shape == (76,)
    assert card.last_places("view").name == "before"


@pytest.mark.parametrize(
    ("shape", "layer"),
    [((12,), layers.Reshape((12, 1))), ((12, 2), layers.Permute((2, 1))),
     ((12, 2), layers.Reshape((8, 3))), ((12, 2), layers.Reshape((3, 4, 2)))],
)  # fmt: skip
def test_places_that_are_no_longer_the_views_are_not_known(shape, layer):
    x = keras.Input(shape, name="view")
    layer = layer.__class__.from_config(layer.get_config() | {"name": "moved"})
    moved = line(describe(keras.Model(x, layer(x))), "moved")
    assert moved.known
    assert moved.sees == {"view": None}


def test_neighbours_put_together_are_a_window():
    x = keras.Input((12, 2), name="view")
    card = describe(keras.Model(x, layers.Reshape((4, 6), name="patches")(x)))
    assert (field(card, "patches").size, field(card, "patches").jump) == (3, 3)


def test_sizes_of_an_unknown_layer_are_not_made_up():
    """A layer with weights: its parameters are in no total."""

    class Weighty(layers.Conv1D):
        def call(self, inputs):
            return super().call(inputs)

    x = keras.Input((40, 1), name="view")
    card = describe(keras.Model(x, Weighty(2, 3, name="weighty")(x)))
    assert (card.unknown, card.parameters) == (("weighty",), 0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: OwnModel(name="own"), "model 'own': a card needs a functional or sequential net"),
        (
            lambda: keras.Sequential([keras.Input((None, 1)), layers.Conv1D(2, 3, name="c")]),
            r"a card needs fixed lengths, got \(None, None, 1\)",
        ),
    ],
)
def test_a_model_without_fixed_layers_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        describe(make())


def test_json_both_ways():
    card = describe(built("astronet", None, {"global_view": (201, 1), "scalars": (3,)}))
    assert card_from_dict(json.loads(json.dumps(card_to_dict(card)))) == card


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"layers": None}, "layers"),
        ({"colour": "red"}, "colour"),
        ({"views": {"view": ["long"]}}, "views.view.0"),
    ],
)
def test_what_is_no_card_is_refused_with_its_place(change, place):
    plain = card_to_dict(describe(inception()))
    with pytest.raises(InputError, match=f"not the card of a network: {place}: "):
        card_from_dict(plain | change)


def test_a_record_can_hold_cards():
    class Part(BaseModel):
        cards: dict[str, ScaledCard]

    card = scaled_card(describe(inception()), [Choice(name="view")])
    part = Part(cards={"a": card})
    assert Part.model_validate_json(part.model_dump_json()) == part


def test_scales_follow_the_options_of_the_entrys_views():
    card = describe(built("astronet", None, SHALLUE))
    options = {"preset": "shallue2018"}
    views = [Choice(name="global_view"), Choice(name="local_view", options=options)]
    scaled = scaled_card(card, views)
    assert scaled.width("global_view") == pytest.approx(2001 * 0.0125)
    assert scaled.width("local_view") == pytest.approx(100 / 3.92)
    assert scaled_card(card, views[:1]).width("local_view") is None
