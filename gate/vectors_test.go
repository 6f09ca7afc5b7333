package gate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/realparts"
)

var within = realparts.Within

func TestVectorSymmetry(t *testing.T) {
	var in struct {
		LogRatio []float64 `json:"log_ratio"`
	}
	var want struct {
		Fail []float64 `json:"logE_fail"`
		Pass []float64 `json:"logE_pass"`
	}
	realparts.Vectors(t)["V11"].Read(t, &in, &want)
	var fail, pass symmetry
	for i, z := range in.LogRatio {
		fail.observe(z)
		pass.observe(math.Log(1.5) - z)
		within(t, fmt.Sprintf("fail after %d", i+1), fail.logE(), want.Fail[i], 1e-6)
		within(t, fmt.Sprintf("pass after %d", i+1), pass.logE(), want.Pass[i], 1e-6)
	}
}

func TestVectorSpending(t *testing.T) {
	var in struct {
		Alpha float64
		T     []float64
	}
	var want struct {
		ObfCum    []float64 `json:"obf_cum"`
		ObfZ      []float64 `json:"obf_z"`
		PocockCum []float64 `json:"pocock_cum"`
		PocockZ   []float64 `json:"pocock_z"`
	}
	realparts.Vectors(t)["V12"].Read(t, &in, &want)
	for i, share := range in.T {
		within(t, "Pocock spent", pocockSpending(in.Alpha, share), want.PocockCum[i], 1e-6)
		within(t, "O'Brien-Fleming spent", obrienFlemingSpending(in.Alpha, share), want.ObfCum[i], 1e-6)
	}
	const allowed = 2e-4 // as the file says
	for i, z := range criticalValues(pocockSpending, in.Alpha, in.T) {
		within(t, fmt.Sprintf("Pocock z at look %d", i+1), z, want.PocockZ[i], allowed)
	}
	for i, z := range criticalValues(obrienFlemingSpending, in.Alpha, in.T) {
		within(t, fmt.Sprintf("O'Brien-Fleming z at look %d", i+1), z, want.ObfZ[i], allowed)
	}
}

func TestVectorSignTest(t *testing.T) {
	var want []struct {
		Discordant, Losses []int
		First              int `json:"first_reject_look"`
	}
	realparts.Vectors(t)["V13"].Read(t, nil, &want)
	for _, w := range want {
		s := newSignTest(0.05, len(w.Discordant))
		first := 0
		for i := range w.Discordant {
			s.look(w.Discordant[i], w.Losses[i])
			if s.rejected && first == 0 {
				first = i + 1
			}
		}
		if first != w.First {
			t.Errorf("%v of %v rejects at look %d, want %d", w.Losses, w.Discordant, first, w.First)
		}
	}
}

func TestVectorBayesFactors(t *testing.T) {
	prior := newPrior()
	for id, v := range realparts.Vectors(t) {
		if v.Method != "bi_sprt" {
			continue
		}
		t.Run(id, func(t *testing.T) {
			var in struct {
				BaseN    []int `json:"base_n"`
				BasePass []int `json:"base_pass"`
				CandN    []int `json:"cand_n"`
				CandPass []int `json:"cand_pass"`
				Eps      float64
				Margin   float64
			}
			var want struct {
				LogFail float64 `json:"logB_fail"`
				LogPass float64 `json:"logB_pass"`
				Pbar    float64
				Means   []float64 `json:"task_means"`
				Fails   bool      `json:"fail_if_alpha_.05"`
				Passes  bool      `json:"pass_if_beta_.10"`
			}
			v.Read(t, &in, &want)
			within(t, "eps", flipped, in.Eps, 0)
			var base []compare.Count
			for i := range in.BaseN {
				base = append(base, compare.Count{Solved: in.BasePass[i], Attempts: in.BaseN[i]})
			}
			post := newPosterior(prior, base)
			within(t, "suite rate", post.mean, want.Pbar, 1e-6)
			for i, mean := range post.taskMeans() {
				within(t, fmt.Sprintf("mean of task %d", i), mean, want.Means[i], 1e-6)
			}
			b := newBayesFactors(post, in.Margin)
			for task := range in.CandN {
				for attempt := range in.CandN[task] {
					b.observe(task, attempt < in.CandPass[task])
				}
			}
			within(t, "fail", b.logFail(), want.LogFail, 1e-6)
			within(t, "pass", b.logPass(), want.LogPass, 1e-6)
			if got := b.logFail() >= math.Log(20); got != want.Fails {
				t.Errorf("fails at alpha 0.05: %v", got)
			}
			if got := b.logPass() >= math.Log(10); got != want.Passes {
				t.Errorf("passes at beta 0.10: %v", got)
			}
		})
	}
}

