module rooms

go 1.26
