// Package tap writes results in the Test Anything Protocol, version 13 (https://testanything.org/tap-version-13-specification.html).
// The validation suite imports it as github.com/mndrix/tap-go; Debian has no package of that name, and this one has
// the part of its interface that the suite uses.
package tap

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// T is one stream of results.
type T struct {
	// Writer gets the stream; standard output when New has made T.
	Writer io.Writer

	count *int // results so far; those that Todo returned count as well
	todo  bool
}

// New returns a stream without results that goes to standard output.
func New() *T {
	return &T{Writer: os.Stdout, count: new(int)}
}

// Header begins the stream, with the plan when the number of results is known; 0 leaves the plan to AutoPlan.
func (t *T) Header(results int) {
	fmt.Fprintln(t.Writer, "TAP version 13")
	if results > 0 {
		fmt.Fprintf(t.Writer, "1..%d\n", results)
	}
}

// AutoPlan ends the stream with a plan of as many results as there were, which may be none.
func (t *T) AutoPlan() {
	fmt.Fprintf(t.Writer, "1..%d\n", *t.count)
}

// Ok is one result.
func (t *T) Ok(passed bool, description string) {
	directive := ""
	if t.todo {
		directive = " # TODO"
	}
	t.result(passed, "- "+description+directive)
}

// Pass is a result that is good.
func (t *T) Pass(description string) {
	t.Ok(true, description)
}

// Fail is a result that is bad.
func (t *T) Fail(description string) {
	t.Ok(false, description)
}

// Skip is a number of results that could not be had, and why.
func (t *T) Skip(results int, reason string) {
	for ; results > 0; results-- {
		t.result(true, "# SKIP "+reason)
	}
}

// Todo returns the same stream for results that may be bad.
func (t *T) Todo() *T {
	return &T{Writer: t.Writer, count: t.count, todo: true}
}

// YAML tells more of the last result. JSON is YAML. The error is that of a value that has no JSON.
func (t *T) YAML(value interface{}) error {
	text, err := json.MarshalIndent(value, "  ", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(t.Writer, "  ---\n  %s\n  ...\n", text)
	return nil
}

// Diagnostic is a comment of one or more lines.
func (t *T) Diagnostic(text string) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		fmt.Fprintf(t.Writer, "# %s\n", line)
	}
}

// Diagnosticf is Diagnostic with the text formatted as Printf does.
func (t *T) Diagnosticf(format string, arguments ...interface{}) {
	t.Diagnostic(fmt.Sprintf(format, arguments...))
}

// A line break in a description would end the result's line: what follows could pass for another result.
func (t *T) result(passed bool, text string) {
	*t.count++
	word := "ok"
	if !passed {
		word = "not ok"
	}
	fmt.Fprintf(t.Writer, "%s %d %s\n", word, *t.count, strings.ReplaceAll(text, "\n", " "))
}
