"""Names: what was measured decides, then what one types, then the place."""

from dataclasses import replace

import pytest

from gradcheck.diagnosis.answers import Related, Repair
from gradcheck.diagnosis.naming import BY_PLACE, Basis, name_of, names_of, scale_name
from gradcheck.diagnosis.naming.edits import BY_EDIT, SPECIAL, STRUCTURAL
from gradcheck.diagnosis.naming.relations import BY_RELATION
from gradcheck.faults import find
from gradcheck.findings import Edit, Evidence, Family, Observation
from gradcheck.numerics import Comparison, Verdict

LEVELS = ("output", "hidden", "weight", "bias", "")
OPERATORS = sorted({*BY_EDIT, *SPECIAL, "delete-statement", "drop-term", "shift-integer", "flip-sign"})
NOTHING = {
    "penalty": False,
    "stores": False,
    "updates": False,
    "derived": False,
    "relation": "",
    "factor": None,
    "of_batch": False,
}


def evidence(parameters=("W0",), **observations):
    comparisons = {
        name: Comparison(name, (2, 3), 1.0, 2.0, 0.5, 0.4, 1e-9, Verdict.FAIL) for name in parameters
    }
    facts = {name: Observation(name, found) for name, found in observations.items()}
    return Evidence("net.py", "d = p\n", comparisons, facts)


def repair(operator, level, *, removed="a", inserted="b", made_right=("W0",), role="weight", **traits):
    return Repair(
        edit=Edit(1, 1, "d = a", "d = b", operator, made_right, made_right),
        before="d = a\n",
        after="d = b\n",
        statement="d = a",
        removed=(removed,),
        inserted=(inserted,),
        starts=(4,),
        cost=1.0,
        traits={"roles": dict.fromkeys(made_right, role), "level": level, **NOTHING, **traits},
    )


def test_every_table_names_faults_of_the_catalogue():
    tables = [*BY_RELATION.values(), *BY_EDIT.values(), BY_PLACE]
    names = {name for table in tables for name in table.values()}
    assert {find(name).name for name in names} == names


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_without_a_relation_a_name_rests_on_the_edit_or_the_place(operator, level):
    name = name_of(repair(operator, level), evidence())
    assert find(name.fault).name == name.fault
    assert name.basis is not Basis.MEASURED
    assert name.basis is Basis.EDIT or name.fault == BY_PLACE[level]


@pytest.mark.parametrize("level", ["output", "hidden", "weight", "bias"])
def test_a_relation_says_more_than_the_edit(level):
    for relation, fault in BY_RELATION[level].items():
        if relation in {"batch-scale", "scale"}:
            continue
        found = name_of(repair("replace-name", level, relation=relation), evidence())
        assert (found.fault, found.basis) == (fault, Basis.MEASURED)


def test_exchanged_gradients_are_named_by_what_is_added_and_what_is_multiplied():
    """Of two biases, or two weights, nothing is scale or shift."""
    one = repair("exchange", "weight", relation="other-array", made_right=("gamma", "beta"))
    scale = replace(one, traits={**one.traits, "roles": {"gamma": "", "beta": "bias"}})
    assert name_of(scale, evidence()).fault == "swapped-scale-and-shift"
    biases = replace(one, traits={**one.traits, "roles": {"gamma": "bias", "beta": "bias"}})
    assert name_of(biases, evidence()).fault == "weight-gradient-wrong"


def test_a_sum_set_back_to_zeros_is_a_shared_weights():
    again = repair(
        "delete-statement", "weight", removed="dW = np.zeros((2, 3))\n", inserted="", relation="other-array"
    )
    assert name_of(again, evidence()).fault == "shared-weight-overwritten"


def test_one_sample_less_is_the_variances():
    less = repair("drop-term", "hidden", removed="n - 1", inserted="n", relation="unprojected")
    assert name_of(less, evidence()).fault == "variance-convention"
    path = repair("fit-term", "hidden", removed="g", inserted="g - m", relation="unprojected")
    assert name_of(path, evidence()).fault == "constant-batch-statistics"


