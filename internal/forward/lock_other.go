//go:build !unix

package forward

import "os"

func lock(*os.File) error { return nil }
