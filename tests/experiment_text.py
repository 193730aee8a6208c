"""An experiment file that is right."""

GOOD = """\
name: small
question: Is one better?
data:
  source: folded
  path: curves.npz
protocol:
  folds: 3
entries:
  - name: dense
    model: mlp
    view: global_view
  - name: conv
    model: {name: conv1d, filters: [4], dropout: 1e-1}
    view: {name: global_view, bins: 51}
    training:
      epochs: 5
baseline: dense
"""
