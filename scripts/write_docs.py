"""Write the parts of the documentation that the code knows better, so that they cannot go stale.

    python scripts/write_docs.py            write what changed, and say which pages

docs/cli.md and docs/checks.md are whole pages. In other pages a comment `<!-- NAME: written by scripts/write_docs.py -->`
stands before a fence, and what is in the fence is written. tests/test_docs.py fails while a page is not up to date.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from grader import checks
from grader.bundle.shown import lines
from grader.checks import script
from grader.cli.app import app
from grader.cli.exits import Exit
from grader.inside.plan import Plan, Step
from grader.inside.wire import Ref
from grader.judging.evaluate import evaluate
from grader.judging.known import in_this_process, run_mistakes
from grader.judging.verdicts import verdicts
from grader.result import Result, Verdict
from grader.submission.in_process import Live
from grader.topics import asking, datasets, point_sets, signature
from grader.topics.changes import Change, Equivalent, Mistake
from grader.topics.folder import Assignment
from grader.topics.rubric import Row, Topic
from grader.truth import reference
from grader.truth.trials import PUBLIC_SEED, seeded_trials

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "<!-- Written by scripts/write_docs.py from the code: change it there. -->"
FENCE = re.compile(
    r"(?P<head>^(?P<indent> *)<!-- (?P<name>[\w-]+): written by scripts/write_docs\.py -->\n *```\w*\n).*?(?=^ *```)",
    re.DOTALL | re.MULTILINE,
)

# The example that the pages walk through: a topic, one of its mistakes, and a row that the mistake loses.
SLUG, MISTAKE, ROW = "adam", "eps inside the root", "eps"


def main() -> None:
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


def pages() -> dict[Path, str]:
    """Return every page that is written, whole or in part, as it should be."""
    whole = {ROOT / "docs" / "cli.md": cli_page(), ROOT / "docs" / "checks.md": checks_page()}
    mixed = (ROOT / "README.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "add-a-topic.md")
    partly = {path: path.read_text(encoding="utf-8") for path in mixed}
    return whole | {path: FENCE.sub(_fill, text) for path, text in partly.items()}


def _fill(found: re.Match[str]) -> str:
    """Return a fence with its comment and the example of that name, indented as the comment is."""
    return found["head"] + textwrap.indent(EXAMPLES[found["name"]]().rstrip() + "\n", found["indent"])


# ------------------------------------------------------------------------------------------------ docs/cli.md

# Defaults that depend on the machine would make the page differ from one to the next.
MEASURED = {"workers": "one for each processor"}


def cli_page() -> str:
    parts = [
        "# The command line",
        NOTICE,
        "Data goes to the standard output, talk and progress to the standard error. `grader COMMAND --help` says the same "
        "as this page.",
    ]
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        parts += _command(name, command.callback, {p.name: p.opts for p in commands()[name].params})
    # What a code means stands as a comment beside it, which no import tells.
    codes = re.findall(r"^ +\w+ = (\d+)(?:  # (.*))?$", inspect.getsource(Exit), re.M)
    parts += ["## Exit codes", _table(("code", "meaning"), [(f"`{code}`", text or "done") for code, text in codes])]
    return "\n\n".join(parts) + "\n"


def commands() -> dict[str, Any]:
    """Return every command as typer reads it, by name."""
    found: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    return found


def _command(name: str, callback: Callable[..., Any], flags: dict[str, list[str]]) -> Iterator[str]:
    hints = get_type_hints(callback, include_extras=True)
    parameters = [(p, *get_args(hints[p.name])) for p in inspect.signature(callback).parameters.values()]
    arguments = [
        (_argument(p, kind), info.help or "") for p, kind, info in parameters if isinstance(info, ArgumentInfo)
    ]
    options = [_option(p, kind, info, flags[p.name]) for p, kind, info in parameters if isinstance(info, OptionInfo)]
    yield f"## `grader {name}`"
    yield inspect.getdoc(callback) or ""
    yield f"```text\ngrader {' '.join([name, *(text for text, _ in arguments), '[OPTIONS]'])}\n```"
    if arguments:
        yield _table(("argument", "meaning"), [(f"`{text.strip('[]')}`", meaning) for text, meaning in arguments])
    yield _table(("option", "default", "meaning"), options)


def _argument(parameter: inspect.Parameter, kind: Any) -> str:
    text = parameter.name.upper() + ("..." if "list" in str(kind) else "")
    return text if parameter.default is parameter.empty else f"[{text}]"


def _option(parameter: inspect.Parameter, kind: Any, info: OptionInfo, names: list[str]) -> tuple[str, str, str]:
    [only] = [each for each in (get_args(kind) or (kind,)) if each is not type(None)]
    value = "" if only is bool else " " + _value(only)
    default = MEASURED.get(parameter.name) or _default(parameter.default)
    return f"`{', '.join(names)}{value}`", default, info.help or ""


def _value(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "\\|".join(member.value for member in kind)
    return {Path: "PATH", int: "N", float: "X"}.get(kind, "TEXT")


def _default(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


# --------------------------------------------------------------------------------------------- docs/checks.md


def checks_page() -> str:
    claims = [thing for name in checks.__all__ if name.islower() and isinstance(thing := getattr(checks, name), type)]
    parts = [
        "# What topics are written with",
        NOTICE,
        "The walk-through is [add-a-topic.md](add-a-topic.md); this page is for looking up. Everything but the last section "
        "comes `from grader import …`.",
        "## Signatures",
        _doc(signature),
        *_entry(signature.sample),
        *_entry(signature.given),
        "## Topic and rows",
        *(text for thing in (Topic, Row) for text in _entry(thing)),
        "## Checks",
        f"{_doc(checks)} `on=` names another generator of cases than the topic's.",
        *(text for thing in claims for text in _entry(thing)),
        "## Statistics",
        "What `measure` of `statistical` makes of answers. `grader verify` prints how far off each must be to be noticed.",
        *(
            text
            for thing in (checks.Count, checks.Mean, checks.Variance, checks.Distribution)
            for text in _entry(thing)
        ),
        "## Scripts",
        "Wherever a check asks a declared function it may ask a script, ordinary Python about what is declared: "
        "`band(Script(story, Network), …)`.",
        *_entry(checks.Script),
        "`world.NAME(…)` asks what is declared. Besides there are these:",
        *(
            text
            for name in ("ask", "let", "length", "sum", "calls", "points")
            for text in _entry(getattr(script.Namespace, name), "world.")
        ),
        "And to ask a function for some of its outputs alone:",
        *_entry(asking.outputs),
        "## Inside `holds`, and in checks of your own",
        "`claim(trial, case)` is plain Python; what it may ask is below. [write-a-check.md](write-a-check.md) makes a check.",
        *(
            text
            for name in (
                "call",
                "exact",
                "answers",
                "repeat",
                "expected",
                "cases",
                "normal",
                "computed",
                "expect",
                "show",
            )
            for text in _entry(getattr(checks.Trial, name), "trial.")
        ),
        *(
            text
            for thing in (checks.perform, checks.asking, checks.require_close, checks.Descent, checks.measured_as)
            for text in _entry(thing)
        ),
        "## Data sets",
        _doc(datasets),
        *_entry(datasets.dataset),
        "## Points to learn from",
        _doc(point_sets),
        *(
            text
            for name in ("separable", "blobs", "circles", "xor", "spirals", "away_from")
            for text in _entry(getattr(point_sets, name))
        ),
        "## Mistakes and variants",
        *(text for thing in (Mistake, Equivalent) for text in _entry(thing)),
        "### `variants/NAME.py`",
        _doc(Assignment.variants),
        "## References",
        "`reference/TOPIC.py` defines a PyTorch function for each function of the topic. These, "
        "`from grader.truth.reference import …`, "
        "help: gradients come from autograd, never by hand.",
        *(
            text
            for name in ("derivative", "layer", "scaled", "eager", "stepwise", "Stages", "Ensemble")
            for text in _entry(getattr(reference, name))
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _entry(thing: Any, prefix: str = "") -> Iterator[str]:
    yield f"### `{prefix}{thing.__name__}{_signature(thing)}`"
    yield f"{_doc(thing)} {_doc(Change)}" if thing is Mistake else _doc(thing)


def _doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _signature(thing: Any) -> str:
    """Return the signature as the source has it (names of defaults, not their values), without types and `self`."""
    own = vars(thing).get("__init__", thing) if isinstance(thing, type) else inspect.unwrap(thing)
    if isinstance(own, type) or not own.__code__.co_filename.endswith(".py"):  # a dataclass
        empty, whole = inspect.Parameter.empty, inspect.signature(thing)
        return str(inspect.Signature([p.replace(annotation=empty) for p in whole.parameters.values()]))
    tree = ast.parse(textwrap.dedent(inspect.getsource(own))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    arguments = tree.args
    arguments.args = [argument for argument in arguments.args if argument.arg != "self"]
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return f"({ast.unparse(arguments)})"


# ------------------------------------------------------------------------------------ fences in other pages


def rubric() -> str:
    """Return the pieces of topic.py that declare the function, the cases and the rubric."""
    return pieces("assignments/adam/topic.py", "adam", "cases", "topic")


def pieces(file: str, *wanted: str) -> str:
    """Return the definitions of these names, exactly as a file has them."""
    source = (ROOT / file).read_text(encoding="utf-8")
    found = [
        ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if (isinstance(node, ast.FunctionDef) and node.name in wanted)
        or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in wanted)
    ]
    return "\n\n".join(found)


def rows(module: str, *wanted: str) -> str:
    """Return rows of a topic's rubric, exactly as topic.py has them."""
    source = (ROOT / "assignments" / module / "topic.py").read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = {
        call.args[0].value: ast.get_source_segment(source, call) or ""
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Row" and isinstance(call.args[0], ast.Constant)
    }
    return "\n".join(textwrap.dedent(found[row]) + "," for row in wanted)


