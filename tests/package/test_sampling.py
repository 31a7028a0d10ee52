import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbook import cyclic, full_batch, last_sample_only, reshuffled, with_replacement

SIZES = st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n + 2)))
SEEDED = {
    "reshuffled": lambda n, m: reshuffled(rng=np.random.default_rng(7), batch_size=m)(n),
    "with_replacement": lambda n, m: with_replacement(rng=np.random.default_rng(7), batch_size=m)(
        n
    ),
}
BATCHED = {"cyclic": lambda n, m: cyclic(batch_size=m)(n), **SEEDED}


@pytest.mark.parametrize("name", BATCHED)
@given(sizes=SIZES)
def test_an_epoch_has_n_indices_and_only_its_last_batch_may_be_smaller(name, sizes):
    n_samples, batch_size = sizes
    batches = list(BATCHED[name](n_samples, batch_size))
    assert sum(map(len, batches)) == n_samples
    assert {len(batch) for batch in batches[:-1]} <= {batch_size}
    assert 1 <= len(batches[-1]) <= batch_size
    assert all(0 <= index < n_samples for batch in batches for index in batch)


@given(sizes=SIZES)
def test_cyclic_and_reshuffled_see_each_sample_once(sizes):
    for name in ("cyclic", "reshuffled"):
        seen = np.concatenate(list(BATCHED[name](*sizes)))
        np.testing.assert_array_equal(np.sort(seen), np.arange(sizes[0]))


def test_cyclic_keeps_the_order():
    assert [batch.tolist() for batch in cyclic(batch_size=3)(5)] == [[0, 1, 2], [3, 4]]


def test_reshuffled_draws_a_new_order_for_each_epoch():
    batches = reshuffled(rng=np.random.default_rng(0))
    first, second = (np.concatenate(list(batches(100))) for _ in range(2))
    assert (first != second).any()


def test_every_order_of_three_is_equally_likely():
    batches = reshuffled(rng=np.random.default_rng(0))
    orders = [tuple(np.concatenate(list(batches(3)))) for _ in range(6000)]
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    # Six counts around 1000 with a standard deviation of 29: five of them are 145.
    assert len(counts) == 6
    assert abs(counts - 1000).max() < 145


def test_draws_with_replacement_leave_out_one_in_e():
    batches = with_replacement(rng=np.random.default_rng(0))
    seen = np.unique(np.concatenate(list(batches(100_000))))
    assert 1 - len(seen) / 100_000 == pytest.approx(1 / np.e, abs=0.005)


@pytest.mark.parametrize("name", SEEDED)
def test_same_seed_gives_same_batches_and_global_state_is_left_alone(name):
    before = np.random.get_state()[1].copy()  # it is what must not change
    once, again = (np.concatenate(list(SEEDED[name](50, 7))) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


def test_full_batch_and_last_sample_have_one_batch():
    assert [batch.tolist() for batch in full_batch()(3)] == [[0, 1, 2]]
    assert [batch.tolist() for batch in last_sample_only()(3)] == [[2]]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "batches",
    [
        full_batch(),
        last_sample_only(),
        cyclic(),
        reshuffled(rng=RNG),
        with_replacement(rng=RNG),
    ],
)
def test_bad_number_of_samples_is_refused_at_once(batches):
    with pytest.raises(ValueError, match="is 0: pass 1 or more"):
        batches(0)
    with pytest.raises(TypeError, match=r"is 1\.5: pass a whole number"):
        batches(1.5)


@pytest.mark.parametrize(
    ("sampling", "options"),
    [(cyclic, {}), (reshuffled, {"rng": RNG}), (with_replacement, {"rng": RNG})],
)
def test_bad_batch_size_is_refused_when_a_sampling_is_made(sampling, options):
    with pytest.raises(ValueError, match="batch_size is 0: pass 1 or more"):
        sampling(batch_size=0, **options)
    with pytest.raises(TypeError, match=r"batch_size is 1\.5: pass a whole number"):
        sampling(batch_size=1.5, **options)


@pytest.mark.parametrize("sampling", [reshuffled, with_replacement])
@pytest.mark.parametrize("rng", [None, 7, np.random.RandomState(0)])
def test_what_is_no_generator_is_refused(sampling, rng):
    with pytest.raises(TypeError, match=r"rng is .*: pass np\.random\.default_rng"):
        sampling(rng=rng)


@pytest.mark.parametrize("batches", [cyclic(batch_size=7), reshuffled(rng=RNG, batch_size=7)])
def test_batch_larger_than_the_samples_holds_all_of_them(batches):
    (batch,) = batches(3)
    assert sorted(batch.tolist()) == [0, 1, 2]


@pytest.mark.parametrize("name", SEEDED)
def test_sampling_that_is_pickled_goes_on_with_the_same_batches(name):
    sampling = {"reshuffled": reshuffled, "with_replacement": with_replacement}[name]
    batches = sampling(rng=np.random.default_rng(7), batch_size=4)
    list(batches(50))
    copy = pickle.loads(pickle.dumps(batches))  # noqa: S301  # it is our own
    for ours, theirs in zip(batches(50), copy(50), strict=True):
        np.testing.assert_array_equal(ours, theirs)
