"""An implementation in this very process, without a jail: a notebook's own kernel, a model solution, a known mistake."""

from __future__ import annotations

import random
import time
import traceback
import warnings
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from .. import errors
from ..errors import TopicError, Wrong
from ..inside.plan import Implementation, Misfit, Missing, Plan, execute
from ..inside.wire import WireError, decode, encode


class Live(Implementation):
    """Runs plans against the functions of `world`, the namespace of a module or of a kernel.

    Arguments and answers are encoded and decoded as for the jail, so that what passes here passes there. `asked` are the functions
    that it should define.
    """

    def __init__(self, world: Mapping[str, Any], asked: Collection[str] = ()) -> None:
        self.world, self.asked = world, asked
        self.handles: dict[int, Any] = {}

    @classmethod
    def of(cls, source: str, name: str = "solution.py") -> Live:
        """Return the implementation that a trusted Python text defines. Raises TopicError if the text cannot be run."""
        world: dict[str, Any] = {"__name__": "submission"}
        try:
            exec(compile(source, name, "exec", dont_inherit=True), world)
        except Exception as error:
            raise TopicError(f"{name} cannot be run: {type(error).__name__}: {error}") from error
        return cls(world)

    def run(self, plan: Plan) -> list[Any]:
        copy = plan.copy()
        called: list[str] = []
        np.random.seed(plan.seed)
        random.seed(plan.seed)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return execute(copy, self.world, self.handles, lambda value: decode(encode(value)), called.append)
        except Missing as lack:
            raise errors.missing(lack.name, lack.have, self.asked) from None
        except Misfit as misfit:
            raise errors.misfit(misfit.name, misfit.sentence) from None
        except WireError as cannot:
            raise Wrong(called[-1] if called else "", f"returned something else: {cannot}", id="form") from None
        except Exception as error:
            line = traceback.extract_tb(error.__traceback__)[-1].lineno
            calling = called[-1] if called else ""
            raise errors.Raised(type(error).__name__, str(error)[:500], None, line, calling) from error

    def begin_row(self) -> None:
        self.handles.clear()

    def cpu_seconds(self) -> float:
        return time.process_time()
