#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image of the autograder.
set -euo pipefail

root=${AUTOGRADER_ROOT:-/autograder}

# The default image (Ubuntu 22.04) has Python 3.10, and grader needs 3.11: uv brings a newer one along. It goes where
# every user may run it, for root's home is closed to the user that runs what students wrote.
export UV_PYTHON_INSTALL_DIR=$root/python
export PIP_BREAK_SYSTEM_PACKAGES=1 # newer images ask for it; the image is ours alone
apt-get update
apt-get install -y --no-install-recommends python3-pip libseccomp2
python3 -m pip install uv
uv venv --python 3.12 "$root/venv"

# A wheel that was packed into the zip goes before the released package.
shopt -s nullglob
wheels=("$root"/source/wheels/*.whl)
package=${wheels[0]:-graded-descent}
uv pip install --python "$root/venv/bin/python" --torch-backend cpu "${package}[grade]"

# The course holds the solutions: nothing that runs as another user may read it.
chmod -R o= "$root/source"
