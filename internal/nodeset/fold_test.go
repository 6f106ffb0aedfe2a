package nodeset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/nodeset"
)

func TestFold(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 255)
	to99, err := nodeset.Parse("n[09-99]", nodeset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, names, want string }{
		{"nothing", "", ""},
		{"one", "irene4000", "irene4000"},
		{"range", "n3 n1 n2 n5", "n[1-3,5]"},
		{"two", "n1 n2", "n[1-2]"},
		{"twice", "n1 n1 login login", "login,n1"},
		{"padding", "n008 n009 n010", "n[008-010]"},
		{"padding ends", "n098 n099 n100 n101", "n[098-101]"},
		{"padding does not grow", "n98 n099 n100", "n[98,099-100]"},
		{"padding ends at 99", strings.Join(to99, " ") + " n100", "n[09-99,100]"},
		{"no padding grows", "n9 n10 n99 n100", "n[9-10,99-100]"},
		{"mixed padding", "n1 n01 n001 n2", "n[1-2,01,001]"},
		{"mixed padding at a border", "n8 n9 n10 n08", "n[8-9,08,10]"},
		{"after the number", "n1-ib0 n2-ib0", "n[1-2]-ib0"},
		{"full product", "r1n1 r1n2 r2n1 r2n2", "r[1-2]n[1-2]"},
		{"product and rest", "r1n1 r1n2 r2n1 r2n2 r3n1", "r[1-2]n[1-2],r3n1"},
		{"three numbers", "a1b1c1 a1b1c2 a1b2c1 a1b2c2 a2b1c1 a2b1c2 a2b2c1 a2b2c2", "a[1-2]b[1-2]c[1-2]"},
		{"addresses", "10.0.0.2 10.0.0.1 10.0.1.1", "10.0.0.[1-2],10.0.1.1"},
		{"natural order", "n10x n2 b n1 a10 n9y", "a10,b,n[1-2],n9y,n10x"},
		{"number first", "2 1 3a", "[1-2],3a"},
		{"too long for a number", "n1234567890123456789012 n1234567890123456789013", "n1234567890123456789012,n1234567890123456789013"},
		{"ninth number stays", "1.1.1.1.1.1.1.1.1 1.1.1.1.1.1.1.1.2", "1.1.1.1.1.1.1.1.1,1.1.1.1.1.1.1.1.2"},
		{"too long a name", long + "1 " + long + "2", long + "1," + long + "2"},
		{"not of our syntax", "n/1 n/2 n[1-3 -1", "-1,n/1,n/2,n[1-3"},
		{"zero byte is no number", "n\x00 n1", "n\x00,n1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			names := strings.Fields(tt.names)
			got := nodeset.Fold(names)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Fold (-want +got):\n%s", diff)
			}
			slices.Reverse(names)
			if again := nodeset.Fold(names); again != got {
				t.Errorf("in the other order: %q, want %q", again, got)
			}
		})
	}
}

func TestFoldLeavesItsInput(t *testing.T) {
	t.Parallel()
	names := []string{"n3", "n1", "a", "n2"}
	before := slices.Clone(names)
	nodeset.Fold(names)
	if diff := cmp.Diff(before, names); diff != "" {
		t.Errorf("Fold changed its input (-want +got):\n%s", diff)
	}
}

func ExampleParse() {
	names, err := nodeset.Parse("irene[4000-4003]!irene4002, @login", nodeset.Options{
		Groups: map[string]string{"login": "login[1-2]"},
	})
	fmt.Println(names, err)
	// Output: [irene4000 irene4001 irene4003 login1 login2] <nil>
}

func ExampleFold() {
	fmt.Println(nodeset.Fold([]string{"irene4011", "irene4000", "irene4001", "login"}))
	// Output: irene[4000-4001,4011],login
}
