package tap

import (
	"bytes"
	"testing"
)

func TestStreamIsWholeWithItsPlan(t *testing.T) {
	var stream bytes.Buffer
	results := New()
	results.Writer = &stream

	results.Header(0)
	results.Ok(true, "first")
	results.Fail("second\nok 7 - no result")
	results.Todo().Fail("third")
	results.Skip(2, "no such thing here")
	results.Diagnosticf("%d lines\nof text", 2)
	if err := results.YAML(map[string]string{"error": "two\nlines"}); err != nil {
		t.Fatal(err)
	}
	results.Pass("last")
	results.AutoPlan()

	want := `TAP version 13
ok 1 - first
not ok 2 - second ok 7 - no result
not ok 3 - third # TODO
ok 4 # SKIP no such thing here
ok 5 # SKIP no such thing here
# 2 lines
# of text
  ---
  {
    "error": "two\nlines"
  }
  ...
ok 6 - last
1..6
`
	if stream.String() != want {
		t.Errorf("want\n%s\ngot\n%s", want, stream.String())
	}
}

func TestPlanComesFirstWhenItIsKnown(t *testing.T) {
	var stream bytes.Buffer
	results := New()
	results.Writer = &stream

	results.Header(3)

	if want := "TAP version 13\n1..3\n"; stream.String() != want {
		t.Errorf("want %q, got %q", want, stream.String())
	}
}

func TestValueWithoutJSONIsAnError(t *testing.T) {
	var stream bytes.Buffer
	results := New()
	results.Writer = &stream

	err := results.YAML(func() {})

	if err == nil || stream.Len() != 0 {
		t.Errorf("want an error and no text, got %v and %q", err, stream.String())
	}
}