def objects() -> str:
    scripts = pieces("assignments/autodiff/topic.py", "build", "value_and_derivatives")
    return f"{scripts}\n\n{rows('autodiff', 'plain', 'graphs')}"


def chance() -> str:
    return f"{pieces('assignments/dropout/topic.py', 'many', 'kept_as_often')}\n\n{rows('dropout', 'rate')}"


def relations() -> str:
    file = "assignments/softmax_cross_entropy/topic.py"
    return f"{pieces(file, 'together')}\n\n{rows('softmax_cross_entropy', 'shift', 'same')}"


def stages() -> str:
    return (
        f"{pieces('reference/two_layer_network.py', 'forward')}\n\n{rows('two_layer_network', 'Z1', 'A1', 'Z2', 'A2')}"
    )


def training() -> str:
    given = rows("two_layer_network", "step")
    own = pieces("assignments/softmax_regression/topic.py", "measure")
    return f"{given}\n\n{own}\n\n{rows('softmax_regression', 'final')}"


class Watched(Live):
    """A live implementation that keeps the first plan of each row."""

    def __init__(self, world: Mapping[str, Any]) -> None:
        super().__init__(world)
        self.asked: list[Plan] = []
        self.first = True

    def begin_row(self) -> None:
        super().begin_row()
        self.first = True

    def run(self, plan: Plan) -> list[Any]:
        if self.first:
            self.asked.append(plan)
        self.first = False
        return super().run(plan)


