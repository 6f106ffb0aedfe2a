package expr

import (
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/jsonpath"
)

// jsonpathFilter answers a query of the library jsonpath_rw (internal/jsonpath). Without a match the answer is null, as in StackStorm.
func jsonpathFilter(r *run, in any, a []any) (any, error) {
	query, err := word(a[0], "")
	if err != nil {
		return nil, err
	}
	path, err := jsonpath.Compile(query)
	if err != nil {
		return nil, faultf("%s", sentence(bot.ErrorText(err)))
	}
	found, err := path.Find(in, r.spend)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found, r.measure(found)
}
