package run

import (
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/site"
)

// NeedKey is an error that matches [*site.MissingKey] when the configured arms will
// ask a model and the environment lacks what opens its API: neither a key nor a
// header in its place, or not all that the configured headers are made of. Another
// error says that the way to the API is misconfigured. Nothing is asked or spent.
func (o Options) NeedKey() error {
	var asking []agent.Agent
	for _, v := range o.Config.Measured() {
		if row, err := agent.Lookup(v.Agent.Name); err == nil && row.AsksModel() && v.Model != "" {
			asking = append(asking, row)
		}
	}
	if len(asking) == 0 {
		return nil
	}
	if unset := o.Config.API.Headers.Unset(o.LookupEnv); len(unset) > 0 {
		return &site.MissingKey{Agent: asking[0].Name, Variables: unset, All: true}
	}
	api, err := o.ModelAPI()
	if err != nil {
		return err
	}
	return site.NeedKey(api, asking, o.LookupEnv)
}
