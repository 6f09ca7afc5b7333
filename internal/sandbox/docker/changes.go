package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/benchgate/benchgate/internal/tamper"
	"github.com/docker/docker/api/types/container"
)

// maxChanges bounds what is read of the engine's list of changes, in bytes: some
// millions of paths.
const maxChanges = 512 << 20

// Changes implements sandbox.Sandbox. The engine's client holds the whole list in
// memory, which is as long as an agent likes; so it is asked here, and read one
// by one.
func (b *box) Changes(ctx context.Context, see func(tamper.Change)) error {
	api := b.engine.api
	dial := api.Dialer()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
	defer transport.CloseIdleConnections()
	url := "http://engine/v" + api.ClientVersion() + "/containers/" + b.id + "/changes"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("asking for changes: %w", err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failed("asking for changes", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 500))
		return failed("asking for changes", fmt.Errorf("%s: %q", response.Status, said))
	}
	if err := readChanges(io.LimitReader(response.Body, maxChanges), see); err != nil {
		return failed("reading changes", err)
	}
	return nil
}

// readChanges reads a JSON list, or null where there are none.
func readChanges(r io.Reader, see func(tamper.Change)) error {
	list := json.NewDecoder(r)
	begin, err := list.Token()
	if err != nil || begin == nil {
		return err
	}
	if begin != json.Delim('[') {
		return errors.New("the engine gives no list")
	}
	for list.More() {
		var change container.FilesystemChange
		if err := list.Decode(&change); err != nil {
			return err
		}
		if kind, known := kinds[change.Kind]; known {
			see(tamper.Change{Path: change.Path, Kind: kind})
		}
	}
	_, err = list.Token()
	return err
}

var kinds = map[container.ChangeType]tamper.Kind{
	container.ChangeAdd: tamper.Added, container.ChangeModify: tamper.Modified, container.ChangeDelete: tamper.Deleted,
}
