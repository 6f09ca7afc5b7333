// Package config reads benchgate.yaml.
//
// A file goes through these steps, and every mistake of every step that can
// still be judged is reported at once, with its place ([problem.List]):
//
//  1. Secrets: the text is searched for keys that were written into it. They
//     are problems, and are masked wherever the file is quoted (secrets.go).
//  2. Syntax: YAML to nodes, one document (yaml.go).
//  3. Values: the nodes are read key by key into [Config]; unknown keys,
//     duplicates, wrong types and values outside their range are problems
//     (section.go: the file's keys; read.go: how a value is read).
//  4. Flags: what the command line gave wins over the file (flags.go).
//  5. Defaults (defaults.go).
//  6. Sense: values that are wrong only beside another value (check.go).
//
// Without a file [FromFlags] begins at step 4. [Propose] reads two files, the base
// branch's and a pull request's, and takes only the candidate of the second.
package config
