"""Seeds by name."""

from kepler_keras.training.seeding import job_seed


def test_a_seed_depends_on_every_part_and_its_place():
    parts = [(0, 1, 2), (0, 2, 1), (1, 1, 2), (0, 1), (0, 1, "batches"), (0, 1, "refit")]
    assert len({job_seed(*part) for part in parts}) == len(parts)


def test_a_seed_is_the_same_in_every_process_and_fits_scikit_learn():
    assert job_seed(7, "batches") == job_seed(7, "batches") == 1124681682
    assert all(0 <= job_seed(seed) < 2**31 for seed in range(100))
