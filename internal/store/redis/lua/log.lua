-- Logs, for the script that appends to them.

-- append writes a line behind the head of its log, byte for byte as store.Chain does.
local function append(heads, line)
	local seq, prev = string.match(redis.call('HGET', heads, line.log) or '', '^(%d+):(%x+)$')
	seq, prev = (tonumber(seq) or 0) + 1, prev or ''
	local hash = redis.sha1hex(string.format('%s:%d:%d:%s', prev, seq, now, line.digest))
	redis.call('HSET', heads, line.log, string.format('%d:%s', seq, hash))
	local id = string.format('%016d', seq)
	local data = string.format('{"v":%s,"seq":%d,"at":%d,"prev":"%s","hash":"%s","line":', line.v, seq, now, prev, hash) .. line.data .. '}'
	put({key = line.stem .. id, id = id, version = version(line.stem .. id), life = line.life, data = data, index = line.index})
end
