package compare

// PWorse is the one-sided mid-p value of McNemar's test: how often a candidate
// that is no worse would lose this often among the pairs that disagree,
// counting half of the observed table itself. When nothing changed, each pair
// that disagrees is lost or won like a fair coin; pairs that agree say nothing.
//
// Source: Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91
// (2013), who find that it holds its level in practice where the exact test
// wastes power.
func (p Pairs) PWorse() float64 { return midP(p.Losses, p.Wins) }

// PBetter is [Pairs.PWorse] with the sides exchanged.
func (p Pairs) PBetter() float64 { return midP(p.Wins, p.Losses) }

// PWorseExact is McNemar's exact one-sided p value, P(Bin(losses+wins, 1/2) >=
// losses).
func (p Pairs) PWorseExact() float64 { return binomialTail(p.Losses+p.Wins, p.Losses) }

func midP(losses, wins int) float64 {
	n := losses + wins
	return binomialTail(n, losses) - 0.5*fairCoin(n, losses)
}