func TestVectorBetting(t *testing.T) {
	var want []struct {
		Wins, Ties, Losses int
		Low                float64 `json:"cs_lo"`
		High               float64 `json:"cs_hi"`
		Fail               float64 `json:"logE_fail"`
		Pass               float64 `json:"logE_pass_m0.2"`
	}
	realparts.Vectors(t)["V15"].Read(t, nil, &want)
	for _, w := range want {
		name := fmt.Sprintf("%d wins, %d ties, %d losses: ", w.Wins, w.Ties, w.Losses)
		within(t, name+"fail", bettingE(w.Wins, w.Ties, w.Losses, 0), w.Fail, 1e-6)
		within(t, name+"pass", bettingE(w.Losses, w.Ties, w.Wins, 0.2), w.Pass, 1e-6)
		low, high := bettingInterval(w.Wins, w.Ties, w.Losses, 0.05)
		within(t, name+"low", low, w.Low, 1e-4)
		within(t, name+"high", high, w.High, 1e-4)
	}
}

func TestVectorDrift(t *testing.T) {
	var in struct {
		Nights [][]int
		PBase  []float64 `json:"p_base"`
		Drop   float64   `json:"design_drop"`
	}
	var want struct{ W []float64 }
	realparts.Vectors(t)["V16"].Read(t, &in, &want)
	within(t, "design drop", driftDesign, in.Drop, 0)
	means := make(map[string]float64)
	for i, p := range in.PBase {
		means[fmt.Sprint(i)] = p
	}
	d := newDrift(means)
	for night, outcomes := range in.Nights {
		var trials []baselines.Trial
		for task, o := range outcomes {
			solved := o == 1
			trials = append(trials, baselines.Trial{Task: fmt.Sprint(task), Ended: baselines.Finished, Solved: &solved})
		}
		alarm := d.Night(trials)
		within(t, fmt.Sprintf("sum after night %d", night+1), d.Sum, want.W[night], 1e-6)
		if alarm != (want.W[night] >= DriftAlarm) {
			t.Errorf("night %d: alarm is %v", night+1, alarm)
		}
	}
}

func TestVectorPassGuard(t *testing.T) {
	var want struct {
		Guard []struct {
			N                int
			Margin, Delta, P float64
		}
	}
	realparts.Vectors(t)["V20"].Read(t, nil, &want)
	for _, w := range want.Guard {
		within(t, fmt.Sprintf("%d attempts, %+.3f at %.2f", w.N, w.Delta, w.Margin), chanceOfSoFewLost(w.N, w.Margin, w.Delta), w.P, 1e-8)
	}
}

// Every vector has a test, here or in package compare.
func TestEveryVectorIsTested(t *testing.T) {
	here := "esym lan_demets_bounds swap_gs bi_sprt betting_pairs cusum_llr pass_guard_and_hollow"
	there := "tango stratified_miettinen_nurminen stratified_permutation_p paired_t_tasks mcnemar_exact_p " +
		"swap_test_cost_per_solved swap_test_total_cost swap_test_cost_per_solved_zero hodges_lehmann_log_ratio " +
		"swap_test_tool_error_rate infra_sensitivity within_task_intervals task_weights_and_task_t"
	for id, v := range realparts.Vectors(t) {
		if !strings.Contains(here+" "+there, v.Method) {
			t.Errorf("%s (%s) has no test", id, v.Method)
		}
	}
}
