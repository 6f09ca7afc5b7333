package process

import "path/filepath"

// configDir and cacheDir are what os.UserConfigDir and os.UserCacheDir say for
// the given environment.

func configDir(lookup func(string) (string, bool), home string) string {
	if dir, ok := lookup("XDG_CONFIG_HOME"); ok && filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(home, ".config")
}

func cacheDir(lookup func(string) (string, bool), home string) string {
	if dir, ok := lookup("XDG_CACHE_HOME"); ok && filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(home, ".cache")
}
