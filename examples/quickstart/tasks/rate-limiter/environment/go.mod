module limit

go 1.26
