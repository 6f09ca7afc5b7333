#!/bin/bash
set -e
root="${BENCHGATE_ROOT:-}"
wc -w < "$root/app/text.txt" > "$root/app/count.txt"
