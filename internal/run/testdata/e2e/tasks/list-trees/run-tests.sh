#!/bin/bash
# The answer of this form is pytest's short summary. The base image has no
# Python, so the shell writes the summary of its two tests itself.
echo "=========================== short test summary info ============================"
verdict() { if "$2" >/dev/null 2>&1; then echo "PASSED test_outputs.py::$1"; else echo "FAILED test_outputs.py::$1 - AssertionError"; fi; }
three() { [ "$(wc -l <trees.txt)" -eq 3 ]; }
sorted() { sort -c trees.txt; }
cd /app
verdict test_three_trees three
verdict test_sorted sorted