def test_the_smallest_for_the_largest_is_a_poolings():
    other = repair("change-function", "hidden", removed="a.argmin(axis=1)", inserted="a.argmax(axis=1)")
    assert name_of(other, evidence()).fault == "pool-routing"
    slope = repair("flip-comparison", "hidden", removed="z < 0", inserted="z > 0")
    assert name_of(slope, evidence()).fault != "pool-routing"


@pytest.mark.parametrize("operator", sorted(STRUCTURAL))
def test_an_edit_of_when_and_where_something_is_written_says_more_than_values(operator):
    found = name_of(repair(operator, "hidden", relation="missing-term"), evidence())
    assert found == name_of(repair(operator, "hidden"), evidence())
    assert found.basis is Basis.EDIT


@pytest.mark.parametrize(
    ("level", "factor", "of_batch", "fault"),
    [
        ("hidden", 0.1, True, "repeated-batch-mean"),
        ("hidden", 10.0, True, "hidden-delta-wrong"),
        ("hidden", 3.0, False, "hidden-delta-wrong"),
        ("bias", 0.1, True, "bias-gradient-mean"),
        ("bias", 4.0, False, "bias-gradient-scaled"),
        ("weight", 0.1, True, "one-block-scaled"),
    ],
)
def test_a_constant_of_one_layer(level, factor, of_batch, fault):
    assert (
        name_of(
            repair("fit-factor", level, relation="scale", factor=factor, of_batch=of_batch), evidence()
        ).fault
        == fault
    )


@pytest.mark.parametrize(
    ("removed", "inserted", "traits", "fault"),
    [
        ("d", "d / n", {"factor": 10.0, "of_batch": True}, "summed-gradient"),
        ("d / n / n", "d / n", {"factor": 0.1, "of_batch": True}, "mean-twice"),
        ("3 * d", "d", {"factor": 3.0}, "stray-factor"),
        ("d / 10", "d", {"factor": 0.1, "of_batch": True}, "stray-factor"),
        ("2 * d", "d", {"factor": 2.0, "relation": "loss-factor"}, "loss-factor"),
        ("s * d", "d", {"factor": 0.37}, "stray-factor"),
        ("f(d)", "1", {"factor": 0.37, "operator": "fit-number"}, "output-delta-wrong"),
        ("-d", "d", {"factor": -1.0, "relation": "sign"}, "output-delta-sign"),
    ],
)
def test_a_constant_of_everything(removed, inserted, traits, fault):
    given = {"operator": "fit-factor", "relation": "scale", **traits}
    found = repair(level="output", removed=removed, inserted=inserted, **given)
    [name] = names_of([found], evidence())
    assert name.fault == fault


def test_a_delta_that_departs_says_more_than_an_edit_at_its_place():
    delta = {"level": "output", "relation": "one-sample", "factor": None, "of_batch": False}
    related = Related(delta=delta)
    assert name_of(repair("fit-term", "output"), evidence(), None, related).fault == "single-sample-gradient"
    assert name_of(repair("fit-term", "hidden"), evidence(), None, related).fault == "single-sample-gradient"
    assert (
        name_of(repair("accumulate", "output"), evidence(), None, related).fault == "single-sample-gradient"
    )
    below = Related(delta={**delta, "level": "hidden", "relation": "zero"})
    assert name_of(repair("fit-term", "hidden"), evidence(), None, below).fault == "detached-hidden-layer"
    assert name_of(repair("fit-term", "output"), evidence(), None, below).fault == "branch-dropped"
    known = repair("fit-term", "output", relation="logits")
    assert name_of(known, evidence(), None, related).fault == "logits-for-probabilities"


def test_a_constant_taken_off_every_gradient_is_one_of_everything():
    more = {"relation": "scale", "factor": 10.0, "of_batch": True, "removed": "d", "inserted": "d / n"}
    parts = [
        repair("fit-factor", "hidden", made_right=("W0", "b0"), **more),
        repair("fit-factor", "bias", made_right=("b1",), **more),
    ]
    found = [name.fault for name in names_of(parts, evidence(("W0", "b0", "b1")))]
    assert found == ["summed-gradient"] * 2
    found = [name.fault for name in names_of(parts, evidence(("W0", "b0", "b1", "W1")))]
    assert found == ["hidden-delta-wrong", "bias-gradient-scaled"]


