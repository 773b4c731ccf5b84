"""Every attack gains nothing in the jail; where its defence is switched off it succeeds, so the attack is alive."""

from __future__ import annotations

import os

import pytest

from hostile.harness import ATTACKS, CONFIGURATIONS, Attack, Lacking, Range

SHOTS = 3  # at what has to happen: some attacks are races, and lost on a busy machine


def marks(attack: Attack) -> list[pytest.MarkDecorator]:
    return [pytest.mark.timing(reason=attack.race)] if attack.race else []


HELD = [pytest.param(a, c, id=f"{a.name}-{c}") for a in ATTACKS for c in a.holds]
SEEN = [pytest.param(a, id=a.name, marks=marks(a)) for a in ATTACKS if a.seen]
ALIVE = [pytest.param(a, c, id=f"{a.name}-{c}", marks=marks(a)) for a in ATTACKS for c in a.breaches]


@pytest.mark.parametrize(("attack", "configuration"), HELD)
def test_an_attack_gains_nothing_in_the_jail(range_: Range, attack: Attack, configuration: str) -> None:
    assert gained(range_, attack, configuration) == ()


@pytest.mark.parametrize(("attack", "configuration"), ALIVE)
def test_an_attack_succeeds_without_its_defence(range_: Range, attack: Attack, configuration: str) -> None:
    if attack.needs == "root" and os.getuid() != 0:
        pytest.skip("only root could do it at all")
    try:
        assert any(range_.breached(attack, configuration) for _ in range(SHOTS))
    except Lacking as lacking:
        pytest.skip(f"{configuration}: {lacking}")


@pytest.mark.parametrize("attack", SEEN)
def test_an_attack_that_is_held_was_really_tried(range_: Range, attack: Attack) -> None:
    results = (range_.fire(attack, attack.holds[0]).result for _ in range(SHOTS))
    assert any(result is not None and attack.seen in result.to_json() for result in results)


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_an_honest_submission_gains_nothing_in_any_configuration(range_: Range, configuration: str) -> None:
    """So that what others gain is their attack's, not the configuration's."""
    honest = Attack("honest", "", "", "def breach():\n    return False\n")
    assert gained(range_, honest, configuration) == ()


def gained(range_: Range, attack: Attack, configuration: str) -> tuple[str, ...]:
    try:
        return range_.fire(attack, configuration).gains
    except Lacking as lacking:
        pytest.skip(f"{configuration}: {lacking}")
