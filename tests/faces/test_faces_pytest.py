from __future__ import annotations

WRONG = """
    import numpy as np
    import gradcheck

    def test_backprop():
        gradcheck.assert_gradients(lambda w: np.sum(w**2), lambda w: -2 * w, np.array([1.0, 2.0]))
"""


def test_a_mismatch_shows_both_numbers_and_a_section_of_its_own(pytester):
    pytester.makepyfile(test_net=WRONG)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">       gradcheck.assert_gradients(*",
            "E       gradcheck.GradientMismatch: the gradient of x is wrong",
            "E         x[[]1[]] = -4, measured 4; 2 of 2 entries, cosine -1.00",
            "*- gradcheck -*",
            "parameter shape |analytic| |numerical| cosine rel. error error bar",
            "x         2 * wrong",
            "FAILED test_net.py::test_backprop - gradcheck.GradientMismatch: the gradi*",
        ]
    )


def test_frames_of_gradcheck_are_hidden(pytester):
    pytester.makepyfile(test_net=WRONG)
    assert "assertions.py" not in pytester.runpytest().stdout.str()


def test_the_section_survives_workers(pytester):
    pytester.makepyfile(test_net=WRONG)
    pytester.runpytest("-n1").stdout.fnmatch_lines(["*- gradcheck -*"])


def test_other_failures_are_left_alone(pytester):
    pytester.makepyfile("def test_other():\n    assert 1 == 2\n")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*- gradcheck -*")


def test_a_suite_that_does_not_use_gradcheck_does_not_load_it(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            assert "gradcheck.pytest_plugin" in sys.modules
            assert "gradcheck.assertions" not in sys.modules
            assert "numpy" not in sys.modules
        """
    )
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)