@pytest.mark.parametrize("code", [0.0, None, 0.5, 1.0, -1.0, 2.0, 0.7])
@pytest.mark.parametrize("relation", ["", "penalty", "penalty-kind", "penalty-power"])
@pytest.mark.parametrize("operator", ["fit-factor", "fit-term", "flip-sign", "drop-factor"])
def test_every_repair_of_a_penalty_has_a_name_in_the_catalogue(operator, relation, code):
    facts = {"scale_penalty": {"scalar": "lam", "terms": {"W0": {"loss": 1.0, "code": code}}}}
    found = name_of(repair(operator, "weight", penalty=True, relation=relation), evidence(**facts))
    assert find(found.fault).family is Family.REGULARIZATION


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (0.0, "penalty-missing"),
        (0.5, "penalty-half"),
        (2.0, "penalty-doubled"),
        (-1.0, "penalty-sign"),
        (0.7, "penalty-scale"),
        (None, "penalty-gradient-wrong"),
    ],
)
def test_a_penalty_is_named_by_its_two_coefficients(code, fault):
    facts = {"scale_penalty": {"scalar": "lam", "terms": {"W0": {"loss": 1.0, "code": code}}}}
    for removed, inserted in (("lam", "2 * lam"), ("0.5 * lam * W", "lam * W")):
        mended = repair("fit-factor", "weight", relation="penalty", removed=removed, inserted=inserted)
        assert name_of(mended, evidence(**facts)).fault == fault


def test_a_factor_of_two_that_is_a_size_is_one_of_scale():
    facts = {"scale_penalty": {"scalar": "lam", "terms": {"W0": {"loss": 0.5, "code": 1.0}}}}
    mended = repair("fit-factor", "weight", relation="penalty", removed="lam", inserted="lam / n_in")
    assert name_of(mended, evidence(**facts)).fault == "penalty-scale"


@pytest.mark.parametrize(("loss", "fault"), [(0.0, "bias-penalised"), (1.0, "bias-penalty-missing")])
def test_biases_in_the_penalty_of_one_side_only(loss, fault):
    facts = {"scale_penalty": {"scalar": "lam", "terms": {"b0": {"loss": loss, "code": 1.0 - loss}}}}
    mended = repair("fit-term", "bias", made_right=("b0",), role="bias", relation="penalty")
    assert name_of(mended, evidence(("b0",), **facts)).fault == fault


@pytest.mark.parametrize(
    ("role", "fault"), [("bias", "bias-penalty-missing"), ("weight", "layer-unpenalised")]
)
def test_weights_of_a_single_output_are_no_biases(role, fault):
    terms = {"v": {"loss": 1.0, "code": 0.0}, "W": {"loss": 1.0, "code": 1.0}}
    facts = {
        "scale_penalty": {"scalar": "lam", "terms": terms},
        "residual_fits": {"fits": {"v": {"weights": -1.0}}, "common_ratio": None},
    }
    column = Comparison("v", (5, 1), 1.0, 2.0, 0.5, 0.4, 1e-9, Verdict.FAIL)
    seen = replace(evidence(("v",), **facts), comparisons={"v": column})
    mended = repair("fit-term", "weight", made_right=("v",), role=role, relation="penalty")
    assert name_of(mended, seen).fault == fault


@pytest.mark.parametrize(
    ("ratio", "name"),
    [
        (2.0, "loss-factor"),
        (0.5, "loss-factor"),
        (12.0, "summed-gradient"),
        (1 / 12, "mean-twice"),
        (0.37, "stray-factor"),
        (2.7, "stray-factor"),
    ],
)
def test_a_ratio_has_a_name(ratio, name):
    assert scale_name(ratio) == name
    assert find(name).family is Family.SCALING


@pytest.mark.parametrize(("free", "name"), [(["W0"], "label-ignored"), ([], "misaligned-labels")])
def test_labels_that_are_never_seen_and_labels_of_others(free, name):
    facts = {"permute_labels": {"labels": "y", "label_free": free}}
    assert name_of(repair("index-by-label", "output"), evidence(**facts)).fault == name
