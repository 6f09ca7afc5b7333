package agent

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
)

// oracle runs the task's own solution, which shows that the task can be solved.
func oracle() Agent {
	return Agent{
		Name:  "oracle",
		Place: func(s Start) []suite.Placed { return s.Task.Solution.Files },
		Command: func(s Start) (Program, error) {
			sol := s.Task.Solution
			if sol.Script == "" {
				return Program{}, errors.New("the task has no solution script")
			}
			return Program{Argv: append(append([]string{}, sol.Shell...), s.Path(sol.Script)), Env: sol.Env}, nil
		},
		Read: exitCode,
	}
}

// nop does nothing, which shows that the task is not solved from the start.
func nop() Agent {
	return Agent{Name: "nop", Read: exitCode}
}

// command runs any argument vector with the instruction on standard input and
// the addresses of the model APIs in the environment.
func command() Agent {
	return Agent{
		Name:      "command",
		API:       &AnthropicMessages,
		AnyAPI:    true,
		Configure: Configure{Takes: []Setting{CommandLine, Files}, Needs: CommandLine},
		Command: func(s Start) (Program, error) {
			if len(s.Variant.Settings.Command) == 0 {
				return Program{}, errors.New("agent \"command\" needs settings.command")
			}
			env := AnthropicMessages.Environment(s.MeterURL)
			maps.Copy(env, OpenAIResponses.Environment(s.MeterURL))
			env["BENCHGATE_MODEL"] = s.Variant.Model
			env[deadlineVariable] = s.Deadline.UTC().Format(time.RFC3339)
			return Program{
				Argv:  s.Variant.Settings.Command,
				Env:   env,
				Stdin: instruction(s),
			}, nil
		},
		Read: exitCode,
	}
}

// replay plays a recorded trial: package trial applies the recording instead of
// starting a program.
func replay() Agent {
	return Agent{
		Name:      "replay",
		Replays:   true,
		Configure: Configure{Versioned: true, Model: true, Takes: []Setting{Recordings}, Needs: Recordings},
		Read:      exitCode,
	}
}

// exitCode is [Agent.Read] for agents that report nothing: only the exit counts.
func exitCode(exit Exit, _ io.Reader) Ending {
	if exit.Code == 0 {
		return Ending{Ended: baselines.Finished}
	}
	return Ending{Ended: baselines.AgentError, Reason: exitReason(exit)}
}

func exitReason(exit Exit) string {
	if exit.OutOfMemory {
		return fmt.Sprintf("exit code %d: a process was killed for memory", exit.Code)
	}
	return fmt.Sprintf("exit code %d", exit.Code)
}
