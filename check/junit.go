package check

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// An Outcome is how a case ended, for JUnit's XML.
type Outcome struct {
	Suite, Name string // its folder's folder, and its own
	Took        time.Duration
	Failures    []string // what does not hold, a line each
	Err         string   // why it could not be run
	Skipped     string   // why nobody asked for it to hold
}

type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suites []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
		took  time.Duration
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitProblem `xml:"skipped"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes outcomes as the XML that CI systems read: a suite for each
// folder of cases. Text must be harmless already; what XML cannot hold is replaced.
func WriteJUnit(w io.Writer, outcomes []Outcome) error {
	var all junitSuites
	var took time.Duration
	bySuite := map[string]*junitSuite{}
	for _, o := range outcomes {
		s := bySuite[o.Suite]
		if s == nil {
			s = &junitSuite{Name: o.Suite}
			bySuite[o.Suite] = s
			all.Suites = append(all.Suites, s)
		}
		c := junitCase{Class: o.Suite, Name: o.Name, Time: seconds(o.Took)}
		var add junitCounts
		switch {
		case o.Err != "":
			c.Error, add.Errors = &junitProblem{Message: o.Err}, 1
		case len(o.Failures) > 0:
			p := &junitProblem{Message: o.Failures[0]}
			if more := len(o.Failures) - 1; more > 0 {
				p.Message += fmt.Sprintf(" (and %d more)", more)
			}
			for _, f := range o.Failures {
				p.Text += f + "\n"
			}
			c.Failure, add.Failures = p, 1
		case o.Skipped != "":
			c.Skipped, add.Skipped = &junitProblem{Message: o.Skipped}, 1
		}
		for _, n := range []*junitCounts{&s.junitCounts, &all.junitCounts} {
			n.Tests, n.Failures, n.Errors, n.Skipped = n.Tests+1, n.Failures+add.Failures, n.Errors+add.Errors, n.Skipped+add.Skipped
		}
		s.took += o.Took
		took += o.Took
		s.Time, all.Time = seconds(s.took), seconds(took)
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
