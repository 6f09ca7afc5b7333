module stackcount

go 1.26
