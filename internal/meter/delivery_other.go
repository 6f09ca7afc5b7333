//go:build !linux

package meter

import "net"

// progressOf knows nothing: what was handed to a connection may have arrived.
func progressOf(net.Conn) progress { return progress{} }
