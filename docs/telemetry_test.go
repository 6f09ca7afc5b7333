package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/forward"
)

// The page's configuration is one, and it names everything that goes out.
func TestTheTelemetryPageIsTrue(t *testing.T) {
	read, err := os.ReadFile("telemetry.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(read)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML, want the configuration and Prometheus' own", len(blocks))
	}
	text := "suite: {tasks: [{path: a}]}\ncandidate: {agent: nop}\n" + blocks[0][1]
	c, err := config.Parse([]byte(text), "benchgate.yaml", "/work-dir", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Forward) != 4 {
		t.Errorf("%d endpoints, want four", len(c.Forward))
	}
	promoted := regexp.MustCompile(`\[(.*)\]`).FindStringSubmatch(blocks[1][1])
	all := []string{
		forward.AttrRun, forward.AttrSuite, forward.AttrTask, forward.AttrAttempt, forward.AttrTry, forward.AttrArm,
		forward.AttrVariant, forward.AttrModel, forward.AttrAgent, forward.AttrConfirm,
	}
	if got := strings.Split(promoted[1], ", "); !slices.Equal(got, all) {
		t.Errorf("Prometheus is told of %v, want %v", got, all)
	}
	for _, name := range []string{
		forward.MetricTrialCost, forward.MetricTrialSolved, forward.MetricTrialSeconds, forward.MetricTrialToolCalls, forward.MetricTrialToolErrors,
		forward.MetricTrialAgreement, forward.MetricRequests, forward.MetricVerdict, forward.SpanTrial, forward.AttrInstance, forward.AttrSession,
		forward.AttrEnded, forward.AttrSolved, forward.AttrRole, forward.AttrPhase, forward.AttrSource, forward.AttrClass, forward.AttrStatus,
		forward.AttrOutcome, forward.AttrBaseline, forward.AttrCandidate, forward.AttrToolCalls, forward.AttrFlags, forward.AttrSeq,
	} {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page does not name %s", name)
		}
	}
}
