package markup_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/markup"
)

func TestSlack(t *testing.T) {
	check(t, markup.Slack, []sample{
		{"plain", "clary node status get irene4000", "clary node status get irene4000"},
		{"person", "page <@U024BE7LH> now", "page @U024BE7LH now"},
		{"person with a name", "page <@W024BE7LH|bob>", "page @W024BE7LH"},
		{"channel with a name", "post to <#C024BE7LR|ops-night>", "post to #ops-night"},
		{"channel without a name", "<#C024BE7LR> <#G024BE7LR|>", "#C024BE7LR #G024BE7LR"},
		{"everybody", "<!here> <!channel> <!everyone> <!here|@here>", "@here @channel @everyone @here"},
		{"group", "ask <!subteam^S012A|@ops> or <!subteam^S012A|ops>", "ask @ops or @ops"},
		{"group without a name", "<!subteam^S012A>", "@S012A"},
		{"host that became a link", "ping <http://example.com|example.com>", "ping example.com"},
		{"host with a slash added", "ping <http://example.com/|example.com>", "ping example.com"},
		{"letter case of the host", "ping <http://example.com|Example.com>", "ping Example.com"},
		{"typed with its scheme", "<https://x.y/z|https://x.y/z>", "https://x.y/z"},
		{"address alone", "get <https://x.y/z?a=1&amp;b=2>", "get https://x.y/z?a=1&b=2"},
		{"label that hides its address", "get <https://evil.example/|good.example>", "get https://evil.example/"},
		{"label that is a sentence", "<https://x.y/z|the run book>", "https://x.y/z"},
		{"mail", "mail <mailto:a@b.c|a@b.c>", "mail a@b.c"},
		{"mail behind a label", "<mailto:a@b.c|Ann> <mailto:a@b.c>", "a@b.c a@b.c"},
		{"telephone", "<tel:+4940123|+4940123> <tel:+4940123|040 123>", "+4940123 +4940123"},
		{"other scheme", "<ssh://irene4000|irene4000> <slack://open|Slack>", "irene4000 slack://open"},
		{"escapes", "a &amp;&amp; b &lt; c &gt; d", "a && b < c > d"},
		{"an escape is undone once", "&amp;lt; &amp;amp;", "&lt; &amp;"},
		{"an escaped mention is text", "&lt;@U1&gt;", "<@U1>"},
		{"pieces make no escape", "&<http://amp;|amp;>", "&amp;"},
		{"other escapes are text", "&quot;&nbsp;&#38;", "&quot;&nbsp;&#38;"},
		{"date stays", "<!date^1392734382^{date}|a &amp; b>", "<!date^1392734382^{date}|a &amp; b>"},
		{"unknown stay", "<x> <> <|> <@bob> <#ops> <!x> <:a:> <http:> <http://> <mailto:>", "<x> <> <|> <@bob> <#ops> <!x> <:a:> <http:> <http://> <mailto:>"},
		{"blanks are in no address", "<http://x y|z>", "<http://x y|z>"},
		{"not closed", "a <@U1 b", "a <@U1 b"},
		{"not opened", "a @U1> b", "a @U1> b"},
		{"opened twice", "<<@U1>>", "<@U1>"},
		{"over two lines", "<@U1\n>", "<@U1\n>"},
	})
}
