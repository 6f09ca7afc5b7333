package prices

import (
	"fmt"
	"os"
)

// Load returns the embedded table with the table of the named file over it. An
// empty name is the embedded table alone.
func Load(file string) (*Table, error) {
	if file == "" {
		return Default(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	defer f.Close()
	own, err := Decode(f, file)
	if err != nil {
		return nil, err
	}
	return Default().With(own), nil
}
