"""How long does a simulated population of the Kaggle set's size take, plain and realistic?

python benchmarks/simulated_stars.py
"""

import time

from kepler_keras.data.sources import load_source

KAGGLE_STARS = 5657


def main() -> None:
    """Prints CPU and wall time of each setting, and how many times the plain one it takes."""
    plain = 0.0
    for realism in ("plain", "kepler", "k2"):
        options = {"realism": realism, "prevalence": 0.0075}
        load_source("simulated", None, {**options, "n_stars": 20})
        cpu, wall = time.process_time(), time.perf_counter()
        curves = load_source("simulated", None, {**options, "n_stars": KAGGLE_STARS})
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        plain = plain or cpu
        print(
            f"{realism:7} {curves.flux.shape}: {cpu:.1f} CPU s, {wall:.1f} s, "
            f"{cpu / plain:.1f} times the plain one"
        )


if __name__ == "__main__":
    main()
