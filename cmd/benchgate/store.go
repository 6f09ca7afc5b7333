package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
)

// openStore opens the store of accepted runs that is configured. It is nil for
// a branch, which only the Action reads and writes.
func openStore(at config.Baselines) baselines.Store {
	if at.Branch != "" {
		return nil
	}
	return baselines.NewDirectory(at.Dir)
}

// namedStore opens the named directory, else the configuration's store, else the
// default directory here.
func namedStore(file, dir string) (baselines.Store, error) {
	at := config.Baselines{Dir: dir}
	if dir == "" {
		var err error
		if at, err = configuredStore(file); err != nil {
			return nil, err
		}
	}
	store := openStore(at)
	if store == nil {
		return nil, usagef("the baselines are on branch %s, which the Action writes; name a directory with --baselines", at.Branch)
	}
	return store, nil
}

// configuredStore says where the file keeps its baselines; without a file,
// benchgate.yaml here does, when there is one.
func configuredStore(file string) (config.Baselines, error) {
	if file == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return config.Baselines{Dir: filepath.Join(".benchgate", "baselines")}, nil
		}
		file = defaultConfig
	}
	c, err := config.Load(file, config.Flags{})
	if err != nil {
		return config.Baselines{}, err
	}
	return c.Baselines, nil
}
