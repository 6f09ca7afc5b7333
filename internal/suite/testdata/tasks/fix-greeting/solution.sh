#!/bin/bash
set -e
sed -i 's/wrold/world/' "${BENCHGATE_ROOT:-}/app/greet.sh"
