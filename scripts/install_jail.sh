#!/bin/sh
# Install what the jail needs beyond Python, bubblewrap and libseccomp: on Debian and Ubuntu, as root; elsewhere say what to
# install. Grading works without them, at a lower level (docs/security.md).
[ "$(uname -s)" = Linux ] || exit 0
missing=
command -v bwrap >/dev/null || missing=bubblewrap
ldconfig -p 2>/dev/null | grep -q 'libseccomp\.so\.2' || ls /usr/lib*/libseccomp.so.2 /usr/lib/*/libseccomp.so.2 >/dev/null 2>&1 ||
    missing="$missing libseccomp2"
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing what the jail needs: $missing"
    # shellcheck disable=SC2086 (several names)
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null; } && exit 0
fi
echo "note: for level 3 of isolation install $missing with your system's package manager (docs/security.md)"
