"""Check objectives that functions are given."""

from gdbook.objectives import Objective


def checked_objective(objective: Objective) -> Objective:
    """Return an objective, or say how to make one."""
    if not isinstance(objective, Objective):
        raise TypeError(
            f"objective is {objective!r}: pass an Objective, made by Objective(value, gradient) "
            "or from data, such as by linear_model."
        )
    return objective