ASSIGNMENT = Assignment(SLUG, ROOT)


@cache
def mistaken() -> str:
    """Return the example's source: the model solution with the mistake in it."""
    mistake = next(m for m in ASSIGNMENT.mistakes if m.name == MISTAKE)
    return mistake.apply(ASSIGNMENT.solution)


@cache
def graded() -> tuple[Plan, Verdict]:
    """Return the first plan that the example is asked in the row, and its verdict there, on the public cases."""
    truth, student = reference.Oracle(ASSIGNMENT), Watched.of(mistaken())
    assert isinstance(student, Watched)
    trials = seeded_trials(ASSIGNMENT.topic, student, truth, PUBLIC_SEED)
    outcomes = evaluate(ASSIGNMENT.topic, student, trials)
    row = next(i for i, outcome in enumerate(outcomes) if outcome.row.id == ROW)
    return student.asked[row], verdicts(
        outcomes, run_mistakes(ASSIGNMENT, in_this_process(ASSIGNMENT, truth, PUBLIC_SEED))
    )[row]


def feedback() -> str:
    return "\n".join(part for text in lines([graded()[1]]) for part in _wrapped(text))


def _wrapped(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text, 118, subsequent_indent=indent + "  ") if len(text) > 118 else [text]


def plan() -> str:
    asked = graded()[0]
    steps = [f"step {i}  {_step(step)}" for i, step in enumerate(asked.steps)]
    wanted = ", ".join(_name(ref) for ref, _ in asked.wanted)
    return "\n".join([*steps[:2], "…", f"wanted  {wanted}"])


def _step(step: Step) -> str:
    arguments = [_name(value) for value in step.args] + [f"{key}={_name(value)}" for key, value in step.kwargs.items()]
    return f"{step.op} {step.name}({', '.join(arguments)})"


def _name(value: Any) -> str:
    if isinstance(value, Ref):
        return f"step {value.step}" + ("" if value.output is None else f"[{value.output}]")
    return f"float64{list(value.shape)}" if hasattr(value, "shape") else repr(value)


def verdict() -> str:
    row = Result(SLUG, "ada", "adam.ipynb", "", (graded()[1],)).to_dict()["rows"][0]
    return json.dumps(row, indent=2, ensure_ascii=False)


EXAMPLES: dict[str, Callable[[], str]] = {
    "rubric": rubric,
    "cell": mistaken,
    "plan": plan,
    "verdict": verdict,
    "feedback": feedback,
    "objects": objects,
    "relations": relations,
    "chance": chance,
    "stages": stages,
    "training": training,
}

if __name__ == "__main__":
    main()
