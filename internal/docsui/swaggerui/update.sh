#!/bin/sh
# Replaces the files of Swagger UI in this folder by those of another version.
#
#   ./update.sh          the newest version
#   ./update.sh 5.35.0   that version
#
# Needs npm, tar and gzip. Nothing is installed and no script of the package runs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm pack --silent --ignore-scripts "swagger-ui-dist@${1:-latest}" >/dev/null
tar -xzf swagger-ui-dist-*.tgz
cd package

# -n leaves the time out, so that the same version always gives the same bytes.
gzip -9n swagger-ui.css swagger-ui-bundle.js
chmod 644 swagger-ui.css.gz swagger-ui-bundle.js.gz LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt
mv -f swagger-ui.css.gz swagger-ui-bundle.js.gz LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt "$here"
sed -n 's/^ *"version": "\(.*\)",$/\1/p' package.json >"$here/VERSION"
