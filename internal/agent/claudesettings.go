package agent

import (
	"encoding/json"
	"fmt"
	"path"
)

// claudeSettings are managed settings: they have the variables that lead requests
// and telemetry to us. The client reads its settings again whenever they change,
// and those of the user's kind, which an agent can write, go before the process's
// own environment; only managed ones go before them.
func claudeSettings(s Start) ([]File, error) {
	text, err := json.MarshalIndent(map[string]any{"env": claudeEnv(s)}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing managed settings: %w", err)
	}
	return []File{{Path: path.Join(claudeManaged, "managed-settings.json"), Content: append(text, '\n')}}, nil
}
