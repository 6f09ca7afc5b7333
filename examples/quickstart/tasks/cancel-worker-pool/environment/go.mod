module pool

go 1.26
