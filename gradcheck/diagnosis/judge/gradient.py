"""Wrong gradients: what the edits that repair them say was wrong, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.diagnosis.answers import Related, Repair
from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label
from gradcheck.diagnosis.naming import Basis, names_of, relation_name, scale_name
from gradcheck.diagnosis.patches import alone, changed_lines, original_line, unified_diff
from gradcheck.faults import find
from gradcheck.findings import Edit, Evidence, Family, Finding, Label, Patch, Severity
from gradcheck.numerics import Comparison, Verdict

Checks = Sequence[Mapping[str, Comparison]]

BETWEEN = frozenset({"norm-not-squared", "bias-penalty-missing", "penalty-kind"})
# Faults of which it cannot be told whether the loss or the gradient was meant otherwise.
SURE = {Basis.MEASURED: 0.97, Basis.EDIT: 0.85, Basis.PLACE: 0.75}
LIKELY = 0.8


def repaired(
    evidence: Evidence, repairs: Sequence[Repair], checks: Checks, related: Related | None = None
) -> list[Finding]:
    """One finding for every fault that the repairs of a file name; repairs of the same fault go together."""
    groups: dict[str, list[Repair]] = {}
    bases: dict[str, Basis] = {}
    for repair, name in zip(repairs, names_of(repairs, evidence, related or Related()), strict=True):
        groups.setdefault(name.fault, []).append(repair)
        bases[name.fault] = max(name.basis, bases.get(name.fault, Basis.PLACE))
    return [_finding(name, bases[name], group, evidence, checks) for name, group in groups.items()]


def _finding(name: str, basis: Basis, group: list[Repair], evidence: Evidence, checks: Checks) -> Finding:
    made_right = list(dict.fromkeys(p for repair in group for p in repair.edit.parameters))
    spoiled = list(
        dict.fromkeys(p for repair in group for p in (*repair.edit.parameters, *repair.edit.influences))
    )
    spoiled = [p for p in evidence.comparisons if p in spoiled and p in evidence.wrong]
    fix = _fix(group, made_right or spoiled, evidence, checks)
    labels = [label for repair in group for label in _labels(repair, evidence)]
    lines = tuple(dict.fromkeys([*(label.line for label in labels), *lines_in_loss(name, evidence, spoiled)]))
    family = find(name).family
    if family is Family.REGULARIZATION:
        labels += _loss_label(evidence)
    return finding_of(
        name,
        evidence,
        message=_message(name, evidence),
        confidence=SURE[basis] if fix is not None and fix.verified else LIKELY,
        lines=lines,
        labels=labels,
        parameters=spoiled,
        measured=measured_of(name, evidence, made_right),
        algebra=find(name).algebra,
        fix=fix,
    )


def _fix(group: list[Repair], parameters: list[str], evidence: Evidence, checks: Checks) -> Patch | None:
    """The diff of a group of repairs alone, with the worst relative error of what they make right."""
    text = evidence.source
    for repair in group:
        text = _with(text, evidence.source, repair)
    worst = {name: evidence.comparisons[name].relative_error for name in parameters}
    name = max(worst, key=lambda key: worst[key], default="")
    after = [check[name].relative_error for check in checks if name in check]
    held = bool(checks) and all(
        check[p].verdict is not Verdict.FAIL for check in checks for p in parameters if p in check
    )
    if not held:
        return None
    return Patch(
        diff=unified_diff(evidence.source, text, evidence.target),
        verified=held,
        before=worst.get(name, 0.0),
        after=max(after, default=0.0),
        measure=f"relative error of {name}",
        edits=tuple(_edit(repair, evidence) for repair in group),
    )


def _with(text: str, original: str, repair: Repair) -> str:
    """`text` with one more repair, made to the original alone."""
    own = alone(original, repair.before, repair.after)
    return own if text == original else alone(text, original, own)


def _edit(repair: Repair, evidence: Evidence) -> Edit:
    line = original_line(evidence.source, repair.before, repair.edit.line)
    size = repair.edit.end_line - repair.edit.line
    return Edit(
        line=line,
        end_line=line + size,
        before=repair.edit.before,
        after=_new_text(repair),
        operator=repair.edit.operator,
        parameters=repair.edit.parameters,
        influences=repair.edit.influences,
    )


def _new_text(repair: Repair) -> str:
    rest = len(repair.before.split("\n")) - repair.edit.end_line
    rows = repair.after.split("\n")
    return "\n".join(rows[repair.edit.line - 1 : len(rows) - rest])


def _labels(repair: Repair, evidence: Evidence) -> list[Label]:
    """The regions that an edit replaces, where they still stand as in the original; whole lines otherwise."""
    labels: list[Label] = []
    rows = repair.before.split("\n")
    original = evidence.source.split("\n")
    for start, old in zip(repair.starts, repair.removed, strict=True):
        line = repair.before.count("\n", 0, start) + 1
        column = start - (repair.before.rfind("\n", 0, start) + 1)
        at = original_line(evidence.source, repair.before, line)
        same = at <= len(original) and line <= len(rows) and original[at - 1] == rows[line - 1]
        one_line = "\n" not in old
        if same and one_line and old.strip():
            labels.append(Label(at, column, column + len(old), "", primary=True))
        else:
            labels.append(line_label(evidence.source, at, "", primary=True))
    for line in changed_lines(repair.before, repair.after):
        at = original_line(evidence.source, repair.before, line)
        if all(label.line != at for label in labels):
            labels.append(line_label(evidence.source, at, "", primary=True))
    return labels


def lines_in_loss(name: str, evidence: Evidence, parameters: Sequence[str]) -> list[int]:
    """Where the loss penalises some parameters, which may be as much at fault as their gradient."""
    if name not in BETWEEN:
        return []
    penalised = evidence.fact("read_audit", "penalised", {})
    return list(dict.fromkeys(line for parameter in parameters for line in penalised.get(parameter, [])))


def _loss_label(evidence: Evidence) -> list[Label]:
    line = evidence.fact("scale_penalty", "line", 0)
    return [line_label(evidence.source, line, "the penalty in the loss", primary=False)] if line else []


def _message(name: str, evidence: Evidence) -> str:
    if name == "label-ignored":
        labels = evidence.fact("permute_labels", "labels", "the labels")
        return f"the gradient does not depend on {labels}"
    if name in {"penalty-scale", "penalty-half", "penalty-doubled", "penalty-sign"}:
        terms = evidence.fact("scale_penalty", "terms", {})
        ratios = {figure(t["code"] / t["loss"]) for t in terms.values() if t["loss"] and t["code"]}
        if len(ratios) == 1:
            return f"the gradient's penalty term is {ratios.pop()} times what the loss implies"
    ratio = evidence.fact("residual_fits", "common_ratio")
    if find(name).family is Family.SCALING and ratio is not None:
        return f"every gradient is {figure(ratio)} times the true one: the rate is rescaled, nothing else is wrong"
    return find(name).title


def measured_of(name: str, evidence: Evidence, parameters: Sequence[str]) -> list[str]:
    """Sentences on what was measured of the gradients of some parameters."""
    sentences: list[str] = []
    if name == "label-ignored":
        facts = evidence.observations["permute_labels"].facts
        shown = max(facts["label_free"], key=lambda p: facts["true_moves"][p])
        moved = figure(facts["true_moves"][shown])
        sentences.append(
            f"other {facts['labels']} move the true gradient of {shown} by {moved}, yours by exactly 0"
        )
    if find(name).family is Family.REGULARIZATION:
        scalar = evidence.fact("scale_penalty", "scalar", "")
        for parameter, term in evidence.fact("scale_penalty", "terms", {}).items():
            if term["code"] is not None and abs(term["code"] - term["loss"]) > 1e-9:
                sentences.append(
                    f"with {scalar} on, the loss adds {figure(term['loss'])} {parameter} to the gradient, "
                    f"your code adds {figure(term['code'])} {parameter}"
                )
    for parameter in parameters[:2]:
        found = evidence.comparisons[parameter]
        if found.verdict is Verdict.FAIL:
            sentences.append(
                f"{parameter}: |yours| {figure(found.analytic_norm)}, |true| {figure(found.numerical_norm)}, "
                f"cosine {found.cosine:.2f}, relative error {found.relative_error:.1e}"
            )
    if not parameters:
        sentences.append("on its own it makes no gradient right yet; with the other fixes it does")
    return sentences


def scaled(evidence: Evidence, ratio: float, related: Related | None = None) -> Finding:
    """The finding for a gradient that is k times the true one everywhere, where no edit was found."""
    name = relation_name(evidence, evidence.wrong, related) if related else ""
    name = name if name and find(name).family is Family.SCALING else scale_name(ratio)
    return finding_of(
        name,
        evidence,
        message=_message(name, evidence),
        confidence=LIKELY,
        parameters=list(evidence.wrong),
        measured=[f"{parameter}: ratio {figure(ratio)}, cosine 1" for parameter in evidence.wrong[:2]],
        severity=Severity.WARNING,
        advice=f"divide the gradient by {figure(ratio)}, or multiply the loss by it",
    )
