#!/usr/bin/env bash
# Tests a CKAN extension on any machine with a Docker Engine, git and Python 3.10 or newer. Run it in the directory of
# the extension, which must not belong to root: tests do not run as root. Ends with status 0 when everything passed.
#
#   CKAN_VERSIONS="2.12 2.11" PORT=5050 ./ci.sh

set -euo pipefail

versions=${CKAN_VERSIONS:-2.12 2.11 2.10}
port=${PORT:-5050}
site=ci-$$

if ! command -v datacats >/dev/null; then
    python3 -m venv "$HOME/datacats"
    "$HOME/datacats/bin/pip" install "datacats @ git+https://github.com/datacats/datacats"
    export PATH="$HOME/datacats/bin:$PATH"
fi

for version in $versions; do
    datacats test --ckan "$version" -- --junit-xml="report-$version.xml"
done

work=$(mktemp -d)
trap 'cd / && datacats purge --yes --delete-environment "$work/$site"; rm -rf "$work"' EXIT
datacats create "$work/$site" "$port" --bare --ckan "${versions%% *}"
cp -R . "$work/$site/extension"
cd "$work/$site"
datacats install
curl --fail --silent --show-error --output page.html "http://127.0.0.1:$port/"
