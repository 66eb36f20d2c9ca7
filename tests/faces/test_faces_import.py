"""What an import costs: `import gradcheck` needs numpy alone, and pytest's plugin not even that."""

from __future__ import annotations

import subprocess
import sys

import pytest

import gradcheck


def modules_after(statement):
    """Top-level modules that a fresh interpreter loads for `statement`."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def foreign(modules):
    return modules - set(sys.stdlib_module_names) - {"gradcheck"}


@pytest.mark.parametrize(
    "statement",
    ["import gradcheck", "import gradcheck; gradcheck.numerical_gradient", "import gradcheck.findings"],
)
def test_numpy_is_all_it_takes(statement):
    assert foreign(modules_after(statement)) <= {"numpy"}


def test_naming_the_package_loads_nothing_foreign_at_all():
    assert foreign(modules_after("import gradcheck")) == set()


def test_that_test_can_fail():
    assert foreign(modules_after("import gradcheck, rich")) == {"rich"}
    assert "numpy" in modules_after("import gradcheck; gradcheck.numerical_gradient")


def test_the_plugin_costs_pytest_nothing():
    assert "numpy" not in modules_after("import gradcheck.pytest_plugin")


@pytest.mark.parametrize("name", gradcheck.__all__)
def test_every_public_name_is_there(name):
    assert getattr(gradcheck, name).__name__.rpartition(".")[2] == name


def test_the_list_of_names_is_the_table_of_homes():
    assert sorted(gradcheck._HOMES) == gradcheck.__all__
    assert set(gradcheck.__all__) < set(dir(gradcheck))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'gradcheck' has no attribute 'diagnoze'"):
        _ = gradcheck.diagnoze
