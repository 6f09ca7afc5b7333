package usage

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// byKind gathers a trial's dollars by what was billed. Once something was billed of
// which that is not known, it knows nothing.
type byKind struct {
	sums    baselines.USDByKind
	unknown bool
}

// add books what a role used; nil: it is not known by kind.
func (b *byKind) add(role baselines.Role, kinds *baselines.KindUSD) {
	switch {
	case kinds == nil:
		b.unknown = true
	case role != baselines.RoleAuxiliary:
		b.sums.Compared = b.sums.Compared.Add(*kinds)
	case *kinds != baselines.KindUSD{}:
		if b.sums.Auxiliary == nil {
			b.sums.Auxiliary = new(baselines.KindUSD)
		}
		*b.sums.Auxiliary = b.sums.Auxiliary.Add(*kinds)
	}
}

// all is what was gathered, nil when it is not known.
func (b *byKind) all() *baselines.USDByKind {
	if b.unknown {
		return nil
	}
	return &b.sums
}

// kindsOf splits what the request cost. Nil where its line does not say what the
// table does, as it was priced by another.
func kindsOf(r request, usd float64, table *prices.Table) *baselines.KindUSD {
	kinds := r.ByKind(table)
	rest := usd - kinds.Total()
	switch {
	case r.cut() && rest > 0:
		kinds.Estimated = rest
	case !sameUSD(rest, 0):
		return nil
	}
	return &kinds
}
