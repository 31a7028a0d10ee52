import numpy as np
import pytest
import torch

from gdbook.training import autograd_objective


def test_gradient_is_autograds():
    objective = autograd_objective(lambda p: (p**3).sum())
    params = np.array([1.0, -2.0, 3.0])
    assert objective.value(params) == 20.0
    np.testing.assert_array_equal(objective.gradient(params), [3.0, 12.0, 27.0])


def test_params_of_the_caller_are_left_alone():
    params = np.array([1.0, 2.0])

    def greedy(tensor):
        with torch.no_grad():
            tensor.mul_(10)
        return tensor.sum()

    autograd_objective(greedy).gradient(params)
    np.testing.assert_array_equal(params, [1.0, 2.0])


def test_torch_computes_in_the_dtype_and_numpy_gets_float64():
    seen = []
    objective = autograd_objective(lambda p: seen.append(p.dtype) or p * p, dtype=torch.float32)
    gradient = objective.gradient(np.array(0.1))
    assert seen == [torch.float32]
    assert gradient.dtype == np.float64
    assert gradient == 2 * np.float32(0.1)


def test_function_that_returns_several_numbers_is_refused():
    with pytest.raises(ValueError, match=r"returned shape \(2,\): return one number"):
        autograd_objective(lambda p: p).value(np.ones(2))


def test_function_that_returns_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"returned 3\.0: return a tensor"):
        autograd_objective(lambda _: 3.0).value(np.ones(2))


@pytest.mark.parametrize(
    "function", [lambda p: p.detach().sum(), lambda _: torch.ones(1, requires_grad=True)]
)
def test_function_that_does_not_depend_on_its_params_is_refused(function):
    with pytest.raises(ValueError, match="does not depend on the parameters"):
        autograd_objective(function).gradient(np.ones(2))
