package store_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// person is a record in its first form, personLater the same in a later one.
type person struct {
	Name string `json:"name"`
	Age  int    `json:"age,omitempty"`
	Base
	Plain  string
	Hidden string `json:"-"`
}

type Base struct {
	ID string `json:"id"`
}

type personLater struct {
	person
	Email string         `json:"email"`
	Roles map[string]any `json:"roles"`
}

func TestDecodeKeepsWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct{ name, in, out string }{
		{"known only", `{"v":1,"name":"ann","age":3,"id":"7","Plain":"p"}`, `{"v":1,"name":"eve","age":3,"id":"7","Plain":"p"}`},
		{"newer", `{"v":9,"name":"ann","zeal":[1,{"a":2}],"email":null}`, `{"v":9,"name":"eve","id":"","Plain":"","email":null,"zeal":[1,{"a":2}]}`},
		{"long numbers", `{"v":1,"name":"ann","big":123456789012345678901234567890.10}`, `{"v":1,"name":"eve","id":"","Plain":"","big":123456789012345678901234567890.10}`},
		{"odd names", `{"v":1,"name":"","a\"b":1,"":2,"ü":3}`, `{"v":1,"name":"eve","id":"","Plain":"","":2,"a\"b":1,"ü":3}`},
		{"a known name in other letters is no unknown one", `{"v":1,"NAME":"ann"}`, `{"v":1,"name":"eve","id":"","Plain":""}`},
		{"a field that is not stored is not known", `{"v":1,"name":"ann","Hidden":"x"}`, `{"v":1,"name":"eve","id":"","Plain":"","Hidden":"x"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := store.Decode[person]([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			d.Value.Name = "eve"
			got, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.out, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, in := range []string{``, `[]`, `null`, `"x"`, `{}`, `{"v":0}`, `{"v":-1}`, `{"v":"1"}`, `{"v":1.5}`, `{"v":1,"name":7}`, `{"v":1`, `{"v":1} x`} {
		if _, err := store.Decode[person]([]byte(in)); bot.ErrorCode(err) != bot.CodeInternal || bot.ErrorText(err) == "" {
			t.Errorf("%s: got %v", in, err)
		}
	}
}

func TestDocumentRefusesWhatItCannotKeep(t *testing.T) {
	type versioned struct {
		V int `json:"V"`
	}
	for name, encode := range map[string]func() ([]byte, error){
		"no version":        store.Document[person]{}.Encode,
		"not a struct":      store.Document[[]int]{V: 1}.Encode,
		"a version twice":   store.Document[versioned]{V: 1}.Encode,
		"not to be written": store.Document[struct{ F func() }]{V: 1}.Encode,
		"not an object":     store.Document[text]{V: 1}.Encode,
	} {
		t.Run(name, func(t *testing.T) {
			if data, err := encode(); bot.ErrorCode(err) != bot.CodeInternal {
				t.Errorf("got %s and %v", data, err)
			}
		})
	}
	if _, err := store.Decode[versioned]([]byte(`{"v":1}`)); bot.ErrorCode(err) != bot.CodeInternal {
		t.Errorf("got %v", err)
	}
}

// text is a struct that is written as a string.
type text struct{}

func (text) MarshalText() ([]byte, error) { return []byte("text"), nil }

// An older build that changes what a newer one wrote loses nothing of it.
func TestDocumentRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := store.Document[personLater]{V: rapid.IntRange(1, 100).Draw(t, "v")}
		want.Value.Name = rapid.String().Draw(t, "name")
		want.Value.ID = rapid.String().Draw(t, "id")
		want.Value.Email = rapid.String().Draw(t, "email")
		want.Value.Roles = map[string]any{rapid.String().Draw(t, "role"): rapid.Bool().Draw(t, "has")}
		older := decode[person](t, encode(t, want))
		older.Value.Age = rapid.Int().Draw(t, "age")
		want.Value.Age = older.Value.Age
		got := decode[personLater](t, encode(t, older))
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func encode[T any](t *rapid.T, d store.Document[T]) []byte {
	data, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode[T any](t *rapid.T, data []byte) store.Document[T] {
	d, err := store.Decode[T](data)
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return d
}

func asJSON(t *rapid.T, d store.Document[personLater]) string {
	value, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"v":2,"name":"ann","later":{"a":[1]}}`))
	f.Add([]byte(`{"v":1,"name":"ann","NAME":"eve","na\u006de":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := store.Decode[person](data)
		if err != nil {
			return
		}
		once, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.Decode[person](once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		twice, err := again.Encode()
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s became %s: %v", once, twice, err)
		}
	})
}
