#!/usr/bin/env bash
# The steps of action.yml in this directory:
#
#   install   downloads the released program for this platform, and checks it
#   main      runs "benchgate action"
#   post      runs "benchgate action --post" with what main saved
#
# BENCHGATE_RELEASES is where the files of releases are, for companies that mirror
# them; what is downloaded must have the sum of checksums.txt in any case.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=${BENCHGATE_RELEASES:-https://github.com/benchgate/benchgate/releases/download}
program=$RUNNER_TEMP/benchgate-action/benchgate
state=$RUNNER_TEMP/benchgate-action/state

refuse() {
  echo "::error title=benchgate::$1"
  exit 2
}

install() {
  local platform version sum file
  case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) platform=linux-amd64 ;;
    Linux-ARM64) platform=linux-arm64 ;;
    macOS-X64) platform=darwin-amd64 ;;
    macOS-ARM64) platform=darwin-arm64 ;;
    *) refuse "there is no benchgate for this runner ($RUNNER_OS, $RUNNER_ARCH): there is one for Linux and macOS on X64 and ARM64" ;;
  esac
  version=$(awk '!/^#/ && NF { v = $2 } END { print v }' "$here/checksums.txt")
  [ -n "$version" ] || refuse "action-binary/checksums.txt names no release at this commit: use the tag of a release"
  sum=$(awk -v v="$version" -v p="$platform" '$2 == v && $3 == p { print $1 }' "$here/checksums.txt")
  [[ $sum =~ ^[0-9a-f]{64}$ ]] || refuse "action-binary/checksums.txt has no sum for benchgate $version on $platform, and nothing is started without one"
  file=$program.download
  mkdir -p "$(dirname "$program")"
  rm -f "$program" "$state"
  curl --fail --silent --show-error --location --retry 3 --max-filesize 200000000 --output "$file" "$releases/$version/benchgate-$platform" ||
    refuse "benchgate $version could not be downloaded from $releases"
  [ "$(sha256 "$file")" = "$sum" ] || { rm -f "$file"; refuse "what $releases has for benchgate $version on $platform has not the sum of action-binary/checksums.txt: it is not started"; }
  chmod 755 "$file"
  mv "$file" "$program"
}

sha256() { # macOS has no sha256sum
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# The runner would give the state of this step to no other one: it is kept here.
main() {
  : >"$state"
  GITHUB_STATE=$state exec "$program" action
}

post() {
  [ -x "$program" ] && [ -f "$state" ] || exit 0 # nothing was started
  local line name word value
  while IFS= read -r line; do # NAME<<WORD, lines of the value, WORD
    name=${line%%<<*} word=${line#*<<} value=
    while IFS= read -r line && [ "$line" != "$word" ]; do value+=$line$'\n'; done
    export "STATE_$name=${value%$'\n'}"
  done <"$state"
  exec "$program" action --post
}

"$1"
