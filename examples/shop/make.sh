#!/bin/sh
# The shop's own build: makes the site in target/site.
set -eu
cd "$(dirname "$0")"
mkdir -p target/site
printf '%s\n' "${1:-1}" > target/site/version
sed "s/@VERSION@/${1:-1}/" site/index.html.in > target/site/index.html
