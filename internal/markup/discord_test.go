package markup_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/markup"
)

func TestDiscord(t *testing.T) {
	check(t, markup.Discord, []sample{
		{"plain", "a < b && c > d", "a < b && c > d"},
		{"person", "<@80351110224678912> <@!80351110224678912>", "@80351110224678912 @80351110224678912"},
		{"role", "page <@&165511591545143296>", "page @&165511591545143296"},
		{"channel", "post to <#103735883630395392>", "post to #103735883630395392"},
		{"emoji", "<:mmLol:216154654256398347> <a:b1nzy:392938283556143104>", ":mmLol: :b1nzy:"},
		{"address without preview", "get <https://x.y/z?a=1> <http://x.y>", "get https://x.y/z?a=1 http://x.y"},
		{"command", "</airhorn:816437322781949972>", "/airhorn"},
		{"command with group", "</node status set:816437322781949972>", "/node status set"},
		{"time stamps stay", "<t:1618953630> <t:1618953630:d>", "<t:1618953630> <t:1618953630:d>"},
		{"navigation stays", "<id:customize> <id:linked-roles:12>", "<id:customize> <id:linked-roles:12>"},
		{"escapes are text", "&amp; &lt;@1&gt;", "&amp; &lt;@1&gt;"},
		{"Slack's stay", "<@U1> <#C1|ops> <!here> <http://x.y|x.y>", "<@U1> <#C1|ops> <!here> <http://x.y|x.y>"},
		{"no ID", "<@> <@!> <@&> <#> <:a:> </a:> </a> <@1x>", "<@> <@!> <@&> <#> <:a:> </a:> </a> <@1x>"},
		{"no name", "<::1> <a::1> </:1> </ a:1> <:a b:1> <b:a:1> <:1>", "<::1> <a::1> </:1> </ a:1> <:a b:1> <b:a:1> <:1>"},
		{"blanks are in no address", "<https://x y>", "<https://x y>"},
		{"not closed", "<@1 <#2", "<@1 <#2"},
		{"opened twice", "<<@1>>", "<@1>"},
	})
}
