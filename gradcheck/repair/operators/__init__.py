"""The operators: each looks at a context and proposes edits that might repair the program, one file a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.operators import (
    activation,
    arithmetic,
    borders,
    calls,
    copies,
    exchanges,
    factors,
    fitted,
    formulas,
    indexing,
    labels,
    lookups,
    mirrors,
    names,
    normalised,
    statements,
    synthesised,
    unread,
)

Operator = Callable[[Context], Iterator[Candidate]]

OPERATORS: tuple[Operator, ...] = (
    labels.subtract_one_hot,
    labels.insert_subtractions,
    fitted.fit_factors,
    fitted.fit_terms,
    arithmetic.change_signs,
    arithmetic.swap_operators,
    arithmetic.drop_operands,
    arithmetic.drop_tails,
    factors.insert_factors,
    names.transpose,
    names.swap_operands,
    names.replace_names,
    unread.use_unread,
    activation.insert_derivatives,
    activation.change_derivatives,
    copies.take_copies,
    formulas.softmax_products,
    normalised.normalised_products,
    lookups.add_repeated,
    exchanges.exchange,
    mirrors.turn_round,
    mirrors.turn_back,
    borders.widen_loops,
    borders.widen_slices,
    borders.shift_slices,
    calls.change_reductions,
    calls.insert_sums,
    calls.change_functions,
    calls.drop_calls,
    indexing.shift_integers,
    indexing.shift_indices,
    indexing.flip_comparisons,
    statements.carry_over,
    statements.move_updates_last,
    statements.delete_statements,
    synthesised.synthesise,
)
