package markup_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/markup"
)

func TestCode(t *testing.T) {
	check(t, markup.Code, []sample{
		{"plain", `run "a b" 'c' it's`, `run "a b" 'c' it's`},
		{"whole message", "`clary node status get irene4000`", "clary node status get irene4000"},
		{"two backticks", "``help``", "help"},
		{"two backticks around one", "`` run `date` ``", "run `date`"},
		{"fence on one line", "```help clary```", "help clary"},
		{"fence with a blank", "``` help ```", "help"},
		{"fence on lines", "```\nhelp clary\n```", "help clary"},
		{"language", "```sh\nhelp clary\n```", "help clary"},
		{"language with a sign", "```c++\nhelp\n```", "help"},
		{"a command that stands alone is no language", "```help\n```", "help"},
		{"a first line of two words is no language", "```run this\nand that```", "run this\nand that"},
		{"fence behind a mention", "@petrel ```\nhelp\n```", "@petrel help"},
		{"word", "clary set `irene4000` draining", "clary set irene4000 draining"},
		{"several words", "`clary set` `irene4000`\n`draining`", "clary set irene4000\ndraining"},
		{"quotes in a word", "run `a \"b\" 'c'` now", "run a \"b\" 'c' now"},
		{"no-break space", "set\u00a0`irene4000`\u00a0up", "set\u00a0irene4000\u00a0up"},
		{"double quotes", "run \"echo `date` now\"", "run \"echo `date` now\""},
		{"single quotes", "run 'echo `date` now'", "run 'echo `date` now'"},
		{"value in quotes", "run cmd=\"echo `date` now\"", "run cmd=\"echo `date` now\""},
		{"escaped quote", "run \"a \\\" `date` b\"", "run \"a \\\" `date` b\""},
		{"escaped quote that opens nothing", "say \\\"set `irene4000` up\"", "say \\\"set irene4000 up\""},
		{"apostrophe", "don't set `irene4000` and don't ask", "don't set irene4000 and don't ask"},
		{"quote that is not closed", "say \"set `irene4000` up", "say \"set irene4000 up"},
		{"within a word", "run cmd=`date` x`y`z `a`b", "run cmd=`date` x`y`z `a`b"},
		{"between words", "x=`a `b` c` d", "x=`a `b` c` d"},
		{"not closed", "run `date", "run `date"},
		{"not closed by another length", "run ``date` x", "run ``date` x"},
		{"four", "````help````", "````help````"},
		{"nothing inside", "` ` `` ``` ``` ", "` ` `` ``` ``` "},
		{"only a fence", "```", "```"},
	})
}
