package analyze

import "math"

// poissonTail is the natural logarithm of the chance to see k events or more
// where mean are expected: an exact tail, summed from its largest term.
func poissonTail(k int, mean float64) float64 {
	if k <= 0 {
		return 0
	}
	if mean <= 0 {
		return math.Inf(-1)
	}
	if float64(k) <= mean { // the other tail is the short one
		below, term := 0.0, math.Exp(poissonTerm(k-1, mean))
		for i := k - 1; i >= 0 && term > 1e-18; i-- {
			below += term
			term *= float64(i) / mean
		}
		return math.Log(math.Max(1-below, 1e-12))
	}
	sum, term := 1.0, 1.0 // relative to the term of k
	for i := k + 1; term > 1e-12; i++ {
		term *= mean / float64(i)
		sum += term
	}
	return poissonTerm(k, mean) + math.Log(sum)
}

func poissonTerm(k int, mean float64) float64 {
	lg, _ := math.Lgamma(float64(k) + 1)
	return float64(k)*math.Log(mean) - mean - lg
}

// binomialTail is the natural logarithm of the chance to see k successes or more
// in n trials that each succeed with probability p.
func binomialTail(k, n int, p float64) float64 {
	if k <= 0 {
		return 0
	}
	if k > n || p <= 0 {
		return math.Inf(-1)
	}
	if p >= 1 {
		return 0
	}
	ln, _ := math.Lgamma(float64(n) + 1)
	term := func(i int) float64 {
		li, _ := math.Lgamma(float64(i) + 1)
		lr, _ := math.Lgamma(float64(n-i) + 1)
		return ln - li - lr + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p)
	}
	largest := term(min(n, max(k, int(float64(n+1)*p))))
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(term(i) - largest)
	}
	return math.Min(largest+math.Log(sum), 0)
}

// sigmoid turns log-odds into a probability.
func sigmoid(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// round2 keeps two digits: more would claim what nobody knows.
func round2(x float64) float64 { return math.Round(x*100) / 100 }
