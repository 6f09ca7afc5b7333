package compare_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/compare"
)

// A trial made 8 requests at 3 cents, and now makes 4 at 5: requests alone would
// have saved 12 cents (at the old price) to 20 (at the new), prices alone cost 8
// to 16.
func ExampleShapley() {
	before, after := []float64{8, 0.03}, []float64{4, 0.05}
	parts := compare.Shapley(2, func(changed uint) float64 {
		usd := 1.0
		for i := range before {
			if changed&(1<<i) != 0 {
				usd *= after[i]
			} else {
				usd *= before[i]
			}
		}
		return usd
	})
	fmt.Printf("requests %+.2f, price %+.2f, together %+.2f\n", parts[0], parts[1], parts[0]+parts[1])
	// Output: requests -0.16, price +0.12, together -0.04
}

// Against all n! orders, tried one by one.
func TestShapleyIsTheMeanOverAllOrders(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 6 {
		values := make([]float64, 1<<n)
		for i := range values {
			values[i] = random.NormFloat64()
		}
		want, orders := make([]float64, n), 0.0
		eachOrder(n, func(order []int) {
			orders++
			changed := uint(0)
			for _, i := range order {
				want[i] += values[changed|1<<i] - values[changed]
				changed |= 1 << i
			}
		})
		got := compare.Shapley(n, func(changed uint) float64 { return values[changed] })
		for i := range want {
			if math.Abs(got[i]-want[i]/orders) > 1e-12 {
				t.Errorf("factor %d of %d has %v, the mean over all orders is %v", i, n, got[i], want[i]/orders)
			}
		}
	}
}

func eachOrder(n int, try func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var from func(int)
	from = func(k int) {
		if k == n {
			try(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			from(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	from(0)
}
