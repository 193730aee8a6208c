"""Made-up mistakes of a made-up comparison: curves with a dip, a bump of occlusion at it."""

import numpy as np

from kepler_keras.attention import Mistake, SeenView, ShownStar
from kepler_keras.record import Record


def seen(view: str = "flux", *, network: bool = True, loud: float = 2.5) -> SeenView:
    """A view of 100 steps whose middle spoke for a planet."""
    if view == "search_features":
        return SeenView(
            view=view, length=2, curve=[7.5, None], names=["snr", "depth"], window=1,
            occlusion=[loud, -0.5],
        )  # fmt: skip
    curve = [0.0] * 49 + [-1.0] + [0.0] * 50
    image = [[0.0] * 32 + [-3.0] + [0.0] * 31] * 4 if view == "folded_image" else []
    return SeenView(
        view=view,
        length=100,
        curve=[] if image else curve,
        image=image,
        window=4,
        occlusion=[0.0] * 24 + [loud] + [-0.4] * 24,
        saliency=[0.1] * 100 if network else None,
    )


def star(name: str, *, folded: bool = False, kind: str = "") -> ShownStar:
    """A star of 65 days with a dip every 10, or one whose curve came folded."""
    bins = [value for _ in range(100) for value in (-90.0, 90.0)]
    if folded:
        return ShownStar(star=name, folded=bins)
    flux = (50 * np.sin(np.arange(200) / 9)).round(2).tolist()
    return ShownStar(
        star=name, kind=kind, raw=[*flux[:90], None, None, *flux[92:]], days=65.0,
        folded=bins, folded_median=[0.0] * 49 + [None, -60.0] + [0.0] * 49,
        period=10.0, t0=2.0, duration=0.2, searched=True,
    )  # fmt: skip


def with_mistakes(record: Record, *, each: int = 3, views: tuple[str, ...] = ("flux",)) -> Record:
    """A record that keeps the first rows of each class as mistakes of every entry."""
    tests = record.predictions[
        (record.predictions["split"] == "test") & (record.predictions["repeat"] == 0)
    ]
    mistakes = [
        Mistake(
            entry=str(name),
            fold=row.fold,
            example_id=row.example_id,
            label=label,
            views=[seen(view) for view in views],
        )
        for name, rows in tests.groupby("entry", sort=False)
        for label in (0, 1)
        for row in rows[rows["label"] == label].head(each).itertuples()
    ]
    names = dict(zip(tests["example_id"], tests["star"], strict=True))
    shown = {row: star(names[row]) for row in sorted({one.example_id for one in mistakes})}
    return record.model_copy(update={"mistakes": mistakes, "shown": shown})
