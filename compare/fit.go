package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// kinds are the kinds of token that have their own price.
const kinds = 5

// byKind are numbers by kind of token: input, output, cache read, cache write for
// five minutes and for an hour.
type byKind [kinds]float64

func tokensByKind(t baselines.Tokens) byKind {
	return byKind{float64(t.Input), float64(t.Output), float64(t.CacheRead), float64(t.CacheWrite5m), float64(t.CacheWrite1h)}
}

func dollarsByKind(k baselines.KindUSD) byKind {
	return byKind{k.Input, k.Output, k.CacheRead, k.CacheWrite5m, k.CacheWrite1h}
}

// perToken are the prices of single tokens in US dollars.
func perToken(r baselines.Rates) byKind {
	const million = 1e6
	return byKind{r.Input / million, r.Output / million, r.CacheRead / million, r.CacheWrite5m / million, r.CacheWrite1h / million}
}

// priced is what one model used in one attempt, and its bill.
type priced struct {
	model  string
	tokens byKind
	usd    float64
}

// unexplained is the share of a model's dollars that fitted prices may leave over
// for being believed: those of a plain price list leave nothing but rounding.
const unexplained = 0.001

// fitPrices finds the prices of single tokens, in US dollars, from bills: by least
// squares, as Σ tokens·price = dollars holds for every attempt where one list was
// valid. ok is false where that leaves more than a thousandth of the dollars
// unexplained, gives a price below zero, or the bills are too few or too much alike
// to tell the kinds apart. A kind that was not used has the price 0.
func fitPrices(bills []priced) (prices byKind, ok bool) {
	used := usedKinds(bills)
	if len(used) == 0 || len(bills) < len(used)+2 {
		return prices, false
	}
	columns := make([][]float64, len(used))
	rest := make([]float64, len(bills))
	for i, b := range bills {
		for j, kind := range used {
			columns[j] = append(columns[j], b.tokens[kind])
		}
		rest[i] = b.usd
	}
	solution, ok := leastSquares(columns, rest)
	if !ok {
		return prices, false
	}
	for j, kind := range used {
		prices[kind] = solution[j]
	}
	return prices, explains(prices, bills)
}

func usedKinds(bills []priced) (used []int) {
	for kind := range kinds {
		for _, b := range bills {
			if b.tokens[kind] > 0 {
				used = append(used, kind)
				break
			}
		}
	}
	return used
}

func explains(prices byKind, bills []priced) bool {
	off, usd := 0.0, 0.0
	for _, b := range bills {
		off += math.Abs(b.usd - prices.times(b.tokens).sum())
		usd += b.usd
	}
	for _, p := range prices {
		if !(p >= 0) {
			return false
		}
	}
	return off <= unexplained*usd
}

// leastSquares solves for the factors of the columns whose sum comes nearest to the
// target, by orthogonalizing column after column (Gram-Schmidt, modified), which
// keeps the digits that the normal equations would lose. The arguments are used
// up. ok is false where a column is, but for a millionth of it, a sum of the ones
// before it.
func leastSquares(columns [][]float64, target []float64) (factors []float64, ok bool) {
	const alike = 1e-6
	n := len(columns)
	upper := make([][]float64, n)
	along := make([]float64, n)
	for i, column := range columns {
		upper[i] = make([]float64, n)
		upper[i][i] = math.Sqrt(dot(column, column))
		reduced := upper[i][i] * upper[i][i]
		whole := reduced
		for j := range i {
			whole += upper[j][i] * upper[j][i]
		}
		if !(reduced > alike*alike*whole) {
			return nil, false
		}
		scale(column, 1/upper[i][i])
		for j := i + 1; j < n; j++ {
			upper[i][j] = dot(column, columns[j])
			subtract(columns[j], column, upper[i][j])
		}
		along[i] = dot(column, target)
		subtract(target, column, along[i])
	}
	factors = along
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			factors[i] -= upper[i][j] * factors[j]
		}
		factors[i] /= upper[i][i]
	}
	return factors, true
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func scale(a []float64, factor float64) {
	for i := range a {
		a[i] *= factor
	}
}

func subtract(a, b []float64, factor float64) {
	for i := range a {
		a[i] -= factor * b[i]
	}
}

func (k byKind) times(other byKind) byKind {
	for i := range k {
		k[i] *= other[i]
	}
	return k
}

func (k byKind) plus(other byKind) byKind {
	for i := range k {
		k[i] += other[i]
	}
	return k
}

func (k byKind) scaled(factor float64) byKind {
	for i := range k {
		k[i] *= factor
	}
	return k
}

func (k byKind) sum() (sum float64) {
	for _, x := range k {
		sum += x
	}
	return sum
}
