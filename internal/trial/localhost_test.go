package trial

import "testing"

func TestRefusedAtHome(t *testing.T) {
	for text, want := range map[string]bool{
		"curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server": true,
		"curl: (7) Failed to connect to 127.0.0.1 port 8080: Connection refused":                    true,
		"requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=8000): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3>: Failed to establish a new connection: [Errno 111] Connection refused'))": true,
		"Error: connect ECONNREFUSED ::1:3000":                           true,
		"dial tcp 127.0.0.1:80: connect: connection refused":             true,
		"dial tcp 192.0.2.1:80: connect: connection refused":             false,
		"listening on localhost:8000\nconnection refused by the peer":    false,
		"bash: /dev/tcp/localhost/8099: Cannot assign requested address": true,
		"1 failed": false,
	} {
		if got := refusedAtHome.MatchString(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
