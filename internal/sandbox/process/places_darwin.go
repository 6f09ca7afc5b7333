package process

import "path/filepath"

// configDir and cacheDir are what os.UserConfigDir and os.UserCacheDir say for
// the given environment.

func configDir(_ func(string) (string, bool), home string) string {
	return filepath.Join(home, "Library", "Application Support")
}

func cacheDir(_ func(string) (string, bool), home string) string {
	return filepath.Join(home, "Library", "Caches")
}
