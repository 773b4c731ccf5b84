"""Every attack gains nothing in the jail; where its defence is switched off it succeeds, so the attack is alive."""

from __future__ import annotations

import pytest
from harness import ATTACKS, Attack, Lacking, Range

HELD = [pytest.param(a, c, id=f"{a.name}-{c}") for a in ATTACKS for c in a.holds]
ALIVE = [pytest.param(a, c, id=f"{a.name}-{c}") for a in ATTACKS for c in a.breaches]


@pytest.mark.parametrize(("attack", "configuration"), HELD)
def test_gains_nothing(range_: Range, attack: Attack, configuration: str) -> None:
    assert fire(range_, attack, configuration) == ()


@pytest.mark.parametrize(("attack", "configuration"), ALIVE)
def test_succeeds_without_its_defence(range_: Range, attack: Attack, configuration: str) -> None:
    assert fire(range_, attack, configuration) != ()


def fire(range_: Range, attack: Attack, configuration: str) -> tuple[str, ...]:
    try:
        return range_.fire(attack, configuration).gains
    except Lacking as lacking:
        pytest.skip(f"{configuration}: {lacking}")
