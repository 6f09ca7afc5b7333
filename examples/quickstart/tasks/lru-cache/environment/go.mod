module cache

go 1.26
