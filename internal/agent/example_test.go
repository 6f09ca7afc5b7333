package agent_test

import (
	"fmt"

	"github.com/benchgate/benchgate/internal/agent"
)

// The table says of each agent what it needs.
func ExampleTable() {
	for _, a := range agent.Table() {
		fmt.Printf("%-12s model %-5v software %-5v starts %v\n", a.Name, a.AsksModel(), a.Tools != nil, a.Command != nil)
	}
	_, err := agent.Lookup("claude")
	fmt.Println(err)
	// Output:
	// claude-code  model true  software true  starts true
	// codex        model true  software true  starts true
	// oracle       model false software false starts true
	// nop          model false software false starts false
	// command      model true  software false starts true
	// replay       model false software false starts false
	// no agent is called "claude"; known are claude-code, codex, oracle, nop, command, replay
}
