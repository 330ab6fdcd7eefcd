package analyze

import (
	"math"
	"math/big"
	"testing"
)

// bigPoisson sums the tail term by term with 400 bits.
func bigPoisson(k int, mean float64) float64 {
	const prec = 400                                 // bits
	term := new(big.Float).SetPrec(prec).SetInt64(1) // mean^i/i!
	m := new(big.Float).SetPrec(prec).SetFloat64(mean)
	sum := new(big.Float).SetPrec(prec)
	for i := 0; i < k+1000+fewer(3000); i++ {
		if i > 0 {
			term.Mul(term, m)
			term.Quo(term, new(big.Float).SetPrec(prec).SetInt64(int64(i)))
		}
		if i >= k {
			sum.Add(sum, term)
		}
	}
	return bigLog(sum) - mean
}

func bigLog(x *big.Float) float64 {
	m := new(big.Float)
	e := x.MantExp(m)
	f, _ := m.Float64()
	return math.Log(f) + float64(e)*math.Ln2
}

func bigBinomial(k, n int, p float64) float64 {
	const prec = 400
	q := new(big.Float).SetPrec(prec).SetFloat64(p)
	r := new(big.Float).SetPrec(prec).SetFloat64(1)
	r.Sub(r, q)
	power := func(x *big.Float, n int) *big.Float {
		y := new(big.Float).SetPrec(prec).SetInt64(1)
		for range n {
			y.Mul(y, x)
		}
		return y
	}
	sum := new(big.Float).SetPrec(prec)
	for i := k; i <= n; i++ {
		term := new(big.Float).SetPrec(prec).SetInt(new(big.Int).Binomial(int64(n), int64(i)))
		sum.Add(sum, term.Mul(term, power(q, i)).Mul(term, power(r, n-i)))
	}
	return bigLog(sum)
}

func TestPoissonTail(t *testing.T) {
	for _, mean := range []float64{1e-6, 0.01, 0.5, 1, 3, 5, 12.5, 40, 300} {
		last := 0.0
		for _, k := range []int{0, 1, 2, 3, 5, 8, 12, 20, 25, 40, 41, 60, 100, 299, 300, 301, 500, 1000} {
			got := poissonTail(k, mean)
			if math.IsNaN(got) || math.IsInf(got, 0) || got > 1e-9 {
				t.Fatalf("P(X>=%d) of mean %v: logarithm %v", k, mean, got)
			}
			if got > last+1e-9 {
				t.Errorf("P(X>=%d) of mean %v is %v, more than for fewer events: %v", k, mean, got, last)
			}
			last = got
			if k == 0 {
				continue
			}
			if want := bigPoisson(k, mean); math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
				t.Errorf("P(X>=%d) of mean %v: logarithm %v, want %v", k, mean, got, want)
			}
		}
	}
	for _, known := range []struct {
		k       int
		mean, p float64
	}{
		{1, 1, 0.632120558828558}, {2, 1, 0.264241117657115}, {4, 1, 0.0189881568761892}, {12, 3, 7.13866339e-05}, {10, 5, 0.0318280573062005},
	} {
		if got := math.Exp(poissonTail(known.k, known.mean)); math.Abs(got-known.p) > 1e-8 {
			t.Errorf("P(X>=%d) of mean %v is %v, want %v", known.k, known.mean, got, known.p)
		}
	}
	if got := poissonTail(3, 0); !math.IsInf(got, -1) {
		t.Errorf("of nothing expected: %v", got)
	}
	for _, mean := range []float64{1e3, 1e5, 1e7} { // a log may hold millions
		for _, k := range []int{1, int(mean), int(2 * mean), int(10 * mean)} {
			if got := poissonTail(k, mean); math.IsNaN(got) || math.IsInf(got, 0) || got > 1e-9 {
				t.Errorf("P(X>=%d) of mean %v: logarithm %v", k, mean, got)
			}
		}
	}
}

func TestBinomialTail(t *testing.T) {
	for _, n := range []int{1, 2, 5, 31, 100, 400} {
		if n == 400 && raceEnabled {
			break
		}
		for _, p := range []float64{1e-6, 0.01, 0.1, 1.0 / 3, 0.5, 0.9, 0.999} {
			last := 0.0
			for _, k := range []int{0, 1, 2, 3, 5, 20, 29, 31, 50, 100, 399, 400} {
				if k > n {
					break
				}
				got := binomialTail(k, n, p)
				if math.IsNaN(got) || math.IsInf(got, 0) || got > 1e-9 {
					t.Fatalf("P(X>=%d) of %d with %v: logarithm %v", k, n, p, got)
				}
				if got > last+1e-9 {
					t.Errorf("P(X>=%d) of %d with %v is %v, more than for fewer: %v", k, n, p, got, last)
				}
				last = got
				if k == 0 {
					continue
				}
				if want := bigBinomial(k, n, p); math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
					t.Errorf("P(X>=%d) of %d with %v: logarithm %v, want %v", k, n, p, got, want)
				}
			}
		}
	}
	for _, known := range []struct {
		k, n    int
		p, want float64
	}{
		{1, 1, 0.5, 0.5}, {2, 3, 0.5, 0.5}, {3, 3, 0.5, 0.125}, {8, 10, 0.5, 0.0546875}, {5, 4, 0.5, 0}, {1, 4, 0, 0}, {3, 4, 1, 1}, {0, 0, 0.3, 1},
	} {
		if got := math.Exp(binomialTail(known.k, known.n, known.p)); math.Abs(got-known.want) > 1e-12 {
			t.Errorf("P(X>=%d) of %d with %v is %v, want %v", known.k, known.n, known.p, got, known.want)
		}
	}
}

func TestSigmoid(t *testing.T) {
	for p := 0.01; p < 1; p += 0.01 {
		if got := sigmoid(logit(p)); math.Abs(got-p) > 1e-12 {
			t.Errorf("sigmoid(logit(%v)) = %v", p, got)
		}
	}
	for _, x := range []float64{-1e9, -50, 50, 1e9} {
		if got := sigmoid(x); !(got >= 0 && got <= 1) {
			t.Errorf("sigmoid(%v) = %v", x, got)
		}
	}
}
