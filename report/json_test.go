package report

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/logsleuth/logsleuth/analyze"
)

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatalf("schema.json: %v", err)
	}
	return doc.(map[string]any)
}

func TestReportsKeepToTheSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", readSchema(t)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		report, err := jsonschema.UnmarshalJSON(strings.NewReader(written(t, "json", r.result, Options{})))
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		if err := s.Validate(report); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	bad := flood()
	bad.Verdict.Cause = "sabotage"
	report, err := jsonschema.UnmarshalJSON(strings.NewReader(written(t, "json", bad, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	if s.Validate(report) == nil {
		t.Error("the schema takes a cause that does not exist")
	}
}

// constants are the values of all constants of a type in analyze.
func constants(t *testing.T, typ string) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../analyze/result.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typ {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("analyze/result.go has no constants of type %s", typ)
	}
	return values
}

func TestSchemaKnowsEveryConstant(t *testing.T) {
	defs := readSchema(t)["$defs"].(map[string]any)
	for def, typ := range map[string]string{"cause": "Cause", "standing": "Standing"} {
		var got []string
		for _, v := range defs[def].(map[string]any)["enum"].([]any) {
			got = append(got, v.(string))
		}
		if want := constants(t, typ); !slices.Equal(got, want) {
			t.Errorf("schema.json: %s is one of %q, want %q", def, got, want)
		}
	}
}

// Every field of a Result stands in the schema, with its own type and, unless it may be left out, as required.
func TestSchemaKnowsEveryField(t *testing.T) {
	root := readSchema(t)
	var check func(reflect.Type, any)
	seen := map[reflect.Type]bool{}
	check = func(typ reflect.Type, node any) {
		n := node.(map[string]any)
		for _, one := range append([]any{n}, list(n["oneOf"])...) {
			if ref, ok := one.(map[string]any)["$ref"].(string); ok {
				n = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
			}
		}
		want := map[reflect.Kind]string{reflect.Struct: "object", reflect.Map: "object", reflect.Slice: "array", reflect.Bool: "boolean",
			reflect.Float64: "number", reflect.Int: "integer", reflect.Int64: "integer", reflect.Uint32: "integer", reflect.String: "string"}[typ.Kind()]
		if typ.Kind() != reflect.Pointer && n["enum"] == nil && n["const"] == nil && n["type"] != want {
			t.Errorf("schema.json: %v is of type %v, want %s", typ, n["type"], want)
		}
		switch typ.Kind() {
		case reflect.Pointer:
			check(typ.Elem(), n)
		case reflect.Slice:
			check(typ.Elem(), n["items"])
		case reflect.Map:
			check(typ.Elem(), n["additionalProperties"])
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			properties, _ := n["properties"].(map[string]any)
			for i := range typ.NumField() {
				name, option, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
				if properties[name] == nil {
					t.Errorf("schema.json does not describe %v.%s (%s)", typ, typ.Field(i).Name, name)
					continue
				}
				if required := slices.Contains(list(n["required"]), any(name)); required == (option == "omitempty") {
					t.Errorf("schema.json: %v.%s: required is %v", typ, typ.Field(i).Name, required)
				}
				check(typ.Field(i).Type, properties[name])
				delete(properties, name)
			}
			for name := range properties {
				t.Errorf("schema.json describes %s, which %v does not have", name, typ)
			}
		}
	}
	check(reflect.TypeFor[analyze.Result](), root)
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func TestJSONIsTheResult(t *testing.T) {
	want := eachText(flood(), func(s string) string { return s })
	text := written(t, "json", flood(), Options{})
	var got analyze.Result
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("read back, the report is %+v, want %+v", got, want)
	}
	if text != written(t, "json", flood(), Options{}) {
		t.Error("the same result gives two reports")
	}
	if !strings.HasSuffix(text, "\n}\n") || !strings.Contains(text, "2>/dev/null || sudo") {
		t.Error("the report is not indented, not ended or escaped for HTML")
	}
}

func TestJSONSaysNullOfMemoryOnly(t *testing.T) {
	text := written(t, "json", &analyze.Result{Clients: []analyze.Client{{}}, Advice: []analyze.Advice{{}}}, Options{})
	if n := strings.Count(text, "null"); n != 1 || !strings.Contains(text, `"memory": null`) {
		t.Errorf("%d nulls:\n%s", n, text)
	}
}

func TestJSONKeepsHostileTextForPrograms(t *testing.T) {
	r := &analyze.Result{Notes: []string{"\u202e \u009b \U000E0041 \xff <&>"}}
	text := written(t, "json", r, Options{})
	if !strings.Contains(text, `"\u202e \u009b \udb40\udc41 `+"\uFFFD"+` <&>"`) {
		t.Errorf("for a terminal: %s", text)
	}
	var got analyze.Result
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if want := "\u202e \u009b \U000E0041 \uFFFD <&>"; got.Notes[0] != want {
		t.Errorf("a program reads %q, want %q", got.Notes[0], want)
	}
}
